// Whole trainings of one linear layer, against what PyTorch's optimisers make of the same start (tests/data/recipes).
#include <gtest/gtest.h>

#include "data/recipes/torch_cases.h"
#include "harness/train/learner.h"
#include "harness/train/network.h"

namespace mexbench::train {
namespace {

class Layer final : public Network {
 public:
  Layer() {
    register_module("fc", fc_);
    const torch::NoGradGuard no_gradients;
    fc_->weight.copy_(torch::tensor(std::vector<float>(cases::kInitial.begin(), cases::kInitial.end())).reshape({3, 4}));
  }
  torch::Tensor forward(torch::Tensor input) override { return fc_->forward(input); }

 private:
  torch::nn::Linear fc_{torch::nn::LinearOptions(4, 3).bias(false)};
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

// Row-major weights after training on the twelve clips of the cases.
std::vector<float> trained(const Recipe& recipe) {
  std::vector<float> targets;
  for (const int label : {0, 1, 2, 0, 0, 1, 2, 2, 0, 1, 0, 2}) {
    for (int c = 0; c < 3; ++c) targets.push_back(c == label ? 1.0F : 0.0F);
  }
  Silent silent;
  LibTorchLearner learner([] { return core::Result<std::shared_ptr<Network>>(std::make_shared<Layer>()); }, recipe);
  const auto model =
      learner.fit({.inputs = {.data = cases::kInputs.data(), .shape = {12, 4}}, .targets = {.values = targets, .classes = 3}}, {},
                  {.seed = {0}, .fold = core::FoldId("a/b")}, silent);
  EXPECT_TRUE(model) << model.error().render();
  if (!model) return {};
  std::vector<float> unit(16, 0.0F);
  for (std::size_t i = 0; i < 4; ++i) unit[i * 4 + i] = 1.0F;
  const std::vector<float> columns = (*model)->predict({.data = unit.data(), .shape = {4, 4}})->values;
  std::vector<float> out;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 4; ++column) out.push_back(columns[column * 3 + row]);
  }
  return out;
}

void expect_trajectory(const Recipe& recipe, const std::array<float, 12>& wanted, const char* what) {
  const std::vector<float> seen = trained(recipe);
  ASSERT_EQ(seen.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(seen[i], wanted[i], 2e-6) << what << ", weight " << i;
}

TEST(Trajectory, OptimisersEndWherePyTorchsDo) {
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

TEST(Trajectory, ClippedGradientsAndWarmUpEndWherePyTorchDoes) {
  Recipe clipped = recipe({.kind = Optimizer::Kind::kSgd, .lr = 0.5});
  clipped.clip_grad_norm = 0.1;
  expect_trajectory(clipped, cases::trajectories::kClipped, "clipped");
  Recipe warm = recipe({.kind = Optimizer::Kind::kSgd, .lr = 0.1});
  warm.schedule = {.kind = Schedule::Kind::kCosine, .warmup_epochs = 3};
  expect_trajectory(warm, cases::trajectories::kWarmUp, "warm-up");
}

TEST(Trajectory, LossesTrainWhatPyTorchsGradientsTrain) {
  Recipe smoothed = recipe({.lr = 0.05});
  smoothed.loss.label_smoothing = 0.1;
  smoothed.class_weights = {.kind = ClassWeights::Kind::kList, .values = {0.5, 1.0, 3.0}};
  expect_trajectory(smoothed, cases::trajectories::kSmoothedTraining, "label smoothing");
  Recipe focal = smoothed;
  focal.loss = {.kind = Loss::Kind::kFocal, .gamma = 2.0};
  expect_trajectory(focal, cases::trajectories::kFocalTraining, "focal");
}

}  // namespace
}  // namespace mexbench::train
