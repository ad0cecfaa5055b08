#include "harness/engine/learner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <exception>
#include <utility>

#include "harness/core/aligned.h"
#include "harness/core/failpoint.h"
#include "harness/core/memory.h"
#include "harness/core/random.h"
#include "harness/engine/instruction_set.h"
#include "harness/engine/network.h"
#include "harness/train/epochs.h"
#include "harness/train/updates.h"

namespace mexbench::engine {
namespace {

using core::Error;
using core::ErrorCode;

Error error_of(const std::exception& problem) {
  return {ErrorCode::kFailed, core::is_out_of_memory(problem) ? core::out_of_memory() : std::string(problem.what())};
}

core::Status check_shape(const Description& description, const model::TensorView& inputs) {
  const Shape& wanted = description.shape(description.input());
  const std::vector<std::int64_t> shape{inputs.clips(), wanted.channels, wanted.height, wanted.width};
  if (inputs.shape == shape) return {};
  return Error(ErrorCode::kUsage, fmt::format("the network takes clips of ({}, {}, {}), it is given ({})", wanted.channels, wanted.height,
                                              wanted.width, fmt::join(inputs.shape.begin() + 1, inputs.shape.end(), ", ")));
}

class FusedModel final : public train::EpochModel {
 public:
  FusedModel(Description description, std::shared_ptr<Network> network, model::Start start)
      : description_(std::move(description)), network_(std::move(network)), start_(start) {}

  core::Result<model::Scores> predict(const model::TensorView& inputs) override {
    if (inputs.clips() <= 0) return Error(ErrorCode::kUsage, "no clips to predict");
    MEXBENCH_TRY(check_shape(description_, inputs));
    try {
      return scores_of(inputs);
    } catch (const std::exception& problem) {
      if (core::is_out_of_memory(problem)) return error_of(problem);
      return Error(ErrorCode::kUsage,
                   fmt::format("the network fails on an input of shape ({}): {}", fmt::join(inputs.shape, ", "), problem.what()));
    }
  }
  core::Status save(const std::filesystem::path& path) const override { return model::write_state_dict(path, network_->state()); }
  core::Result<std::string> weights_digest() const override { return model::weights_digest(network_->state()); }
  model::Capabilities capabilities() const override {
    std::int64_t parameters = 0;
    for (const Parameter& parameter : network_->parameters()) parameters += static_cast<std::int64_t>(parameter.values.size());
    return {.trainable = start_ != model::Start::kLoaded,
            .parameters = parameters,
            .predict_batch = 1,
            .start = start_,
            .kept = {},
            .epochs = epochs()};
  }

 private:
  model::Scores scores_of(const model::TensorView& inputs) {
    core::failpoint("predict.batch");
    model::Scores scores{.values = std::vector<float>(static_cast<std::size_t>(inputs.clips() * description_.scores())),
                         .classes = description_.scores()};
    network_->predict(inputs.data, inputs.clips(), scores.values);
    return scores;
  }

  Description description_;
  std::shared_ptr<Network> network_;
  model::Start start_;
};

class FusedTrainee final : public train::Trainee {
 public:
  static core::Result<std::unique_ptr<train::Trainee>> make(const Description& description, const std::optional<StartState>& start,
                                                            const train::PhaseClips& clips, const train::Recipe& recipe,
                                                            const model::FoldContext& context) {
    MEXBENCH_TRY(check_shape(description, clips.inputs));
    if (description.scores() != clips.classes) {
      return Error(ErrorCode::kUsage,
                   fmt::format("the network gives {} scores, but there are {} classes", description.scores(), clips.classes));
    }
    auto network = std::make_shared<Network>(description, LossOptions{.class_weights = clips.class_weights.value_or(std::vector<double>()),
                                                                      .label_smoothing = recipe.loss.label_smoothing});
    network->seed(core::derive_seed(context.seed, context.fold, "init"));
    network->initialise();
    if (start) MEXBENCH_TRY(network->set_state(start->state, start->file, start->fresh));
    network->seed(core::derive_seed(context.seed, context.fold, "train"));
    const model::Start began = start ? model::Start::kPretrained : model::Start::kFresh;
    auto out = std::make_unique<FusedTrainee>(description, std::move(network), began, clips, recipe);
    // One clip through the network before anything is spent on it.
    model::TensorView first = clips.inputs;
    first.shape.front() = 1;
    MEXBENCH_TRY(out->scores(first));
    return std::unique_ptr<train::Trainee>(std::move(out));
  }

  FusedTrainee(const Description& description, std::shared_ptr<Network> network, model::Start start, const train::PhaseClips& clips,
               const train::Recipe& recipe)
      : recipe_(recipe),
        network_(std::move(network)),
        model_(std::make_unique<FusedModel>(description, network_, start)),
        targets_(targets_of(*network_)),
        updates_(recipe.optimizer, targets_, rounding()),
        numbers_per_clip_(description.shape(description.input()).numbers()) {
    if (recipe.augment.empty()) prepare(clips.inputs.data, clips.inputs.clips(), prepared_);
  }

  core::Result<double> step(const train::TrainingBatch& batch, double learning_rate, core::Profile* profile) override {
    core::Timed gathering(profile, "batches");
    if (batch.numbers != nullptr) prepare(batch.numbers, batch.count, prepared_);
    const std::int64_t each = network_->prepared_numbers();
    clips_.clear();
    for (std::int64_t i = 0; i < batch.count; ++i) {
      const std::int64_t place = batch.numbers != nullptr ? i
                                 : batch.places.empty()   ? batch.first + i
                                                          : batch.places[static_cast<std::size_t>(i)];
      clips_.push_back(prepared_.data() + place * each);
    }
    gathering.stop();
    MEXBENCH_ASSIGN(const double loss, network_->train(clips_, {.labels = batch.labels, .shares = batch.shares}, profile));
    if (!std::isfinite(loss)) return loss;
    const core::Timed stepping(profile, "optimiser");
    if (recipe_.clip_grad_norm) train::clip_gradient_norm(targets_, *recipe_.clip_grad_norm);
    updates_.step(learning_rate);
    network_->parameters_changed();
    return loss;
  }
  core::Result<model::Scores> scores(const model::TensorView& inputs) override { return model_->predict(inputs); }
  void keep() override { kept_ = network_->state(); }
  void put_back() override { (void)network_->set_state(kept_, "the weights kept aside"); }  // its own, so that they fit
  train::EpochModel& model() override { return *model_; }
  std::unique_ptr<train::EpochModel> take_model() override { return std::move(model_); }

 private:
  static train::Rounding rounding() {
    return instruction_set() == "avx512" || instruction_set() == "avx2" ? train::best_rounding() : train::Rounding::kTwice;
  }
  static std::vector<train::Updated> targets_of(const Network& network) {
    std::vector<train::Updated> out;
    for (const Parameter& parameter : network.parameters()) out.push_back({.parameter = parameter.values, .gradient = parameter.gradient});
    return out;
  }
  void prepare(const float* numbers, std::int64_t count, core::Aligned<float>& out) const {
    const std::int64_t each = network_->prepared_numbers();
    if (out.size() < count * each) out = core::Aligned<float>(count * each);
    for (std::int64_t clip = 0; clip < count; ++clip) network_->prepare(numbers + clip * numbers_per_clip_, out.data() + clip * each);
  }

  const train::Recipe& recipe_;
  std::shared_ptr<Network> network_;
  std::unique_ptr<FusedModel> model_;
  std::vector<train::Updated> targets_;
  train::Updates updates_;
  std::int64_t numbers_per_clip_;
  core::Aligned<float> prepared_;
  std::vector<const float*> clips_;
  model::StateDict kept_;
};

}  // namespace

FusedLearner::FusedLearner(Description description, train::Recipe recipe, data::ImageChannels images, std::optional<StartState> start)
    : description_(std::move(description)), recipe_(std::move(recipe)), images_(std::move(images)), start_(std::move(start)) {}

core::Result<std::unique_ptr<model::FittedModel>> FusedLearner::fit(const model::TrainView& train, const model::ValidationView& validation,
                                                                    const model::FoldContext& context, model::EpochObserver& observer) {
  MEXBENCH_TRY(check_instruction_set());
  try {
    const train::MakeTrainee make = [this](const train::PhaseClips& clips, const train::Recipe& recipe, const model::FoldContext& of) {
      return FusedTrainee::make(description_, start_, clips, recipe, of);
    };
    return train::fit_by_epochs(make, recipe_, images_, train, validation, context, observer);
  } catch (const std::exception& problem) {
    return error_of(problem);
  }
}

core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const Description& description, const std::optional<StartState>& start) {
  MEXBENCH_TRY(check_instruction_set());
  try {
    auto network = std::make_shared<Network>(description);
    if (start) MEXBENCH_TRY(network->set_state(start->state, start->file, start->fresh));
    return std::unique_ptr<model::FittedModel>(
        std::make_unique<FusedModel>(description, std::move(network), start ? model::Start::kPretrained : model::Start::kFresh));
  } catch (const std::exception& problem) {
    return error_of(problem);
  }
}

core::Result<std::unique_ptr<model::FittedModel>> load_model(const Description& description, const std::filesystem::path& weights) {
  MEXBENCH_TRY(check_instruction_set());
  MEXBENCH_ASSIGN(const model::StateDict state, model::read_state_dict(weights));
  try {
    auto network = std::make_shared<Network>(description);
    MEXBENCH_TRY(network->set_state(state, weights.string()));
    return std::unique_ptr<model::FittedModel>(std::make_unique<FusedModel>(description, std::move(network), model::Start::kLoaded));
  } catch (const std::exception& problem) {
    return error_of(problem);
  }
}

}  // namespace mexbench::engine
