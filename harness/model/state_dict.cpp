#include "harness/model/state_dict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <unordered_map>
#include <unordered_set>

#include "harness/core/files.h"
#include "harness/model/archive.h"
#include "harness/model/pickle.h"

namespace mexbench::model {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

Error problem(std::string message) { return Error(ErrorCode::kData, std::move(message)); }

Result<Archive> open_archive(std::span<const std::byte> content) {
  if (content.empty()) return problem("the file is empty");
  if (content.size() > kMaxFileBytes) return problem(fmt::format("the file has {} bytes, more than {}", content.size(), kMaxFileBytes));
  if (content[0] == std::byte{0x80}) return open_legacy(content);
  if (content.size() >= 2 && content[0] == std::byte{'P'} && content[1] == std::byte{'K'}) return open_zip(content);
  const auto begin = content.first(std::min<std::size_t>(content.size(), 8));
  return problem(fmt::format("not a file of torch.save: it begins with {}",
                             pickle::shown({reinterpret_cast<const char*>(begin.data()), begin.size()})));
}

std::int64_t product(std::span<const std::int64_t> shape) {
  std::int64_t out = 1;
  for (const std::int64_t extent : shape) out *= extent;
  return out;
}

bool is_contiguous(const pickle::Tensor& tensor) {
  std::int64_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
    expected *= tensor.shape[i];
  }
  return true;
}

// Row-major copy of a strided view.
void gather(const pickle::Tensor& tensor, std::size_t number_bytes, const std::byte* storage, std::byte* out) {
  const std::size_t dimensions = tensor.shape.size();
  std::vector<std::int64_t> at(dimensions, 0);
  std::int64_t from = tensor.offset;
  const std::int64_t count = product(tensor.shape);
  for (std::int64_t i = 0; i < count; ++i) {
    std::memcpy(out, storage + static_cast<std::size_t>(from) * number_bytes, number_bytes);
    out += number_bytes;
    for (std::size_t d = dimensions; d-- > 0;) {
      from += tensor.strides[d];
      if (++at[d] < tensor.shape[d]) break;
      from -= tensor.strides[d] * tensor.shape[d];
      at[d] = 0;
    }
  }
}

// Copies tensors out of an archive, within the budget of its size.
class TensorReader {
 public:
  TensorReader(Archive& archive, std::uint64_t file_bytes) : archive_(archive), budget_(byte_budget(file_bytes)) {}

  // Every tensor that will be read, announced first: a storage is let go behind its last one.
  void expect(pickle::TensorRef ref) { ++uses_[storage_of(ref).key]; }

  Result<TensorData> read(pickle::TensorRef ref, std::string name) {
    const pickle::Tensor& tensor = archive_.document.tensors[ref.index];
    const pickle::Storage& storage = storage_of(ref);
    TensorData out{std::move(name), *storage.dtype, tensor.shape, {}};
    const auto numbers = static_cast<std::uint64_t>(out.numbers());
    const std::size_t number_bytes = storage.number_bytes();
    if (numbers > budget_ / number_bytes) {
      return problem(fmt::format("tensor {} of {} numbers expands the file beyond reason", pickle::shown(out.name), numbers));
    }
    budget_ -= numbers * number_bytes;
    MEXBENCH_ASSIGN(const std::span<const std::byte> bytes, archive_.storages->read(storage));
    if (numbers > 0) {
      if (is_contiguous(tensor)) {
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(tensor.offset) * number_bytes);
        out.bytes.assign(first, first + static_cast<std::ptrdiff_t>(numbers * number_bytes));
      } else {
        out.bytes.resize(numbers * number_bytes);
        gather(tensor, number_bytes, bytes.data(), out.bytes.data());
      }
    }
    if (--uses_[storage.key] == 0) archive_.storages->release(storage);
    return out;
  }

 private:
  [[nodiscard]] const pickle::Storage& storage_of(pickle::TensorRef ref) const {
    return archive_.document.storages[archive_.document.tensors[ref.index].storage];
  }

  Archive& archive_;
  std::uint64_t budget_;
  std::unordered_map<std::string_view, std::size_t> uses_;
};

// The dictionary that holds the tensors: the root, or the one nested under `state_dict` or `model`.
Result<const pickle::Dict*> find_dictionary(const pickle::Document& document) {
  const auto* root = document.as<pickle::Dict>(document.root);
  if (root == nullptr) {
    return problem(fmt::format("holds {}, not a state dictionary; save model.state_dict()", pickle::kind_of(document[document.root])));
  }
  const pickle::Dict* nested = nullptr;
  std::string_view where;
  for (const auto& [key, value] : root->entries) {
    const auto* name = document.as<pickle::Text>(key);
    if (name == nullptr || (name->text != "state_dict" && name->text != "model")) continue;
    const auto* dict = document.as<pickle::Dict>(value);
    if (dict == nullptr) continue;
    if (nested != nullptr) {
      return problem(fmt::format("a checkpoint with two dictionaries, '{}' and '{}': save the one that is meant alone", where, name->text));
    }
    nested = dict;
    where = name->text;
  }
  return nested == nullptr ? root : nested;
}

std::string key_text(const pickle::Document& document, pickle::Ref key) {
  const auto* name = document.as<pickle::Text>(key);
  return name == nullptr ? std::string(pickle::kind_of(document[key])) : pickle::shown(name->text);
}

// Names and tensors of the dictionary, or why it is no state dictionary.
Result<std::vector<std::pair<std::string_view, pickle::TensorRef>>> entries_of(const pickle::Document& document, const pickle::Dict& dict) {
  constexpr std::size_t kListed = 5;
  constexpr std::size_t kMaxNameBytes = 1024;
  std::vector<std::pair<std::string_view, pickle::TensorRef>> out;
  std::unordered_set<std::string_view> names;
  std::vector<std::string> strangers;
  std::size_t strange = 0;
  for (const auto& [key, value] : dict.entries) {
    const auto* name = document.as<pickle::Text>(key);
    const auto* tensor = document.as<pickle::TensorRef>(value);
    if (name == nullptr || tensor == nullptr) {
      if (++strange <= kListed) strangers.push_back(fmt::format("{} is {}", key_text(document, key), pickle::kind_of(document[value])));
      continue;
    }
    if (name->text.size() > kMaxNameBytes) {
      return problem(fmt::format("a tensor's name has {} bytes, at most {} are accepted", name->text.size(), kMaxNameBytes));
    }
    if (!names.insert(name->text).second) return problem(fmt::format("tensor {} stands twice", pickle::shown(name->text)));
    out.emplace_back(name->text, *tensor);
  }
  if (strange > kListed) strangers.push_back(fmt::format("and {} more", strange - kListed));
  if (out.empty()) {
    return problem(fmt::format("holds no tensors{}{}; a state dictionary is wanted, as it is or under 'state_dict' or 'model'",
                               strangers.empty() ? "" : ": ", fmt::join(strangers, ", ")));
  }
  if (strange > 0) return problem(fmt::format("a state dictionary with entries that are not tensors: {}", fmt::join(strangers, ", ")));
  return out;
}

Result<StateDict> read_dictionary(std::span<const std::byte> content) {
  MEXBENCH_ASSIGN(Archive archive, open_archive(content));
  MEXBENCH_ASSIGN(const pickle::Dict* dict, find_dictionary(archive.document));
  MEXBENCH_ASSIGN(const auto entries, entries_of(archive.document, *dict));
  constexpr std::string_view kPrefix = "module.";
  const bool prefixed = std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return entry.first.starts_with(kPrefix) && entry.first.size() > kPrefix.size();
  });
  TensorReader reader(archive, content.size());
  for (const auto& [name, tensor] : entries) reader.expect(tensor);
  StateDict out;
  for (const auto& [name, tensor] : entries) {
    MEXBENCH_ASSIGN(TensorData data, reader.read(tensor, std::string(prefixed ? name.substr(kPrefix.size()) : name)));
    out.tensors.push_back(std::move(data));
  }
  return out;
}

Result<TensorData> read_single(std::span<const std::byte> content) {
  MEXBENCH_ASSIGN(Archive archive, open_archive(content));
  const auto* tensor = archive.document.as<pickle::TensorRef>(archive.document.root);
  if (tensor == nullptr) {
    return problem(fmt::format("holds {}, not one tensor", pickle::kind_of(archive.document[archive.document.root])));
  }
  TensorReader reader(archive, content.size());
  reader.expect(*tensor);
  return reader.read(*tensor, "");
}

std::span<const std::byte> as_bytes(std::string_view content) {
  return {reinterpret_cast<const std::byte*>(content.data()), content.size()};
}

template <typename T>
Result<T> in_file(Result<T> result, std::string_view name) {
  if (result) return result;
  return Error::in_file(ErrorCode::kData, std::string(name), result.error().message());
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1fU;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000U | (fraction << 13U));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
  return sign != 0 ? -magnitude : magnitude;
}

template <typename T, typename Convert>
void widen(const std::vector<std::byte>& bytes, std::vector<float>& out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value{};
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = convert(value);
  }
}

template <typename T>
void widen(const std::vector<std::byte>& bytes, std::vector<float>& out) {
  widen<T>(bytes, out, [](T value) { return static_cast<float>(value); });
}

struct TypeInfo {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<TypeInfo, 10> kTypes{{{"float64", 8},
                                           {"float32", 4},
                                           {"float16", 2},
                                           {"bfloat16", 2},
                                           {"int64", 8},
                                           {"int32", 4},
                                           {"int16", 2},
                                           {"int8", 1},
                                           {"uint8", 1},
                                           {"bool", 1}}};

}  // namespace

std::string_view to_string(DType dtype) { return kTypes[static_cast<std::size_t>(dtype)].name; }
std::size_t bytes_per_number(DType dtype) { return kTypes[static_cast<std::size_t>(dtype)].bytes; }

std::int64_t TensorData::numbers() const { return product(shape); }

std::vector<float> TensorData::to_float32() const {
  std::vector<float> out(bytes.size() / bytes_per_number(dtype));
  switch (dtype) {
    case DType::kFloat64:
      widen<double>(bytes, out);
      break;
    case DType::kFloat32:
      widen<float>(bytes, out);
      break;
    case DType::kFloat16:
      widen<std::uint16_t>(bytes, out, half_to_float);
      break;
    case DType::kBFloat16:
      widen<std::uint16_t>(bytes, out, [](std::uint16_t value) { return std::bit_cast<float>(std::uint32_t{value} << 16U); });
      break;
    case DType::kInt64:
      widen<std::int64_t>(bytes, out);
      break;
    case DType::kInt32:
      widen<std::int32_t>(bytes, out);
      break;
    case DType::kInt16:
      widen<std::int16_t>(bytes, out);
      break;
    case DType::kInt8:
      widen<std::int8_t>(bytes, out);
      break;
    case DType::kUInt8:
      widen<std::uint8_t>(bytes, out);
      break;
    case DType::kBool:
      widen<std::uint8_t>(bytes, out, [](std::uint8_t value) { return value != 0 ? 1.0F : 0.0F; });
      break;
  }
  return out;
}

const TensorData* StateDict::find(std::string_view name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const TensorData& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

Result<StateDict> parse_state_dict(std::span<const std::byte> content, std::string_view name) {
  return in_file(read_dictionary(content), name);
}

Result<TensorData> parse_tensor(std::span<const std::byte> content, std::string_view name) { return in_file(read_single(content), name); }

namespace {

template <typename T>
Result<T> read_with(const std::filesystem::path& path, Result<T> (*parse)(std::span<const std::byte>, std::string_view)) {
  try {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(path, kMaxFileBytes));
    return parse(as_bytes(content), path.string());
  } catch (const std::bad_alloc&) {
    return Error::in_file(ErrorCode::kFailed, path.string(), "needs more memory to be read than there is");
  }
}

}  // namespace

Result<StateDict> read_state_dict(const std::filesystem::path& path) { return read_with(path, parse_state_dict); }

Result<TensorData> read_tensor(const std::filesystem::path& path) { return read_with(path, parse_tensor); }

}  // namespace mexbench::model
