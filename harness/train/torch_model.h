// A network behind the FittedModel interface, and the bridge between its tensors and our state dictionaries. Private to this room.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "harness/train/network.h"

namespace mexbench::train {

// What LibTorch says is wrong: the first line, without the stack trace behind it. An allocation that failed is told in our words.
[[nodiscard]] std::string first_line(const std::exception& problem);
// Why a forward pass over inputs of this shape threw: kFailed when memory ran out, otherwise kUsage.
[[nodiscard]] core::Error forward_error(const std::exception& problem, torch::IntArrayRef shape);

// The clips as one tensor of its own, aligned as LibTorch aligns: bits do not depend on where the caller's memory begins.
[[nodiscard]] torch::Tensor to_tensor(const model::TensorView& inputs);

// Parameters and buffers as Python's state_dict() orders them: a module's own ones, then its children's.
[[nodiscard]] core::Result<model::StateDict> state_of(const torch::nn::Module& network);
// Copies the numbers into the network, whole or not at all. Fails with kData (see load_model).
// Tensors whose names begin with one of `fresh` are left as they are, in the file or not.
[[nodiscard]] core::Status set_state(torch::nn::Module& network, const model::StateDict& given, std::string_view file,
                                     std::span<const std::string> fresh = {});

// Logits of all clips in batches of kPredictBatch, in evaluation mode and without gradients; the mode is put back as it was.
[[nodiscard]] model::Scores scores_of(Network& network, const torch::Tensor& inputs);

class TorchModel final : public model::FittedModel {
 public:
  TorchModel(std::shared_ptr<Network> network, bool trainable) : network_(std::move(network)), trainable_(trainable) {}

  [[nodiscard]] core::Result<model::Scores> predict(const model::TensorView& inputs) override;
  [[nodiscard]] core::Status save(const std::filesystem::path& path) const override;
  [[nodiscard]] core::Result<std::string> weights_digest() const override;
  [[nodiscard]] model::Capabilities capabilities() const override;
  [[nodiscard]] std::vector<model::Lineage> lineage() const override { return lineage_; }

  void set_epochs(std::int64_t epochs) { epochs_ = epochs; }
  void set_lineage(std::vector<model::Lineage> lineage) { lineage_ = std::move(lineage); }

 private:
  std::shared_ptr<Network> network_;
  bool trainable_;
  std::int64_t epochs_ = 0;
  std::vector<model::Lineage> lineage_;
};

}  // namespace mexbench::train
