// The loop of epochs that all engines share: phases, batches, their order, augmentation, selection, what is told after each epoch. What a
// batch does to a network is the engine's: a Trainee. Torch-free.
//
// With selection inner_subjects the phases are "select" and, if the recipe refits, "refit"; otherwise there is one, "train". All start from
// the same weights. Orders and augmentation take explicit streams of the fold: "shuffle", "sampler" and "augment".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/data/channels.h"
#include "harness/model/learner.h"
#include "harness/train/recipe.h"

namespace mexbench::train {

// A model that epochs made.
class EpochModel : public model::FittedModel {
 public:
  [[nodiscard]] std::vector<model::Lineage> lineage() const final { return lineage_; }
  void set_epochs(std::int64_t epochs) { epochs_ = epochs; }
  void set_lineage(std::vector<model::Lineage> lineage) { lineage_ = std::move(lineage); }

 protected:
  [[nodiscard]] std::int64_t epochs() const { return epochs_; }

 private:
  std::int64_t epochs_ = 0;
  std::vector<model::Lineage> lineage_;
};

// The clips of a phase, in the manifest's order; they outlive it.
struct PhaseClips {
  model::TensorView inputs;
  std::span<const std::int64_t> labels;
  std::int64_t classes = 0;
  std::optional<std::vector<double>> class_weights;
};

// What a step learns from.
struct TrainingBatch {
  std::int64_t first = 0, count = 0;     // the clips of the phase from the first on ..
  std::span<const std::int64_t> places;  // .. or those at these places, when there are any ..
  const float* numbers = nullptr;        // .. or these, of augmented clips: contiguous, aligned to 64 bytes
  std::span<const std::int64_t> labels;  // one per clip
  std::span<const float> shares;         // clips x classes, of targets that were mixed; else empty
};

// A network while it learns.
class Trainee {
 public:
  Trainee() = default;
  Trainee(const Trainee&) = delete;
  Trainee& operator=(const Trainee&) = delete;
  virtual ~Trainee() = default;

  // The batch's loss, before the step that it leads to. A loss that is not finite changes no weights. Fills in "batches", "forward",
  // "backward" and "optimiser" of the profile.
  [[nodiscard]] virtual core::Result<double> step(const TrainingBatch& batch, double learning_rate, core::Profile* profile) = 0;
  // In evaluation mode.
  [[nodiscard]] virtual core::Result<model::Scores> scores(const model::TensorView& inputs) = 0;
  // Puts the weights of this moment aside, and takes them up again.
  virtual void keep() = 0;
  virtual void put_back() = 0;
  // The network as a model, whose weights follow the steps.
  [[nodiscard]] virtual EpochModel& model() = 0;
  [[nodiscard]] virtual std::unique_ptr<EpochModel> take_model() = 0;  // ends the trainee's use
};

// Makes a network with fresh weights for a phase and sees that it takes the clips and gives a score for every class. Draws from what
// (seed, fold, "init") names before the first step and from what (seed, fold, "train") names from then on. The recipe and the context
// outlive the trainee.
using MakeTrainee =
    std::function<core::Result<std::unique_ptr<Trainee>>(const PhaseClips& clips, const Recipe& recipe, const model::FoldContext& context)>;

// `images`: what the clips are; needed only to augment. Errors: kUsage when recipe, shapes or targets do not fit; kFailed, naming epoch and
// batch, when a loss is not finite; whatever the trainee and the observer return.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> fit_by_epochs(
    const MakeTrainee& make, const Recipe& recipe, const data::ImageChannels& images, const model::TrainView& train,
    const model::ValidationView& validation, const model::FoldContext& context, model::EpochObserver& observer);

}  // namespace mexbench::train
