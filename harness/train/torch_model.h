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
#include "harness/train/epochs.h"
#include "harness/train/learner.h"
#include "harness/train/network.h"
#include "harness/train/own_state.h"
#include "harness/train/recipe.h"

namespace mexbench::train {

// That a forward pass over inputs of this shape threw, and why: kFailed when memory ran out, otherwise kUsage.
[[nodiscard]] core::Error forward_error(const std::exception& problem, torch::IntArrayRef shape);

// The clips as one tensor of its own, aligned as LibTorch aligns: bits do not depend on where the caller's memory begins.
[[nodiscard]] torch::Tensor to_tensor(const model::TensorView& inputs);
// The caller's memory itself where it is so aligned, otherwise a copy. For what only reads it while the caller keeps it.
[[nodiscard]] torch::Tensor borrow(const model::TensorView& inputs);

// What the next forward() reads, as OwnState says; of most networks what they registered.
[[nodiscard]] std::vector<StateTensor> state_tensors(const Network& network);
// Gives an entry of state_tensors() these numbers.
void assign(Network& network, const StateTensor& entry, const torch::Tensor& values);

// The same as numbers, in that order.
[[nodiscard]] core::Result<model::StateDict> state_of(const Network& network);
// Copies the numbers into the network, whole or not at all. Fails with kData (see load_model).
// Tensors whose names begin with one of `fresh` are left as they are, in the file or not; kUsage when an entry is the beginning of none.
[[nodiscard]] core::Status set_state(Network& network, const model::StateDict& given, std::string_view file,
                                     std::span<const std::string> fresh = {});

// Logits of all clips in batches of kPredictBatch, in evaluation mode and without gradients; the mode is put back as it was.
[[nodiscard]] model::Scores scores_of(Network& network, const torch::Tensor& inputs, Numerics numerics = Numerics::kContiguous);

class TorchModel final : public EpochModel {
 public:
  // `numerics`: those that the network was laid out for.
  TorchModel(std::shared_ptr<Network> network, bool trainable, Numerics numerics = Numerics::kContiguous)
      : network_(std::move(network)), trainable_(trainable), numerics_(numerics) {}

  [[nodiscard]] core::Result<model::Scores> predict(const model::TensorView& inputs) override;
  void freeze() override;  // takes the network's frozen() where it has one
  [[nodiscard]] core::Status save(const std::filesystem::path& path) const override;
  [[nodiscard]] core::Result<std::string> weights_digest() const override;
  [[nodiscard]] model::Capabilities capabilities() const override;

 private:
  std::shared_ptr<Network> network_;
  Network::Frozen frozen_;
  bool trainable_;
  Numerics numerics_;
};

}  // namespace mexbench::train
