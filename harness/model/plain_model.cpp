#include "harness/model/plain_model.h"

#include <cstring>
#include <utility>

namespace mexbench::model {
namespace {

template <typename T>
TensorData pack(std::string name, DType dtype, std::vector<std::int64_t> shape, std::span<const T> numbers) {
  TensorData out{.name = std::move(name), .dtype = dtype, .shape = std::move(shape), .bytes = {}};
  out.bytes.resize(numbers.size_bytes());
  if (!numbers.empty()) std::memcpy(out.bytes.data(), numbers.data(), numbers.size_bytes());
  return out;
}

template <typename T>
std::vector<T> unpack(const TensorData& tensor) {
  std::vector<T> out(tensor.bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), out.size() * sizeof(T));
  return out;
}

}  // namespace

TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const float> numbers) {
  return pack(std::move(name), DType::kFloat32, std::move(shape), numbers);
}
TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const double> numbers) {
  return pack(std::move(name), DType::kFloat64, std::move(shape), numbers);
}
TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> numbers) {
  return pack(std::move(name), DType::kInt64, std::move(shape), numbers);
}

std::vector<double> doubles_of(const TensorData& tensor) { return unpack<double>(tensor); }
std::vector<std::int64_t> integers_of(const TensorData& tensor) { return unpack<std::int64_t>(tensor); }

}  // namespace mexbench::model
