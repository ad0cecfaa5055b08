// The interfaces every trained or loaded model is used through: Learner and FittedModel. Torch-free; the LibTorch learner
// (harness/train), SVM methods and the fused engine implement Learner, released weights and scripted modules FittedModel only.
//
// The test set is a type that can't be trained on: predict() takes a TensorView without targets, and fit() never sees test clips.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"

namespace mexbench::model {

// Contiguous float32, row-major, not owned. shape[0] is the number of clips; (clips, channels, height, width) for images.
struct TensorView {
  const float* data = nullptr;
  std::vector<std::int64_t> shape;

  [[nodiscard]] std::int64_t clips() const { return shape.empty() ? 0 : shape[0]; }
  [[nodiscard]] std::int64_t numbers() const {
    std::int64_t out = 1;
    for (const std::int64_t extent : shape) out *= extent;
    return shape.empty() ? 0 : out;
  }
};

// Row-major clips x classes, made by eval::encode_targets: one-hot rows for single-class truth.
struct TargetView {
  std::span<const float> values;
  std::int64_t classes = 0;
};

// Training clips of a fold, in the manifest's order.
struct TrainView {
  TensorView inputs;
  TargetView targets;
  // Place of each clip in the manifest, ascending. Needed only to refit on training and validation clips together: it says how the two
  // interleave, because training without shuffling depends on the order.
  std::span<const std::int64_t> positions{};
  // One number per clip: equal numbers are one subject, or one dataset, in the validation view too. Empty: not known.
  std::span<const std::int32_t> subjects{};
  std::span<const std::int32_t> datasets{};
  // Row of the shared inputs that each clip was taken from: what Lineage speaks of. Needed only to augment.
  std::span<const std::int64_t> rows{};
};

// Clips of the fold's training side that selection may look at; empty unless selection is inner_subjects.
struct ValidationView {
  TensorView inputs;
  TargetView targets;
  std::span<const std::int32_t> subjects;     // as in TrainView
  std::span<const std::int64_t> positions{};  // as in TrainView
  std::span<const std::int32_t> datasets{};   // as in TrainView
  std::span<const std::int64_t> rows{};       // as in TrainView
};

// Row-major clips x classes, as the network gives them (logits for the networks of models/).
struct Scores {
  std::vector<float> values;
  std::int64_t classes = 0;
  [[nodiscard]] std::int64_t clips() const { return classes == 0 ? 0 : static_cast<std::int64_t>(values.size()) / classes; }
  [[nodiscard]] bool finite() const {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  }
};

// All random numbers of a fold derive from (seed, fold, purpose).
struct FoldContext {
  core::Seed seed;
  core::FoldId fold;
  // Gets where the time of fit() goes, when someone asks: "batches" (those that are gathered or augmented), "forward" (with the loss),
  // "backward", "optimiser" and "evaluation" (of validation clips). Learners that have no such parts fill in none.
  core::Profile* profile = nullptr;
};

// The numbers a model's fitting began with.
enum class Start {
  kFresh,       // random, or none: everything it knows is from the fold's training clips
  kPretrained,  // some are a file's: they may have seen anything
  kLoaded,      // it was not fitted here
};
[[nodiscard]] constexpr std::string_view to_string(Start start) {
  return start == Start::kFresh ? "fresh" : start == Start::kPretrained ? "pretrained" : "loaded";
}

// The clips that augmentation made in one phase of training, by what was really done to really used clips. Each has an id that names its
// epoch and draw, the rows of its parents, and the steps with what was drawn for them; `digest` is over all ids in order.
struct Lineage {
  std::string phase;  // as in EpochReport
  std::int64_t children = 0;
  std::vector<std::int64_t> parents;  // rows of the shared inputs, ascending, each once
  std::string digest;                 // SHA-256
};

struct Capabilities {
  bool trainable = false;          // false: loaded, evaluated as is
  std::int64_t parameters = 0;     // learnable numbers
  std::int64_t predict_batch = 0;  // clips per forward pass; part of the science hash, it changes last bits
  Start start = Start::kFresh;
  std::vector<std::string> kept{};  // tensors that a reset of the file's own left with the file's values, by name
  std::int64_t epochs = 0;          // passes over the training clips behind these weights; 0: loaded or not learned in epochs
};

class FittedModel {
 public:
  FittedModel() = default;
  FittedModel(const FittedModel&) = delete;
  FittedModel& operator=(const FittedModel&) = delete;
  virtual ~FittedModel() = default;

  // Fails when the model can't take the inputs. A score may be anything a float holds: the caller looks whether they are finite.
  [[nodiscard]] virtual core::Result<Scores> predict(const TensorView& inputs) = 0;
  // For answers one by one, as when a model is timed or put to use: what follows from its weights alone is worked out once, and predict()
  // takes it from here on. Scores change by at most 1e-6 of the largest, so runs, whose bits are compared, don't call it; nothing that is
  // saved or digested changes. Does nothing where there is nothing to work out.
  virtual void freeze() {}
  // A PyTorch state dictionary (zip format) that Python's torch.load reads. Equal parameters give equal bytes.
  [[nodiscard]] virtual core::Status save(const std::filesystem::path& path) const = 0;
  // SHA-256 over names, types, shapes and numbers of the state: equal for equal weights, whatever file they are in.
  [[nodiscard]] virtual core::Result<std::string> weights_digest() const = 0;
  [[nodiscard]] virtual Capabilities capabilities() const = 0;
  // One entry per phase that augmented; none for models that were loaded or saw clips only as they are.
  [[nodiscard]] virtual std::vector<Lineage> lineage() const { return {}; }
};

struct EpochReport {
  std::int64_t epoch = 0;   // 1-based
  std::int64_t epochs = 0;  // planned
  double train_loss = 0.0;  // sum of batch losses times batch size over clips, each before its step
  std::optional<double> validation_score;
  std::string phase;  // "select" (inner_subjects), "train" or "refit"
};

// Called after each epoch. Whatever it does with the model leaves training bit-equal: predict() runs in evaluation mode without
// gradients and consumes no random numbers.
class EpochObserver {
 public:
  EpochObserver() = default;
  EpochObserver(const EpochObserver&) = delete;
  EpochObserver& operator=(const EpochObserver&) = delete;
  virtual ~EpochObserver() = default;
  [[nodiscard]] virtual core::Status on_epoch(const EpochReport& report, FittedModel& model) = 0;
};

class Learner {
 public:
  Learner() = default;
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;
  virtual ~Learner() = default;
  // Fails with kFailed on a non-finite loss (naming epoch and batch) and with kUsage when shapes do not fit the network.
  [[nodiscard]] virtual core::Result<std::unique_ptr<FittedModel>> fit(const TrainView& train, const ValidationView& validation,
                                                                       const FoldContext& context, EpochObserver& observer) = 0;
};

}  // namespace mexbench::model
