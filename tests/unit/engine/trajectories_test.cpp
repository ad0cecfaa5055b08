// The loss, the optimisers and the loop of epochs together, on one linear layer, against what PyTorch made of the same start
// (tests/data/recipes).
#include <gmock/gmock.h>

#include "data/recipes/torch_cases.h"
#include "harness/engine/loss.h"
#include "harness/train/epochs.h"
#include "harness/train/updates.h"

namespace mexbench::engine {
namespace {

namespace cases = train::cases;
using train::Optimizer;
using train::Recipe;

const std::vector<std::int64_t> kLabels = {0, 2, 1, 1, 0, 2};
const std::vector<double> kWeights = {0.5, 1.0, 3.0};
const std::vector<float> kShares = {0.7F, 0.3F, 0.0F, 0.0F, 0.0F, 1.0F, 0.25F, 0.75F, 0.0F,
                                    0.0F, 0.6F, 0.4F, 1.0F, 0.0F, 0.0F, 0.1F,  0.0F,  0.9F};

double loss_of(const LossOptions& options, const Targets& targets) {
  std::vector<float> gradient(18);
  return Loss(options, 3).of(cases::kScores.data(), 6, 3, targets, gradient.data());
}

TEST(LossOfABatch, IsTorchs) {
  EXPECT_NEAR(loss_of({}, {.labels = kLabels}), cases::losses::kCrossEntropy, 1e-6);
  EXPECT_NEAR(loss_of({.class_weights = kWeights}, {.labels = kLabels}), cases::losses::kWeighted, 1e-6);
  EXPECT_NEAR(loss_of({.class_weights = {}, .label_smoothing = 0.2}, {.labels = kLabels}), cases::losses::kSmoothed, 1e-6);
  EXPECT_NEAR(loss_of({.class_weights = kWeights, .label_smoothing = 0.2}, {.labels = kLabels}), cases::losses::kSmoothedWeighted, 1e-6);
  EXPECT_NEAR(loss_of({}, {.labels = kLabels, .shares = kShares}), cases::losses::kShares, 1e-6);
  EXPECT_NEAR(loss_of({.class_weights = {}, .label_smoothing = 0.2}, {.labels = kLabels, .shares = kShares}),
              cases::losses::kSharesSmoothed, 1e-6);
}

TEST(LossOfABatch, GradientIsThatOfDifferences) {
  const Loss loss({.class_weights = kWeights, .label_smoothing = 0.1}, 3);
  std::vector<float> scores(cases::kScores.begin(), cases::kScores.end());
  std::vector<float> gradient(scores.size()), unused(scores.size());
  (void)loss.of(scores.data(), 6, 3, {.labels = kLabels, .shares = kShares}, gradient.data());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    constexpr float kStep = 0.0078125F;
    std::vector<float> up = scores, down = scores;
    up[i] += kStep;
    down[i] -= kStep;
    const double difference = loss.of(up.data(), 6, 3, {.labels = kLabels, .shares = kShares}, unused.data()) -
                              loss.of(down.data(), 6, 3, {.labels = kLabels, .shares = kShares}, unused.data());
    EXPECT_NEAR(gradient[i], difference / (2.0 * static_cast<double>(kStep)), 2e-6) << i;
  }
}

class LinearModel final : public train::EpochModel {
 public:
  core::Result<model::Scores> predict(const model::TensorView&) override { return model::Scores{}; }
  core::Status save(const std::filesystem::path&) const override { return {}; }
  core::Result<std::string> weights_digest() const override { return std::string(); }
  model::Capabilities capabilities() const override { return {}; }
};

// scores = inputs * weights, three classes of four numbers.
class LinearTrainee final : public train::Trainee {
 public:
  LinearTrainee(std::vector<float>& weights, const train::PhaseClips& clips, const Recipe& recipe)
      : recipe_(recipe),
        weights_(weights),
        inputs_(clips.inputs.data),
        gradient_(12),
        loss_({.class_weights = clips.class_weights.value_or(std::vector<double>()), .label_smoothing = recipe.loss.label_smoothing}, 3),
        updated_{{.parameter = weights_, .gradient = gradient_}},
        updates_(recipe.optimizer, updated_) {}

  core::Result<double> step(const train::TrainingBatch& batch, double rate, core::Profile*) override {
    const float* const x = inputs_ + batch.first * 4;
    std::vector<float> scores(static_cast<std::size_t>(batch.count * 3)), back(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      for (std::size_t k = 0; k < 4; ++k) scores[i] += x[i / 3 * 4 + k] * weights_[i % 3 * 4 + k];
    }
    const double loss = loss_.of(scores.data(), batch.count, 3, {.labels = batch.labels}, back.data());
    std::fill(gradient_.begin(), gradient_.end(), 0.0F);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      for (std::size_t k = 0; k < 4; ++k) gradient_[i % 3 * 4 + k] += back[i] * x[i / 3 * 4 + k];
    }
    if (recipe_.clip_grad_norm) train::clip_gradient_norm(updated_, *recipe_.clip_grad_norm);
    updates_.step(rate);
    return loss;
  }
  core::Result<model::Scores> scores(const model::TensorView&) override { return model::Scores{}; }
  void keep() override {}
  void put_back() override {}
  train::EpochModel& model() override { return *model_; }
  std::unique_ptr<train::EpochModel> take_model() override { return std::move(model_); }

 private:
  const Recipe& recipe_;
  std::vector<float>& weights_;
  const float* inputs_;
  std::vector<float> gradient_;
  Loss loss_;
  std::vector<train::Updated> updated_;
  train::Updates updates_;
  std::unique_ptr<LinearModel> model_ = std::make_unique<LinearModel>();
};

class Silent final : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport&, model::FittedModel&) override { return {}; }
};

Recipe recipe(const Optimizer& optimizer) {
  Recipe out;
  out.epochs = 6;
  out.batch_size = 8;
  out.shuffle = false;
  out.optimizer = optimizer;
  return out;
}

void expect_trajectory(const Recipe& recipe, const std::array<float, 12>& wanted, const char* what) {
  std::vector<float> targets;
  for (const int label : {0, 1, 2, 0, 0, 1, 2, 2, 0, 1, 0, 2}) {
    for (int c = 0; c < 3; ++c) targets.push_back(c == label ? 1.0F : 0.0F);
  }
  std::vector<float> weights(cases::kInitial.begin(), cases::kInitial.end());
  const train::MakeTrainee make = [&](const train::PhaseClips& clips, const Recipe& of, const model::FoldContext&) {
    return core::Result<std::unique_ptr<train::Trainee>>(std::make_unique<LinearTrainee>(weights, clips, of));
  };
  Silent silent;
  const auto model = train::fit_by_epochs(
      make, recipe, {}, {.inputs = {.data = cases::kInputs.data(), .shape = {12, 4}}, .targets = {.values = targets, .classes = 3}}, {},
      {.seed = {0}, .fold = core::FoldId("a/b")}, silent);
  ASSERT_TRUE(model) << model.error().render();
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(weights[i], wanted[i], 2e-6) << what << ", weight " << i;
}

TEST(UpdatesOfAnEngine, EndWherePyTorchsOptimisersDo) {
  using Kind = Optimizer::Kind;
  expect_trajectory(recipe({.kind = Kind::kAdam, .lr = 0.05, .weight_decay = 0.1}), cases::trajectories::kAdam, "adam");
  expect_trajectory(recipe({.kind = Kind::kAdamW, .lr = 0.05, .weight_decay = 0.1, .beta1 = 0.8, .beta2 = 0.99, .eps = 1e-6}),
                    cases::trajectories::kAdamW, "adamw");
  expect_trajectory(recipe({.kind = Kind::kSgd, .lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .nesterov = true}),
                    cases::trajectories::kSgd, "sgd");
  expect_trajectory(recipe({.kind = Kind::kRmsProp, .lr = 0.02, .weight_decay = 0.05}), cases::trajectories::kRmsProp, "rmsprop");
  expect_trajectory(recipe({.kind = Kind::kRmsProp, .lr = 0.02, .eps = 1e-6, .alpha = 0.9, .centered = true, .momentum = 0.5}),
                    cases::trajectories::kRmsPropCentered, "rmsprop, centered");
}

TEST(UpdatesOfAnEngine, ClippedGradientsWarmUpSmoothingAndWeightsEndWherePyTorchDoes) {
  Recipe clipped = recipe({.kind = Optimizer::Kind::kSgd, .lr = 0.5});
  clipped.clip_grad_norm = 0.1;
  expect_trajectory(clipped, cases::trajectories::kClipped, "clipped");
  Recipe warm = recipe({.kind = Optimizer::Kind::kSgd, .lr = 0.1});
  warm.schedule = {.kind = train::Schedule::Kind::kCosine, .warmup_epochs = 3};
  expect_trajectory(warm, cases::trajectories::kWarmUp, "warm-up");
  Recipe smoothed = recipe({.lr = 0.05});
  smoothed.loss.label_smoothing = 0.1;
  smoothed.class_weights = {.kind = train::ClassWeights::Kind::kList, .values = {0.5, 1.0, 3.0}};
  expect_trajectory(smoothed, cases::trajectories::kSmoothedTraining, "label smoothing");
}

}  // namespace
}  // namespace mexbench::engine
