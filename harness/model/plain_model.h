// A fitted model whose state is a few tensors of its own rather than a LibTorch module: classical methods and baselines. It is saved, and
// digested, as any network is: a PyTorch state dictionary that torch.load reads and `weights` loads again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/model/learner.h"
#include "harness/model/state_dict.h"

namespace mexbench::model {

// `numbers` row-major; as many as the shape says.
[[nodiscard]] TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const float> numbers);
[[nodiscard]] TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const double> numbers);
[[nodiscard]] TensorData tensor_of(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> numbers);

// The numbers of a float64 or int64 tensor, as they are. Call check_state_dict first: the type must be the one asked for.
[[nodiscard]] std::vector<double> doubles_of(const TensorData& tensor);
[[nodiscard]] std::vector<std::int64_t> integers_of(const TensorData& tensor);

class PlainModel : public FittedModel {
 public:
  [[nodiscard]] virtual StateDict state() const = 0;
  [[nodiscard]] core::Status save(const std::filesystem::path& path) const override { return write_state_dict(path, state()); }
  [[nodiscard]] core::Result<std::string> weights_digest() const override { return model::weights_digest(state()); }
};

}  // namespace mexbench::model
