// A network of a description with its numbers: training passes, scores, and the state under the names of the published code. Torch-free.
//
// The numbers are those of LibTorch's layers, in its layouts: initial values and dropout masks are drawn as LibTorch draws them from its
// process-wide generator after torch::manual_seed, bit by bit, here from a generator of the network's own. Equal calls give equal bits on
// one instruction set (instruction_set.h), on any thread; networks share nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/engine/description.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"

namespace mexbench::engine {

// A weight or bias; row-major.
struct Parameter {
  std::string name;  // "conv1.weight"
  std::vector<std::int64_t> shape;
  std::span<float> values;
  std::span<float> gradient;  // of the last train()
};

// Cross-entropy of softmax, the mean over the clips of a batch, each with the weight of its class (harness/train/recipe.h).
struct LossOptions {
  std::vector<double> class_weights;  // one per class; empty: all 1
  double label_smoothing = 0.0;
};

// What one clip should be: its class, or the shares of several classes.
struct Targets {
  std::span<const std::int64_t> labels;  // one per clip
  std::span<const float> shares{};       // clips x classes, rows that sum to 1; empty: by the labels
};

class Network {
 public:
  explicit Network(const Description& description, LossOptions loss = {});
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  // What torch::manual_seed does to LibTorch's generator; the low 32 bits count.
  void seed(std::uint64_t seed);
  // Fresh weights, drawn as the constructors of LibTorch's layers draw them; running statistics as they begin.
  void initialise();

  [[nodiscard]] std::span<const Parameter> parameters() const;
  // To be called when values of parameters() were changed from outside.
  void parameters_changed();

  // A clip as the first layer reads it, with zeros around: numbers of it, and the way there from (channels, height, width).
  [[nodiscard]] std::int64_t prepared_numbers() const;
  void prepare(const float* clip, float* out) const;  // `out` is aligned to 64 bytes

  // One pass in training mode: the loss, and the gradients of all parameters. `clips`: where the prepared numbers of each begin. Running
  // statistics move. Fails with kFailed for a batch norm over one number per channel, as LibTorch does. A number of a clip that is not
  // finite makes the loss NaN.
  [[nodiscard]] core::Result<double> train(std::span<const float* const> clips, const Targets& targets, core::Profile* profile = nullptr);

  // Scores (clips x classes) in evaluation mode; draws nothing. A clip's scores do not depend on the others.
  void predict(std::span<const float* const> clips, std::span<float> scores);
  // Of clips that were not prepared, in their order.
  void predict(const float* clips, std::int64_t count, std::span<float> scores);

  // The state dictionary of the published code.
  [[nodiscard]] model::StateDict state() const;
  // Copies the numbers, whole or not at all. Fails with kData, listing every missing, unexpected and mis-shaped tensor;
  // `num_batches_tracked` may be missing. Tensors that `fresh` names (harness/model/fresh.h) are left as they are, in the file or not.
  [[nodiscard]] core::Status set_state(const model::StateDict& given, std::string_view file, std::span<const std::string> fresh = {});

 private:
  struct Numbers;
  std::unique_ptr<Numbers> numbers_;
};

}  // namespace mexbench::engine
