#include "harness/train/recipe.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace mexbench::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Recipe good() {
  Recipe recipe;
  recipe.epochs = 10;
  recipe.batch_size = 4;
  return recipe;
}

TEST(CheckRecipe, AllProblemsAreReportedAtOnce) {
  Recipe recipe = good();
  recipe.epochs = 0;
  recipe.batch_size = -1;
  recipe.optimizer.lr = 0.0;
  recipe.optimizer.beta2 = 1.0;
  const core::Status status = check_recipe(recipe);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), core::ErrorCode::kUsage);
  EXPECT_EQ(status.error().diagnostics().size(), 4U);
  EXPECT_TRUE(check_recipe(good()));
}

TEST(CheckRecipe, NesterovNeedsMomentum) {
  Recipe recipe = good();
  recipe.optimizer.kind = Optimizer::Kind::kSgd;
  recipe.optimizer.nesterov = true;
  EXPECT_FALSE(check_recipe(recipe));
  recipe.optimizer.momentum = 0.9;
  EXPECT_TRUE(check_recipe(recipe));
}

TEST(LearningRate, StepDropsAfterEachStepSizeEpochs) {
  Recipe recipe = good();
  recipe.optimizer.lr = 1.0;
  recipe.schedule = {.kind = Schedule::Kind::kStep, .step_size = 3, .gamma = 0.5};
  EXPECT_EQ(learning_rate(recipe, 3), 1.0);
  EXPECT_EQ(learning_rate(recipe, 4), 0.5);
  EXPECT_EQ(learning_rate(recipe, 7), 0.25);
}

TEST(LearningRate, CosineFallsFromTheRateAndWouldReachTheLeastAfterTheLastEpoch) {
  Recipe recipe = good();
  recipe.optimizer.lr = 1.0;
  recipe.schedule = {.kind = Schedule::Kind::kCosine, .min_lr = 0.2};
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 1), 1.0);
  EXPECT_NEAR(learning_rate(recipe, 6), 0.6, 1e-12);  // half way: (1 + 0.2) / 2
  EXPECT_NEAR(learning_rate(recipe, 11), 0.2, 1e-12);
  EXPECT_GT(learning_rate(recipe, 10), 0.2);
}

TEST(CheckRecipe, ValuesOfTheChosenKindsAreChecked) {
  const auto bad = [](auto&& change) {
    Recipe recipe = good();
    change(recipe);
    const core::Status status = check_recipe(recipe);
    return status ? std::string("accepted") : status.error().message();
  };
  EXPECT_THAT(bad([](Recipe& r) { r.loss.label_smoothing = 1.0; }), HasSubstr("label smoothing 1"));
  EXPECT_THAT(bad([](Recipe& r) { r.loss = {.kind = Loss::Kind::kFocal, .gamma = -1.0}; }), HasSubstr("gamma -1"));
  EXPECT_THAT(bad([](Recipe& r) { r.loss = {.kind = Loss::Kind::kCapsuleMargin, .m_plus = 0.1, .m_minus = 0.1}; }),
              HasSubstr("0 <= m_minus < m_plus <= 1"));
  EXPECT_THAT(bad([](Recipe& r) { r.optimizer = {.kind = Optimizer::Kind::kRmsProp, .alpha = 1.0}; }), HasSubstr("alpha 1"));
  EXPECT_THAT(bad([](Recipe& r) { r.optimizer = {.kind = Optimizer::Kind::kAdamW, .eps = 0.0}; }), HasSubstr("eps 0"));
  EXPECT_THAT(bad([](Recipe& r) { r.schedule.warmup_epochs = 10; }), HasSubstr("fewer than the 10 epochs"));
  EXPECT_THAT(bad([](Recipe& r) { r.clip_grad_norm = 0.0; }), HasSubstr("gradient norm clipped at 0"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kFlip, .probability = 0.0}}; }), HasSubstr("probability 0"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kShift}}; }), HasSubstr("shifts of 0 pixels"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kRotate, .degrees = 181.0}}; }), HasSubstr("181 degrees"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kNoise}}; }), HasSubstr("sigma 0"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kMixup}}; }), HasSubstr("alpha 0"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kMagnify, .factor_low = 2.0, .factor_high = 1.0}}; }),
              HasSubstr("magnification by 2 to 1"));
  EXPECT_THAT(bad([](Recipe& r) { r.augment = {{.kind = AugmentStep::Kind::kTemporalJitter}}; }), HasSubstr("jitter of 0 frames"));
  EXPECT_THAT(bad([](Recipe& r) { r.selection.patience = -1; }), HasSubstr("patience -1"));
  EXPECT_THAT(bad([](Recipe& r) {
                r.sampling = Sampling::kClassBalanced;
                r.shuffle = false;
              }),
              HasSubstr("shuffle is off"));
}

// Two epochs of warm-up before rates of 1: 1/3, 2/3; the step of three epochs is counted from the third.
TEST(LearningRate, WarmUpGrowsEvenlyAndTheScheduleBeginsAfterIt) {
  Recipe recipe = good();
  recipe.optimizer.lr = 1.0;
  for (const auto kind : {Schedule::Kind::kConstant, Schedule::Kind::kStep, Schedule::Kind::kCosine}) {
    recipe.schedule = {.kind = kind, .step_size = 3, .gamma = 0.5, .warmup_epochs = 2};
    EXPECT_DOUBLE_EQ(learning_rate(recipe, 1), 1.0 / 3.0);
    EXPECT_DOUBLE_EQ(learning_rate(recipe, 2), 2.0 / 3.0);
    EXPECT_DOUBLE_EQ(learning_rate(recipe, 3), 1.0);
  }
  EXPECT_NEAR(learning_rate(recipe, 7), 0.5, 1e-12) << "half way through the eight epochs of the cosine";
  recipe.schedule.kind = Schedule::Kind::kStep;
  EXPECT_EQ(learning_rate(recipe, 5), 1.0);
  EXPECT_EQ(learning_rate(recipe, 6), 0.5);
}

TEST(ClassIndices, OneHotRowsOnly) {
  const std::vector<float> rows = {0, 1, 0, 1, 0, 0};
  const auto labels = class_indices({.values = rows, .classes = 3});
  ASSERT_TRUE(labels);
  EXPECT_THAT(*labels, ElementsAre(1, 0));
  for (const std::vector<float>& bad : {std::vector<float>{0, 0, 0}, {1, 1, 0}, {0.5F, 0.5F, 0}, {0, std::nanf(""), 1}}) {
    const auto result = class_indices({.values = bad, .classes = 3});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(), HasSubstr("target row 1 is not one-hot"));
  }
  EXPECT_FALSE(class_indices({.values = rows, .classes = 4}));
  EXPECT_FALSE(class_indices({.values = rows, .classes = 1}));
}

TEST(ClassWeights, BalancedIsClipsOverClassesTimesClipsOfTheClass) {
  const std::vector<std::int64_t> labels = {0, 0, 0, 1};
  const auto weights = class_weight_values({.kind = ClassWeights::Kind::kBalanced, .values = {}}, labels, 3);
  ASSERT_TRUE(weights && weights->has_value());
  EXPECT_THAT(**weights, ElementsAre(4.0 / 9.0, 4.0 / 3.0, 0.0));
}

TEST(ClassWeights, ListMustMatchTheClassesAndLeaveSomethingToLearn) {
  const std::vector<std::int64_t> labels = {0, 0};
  EXPECT_FALSE(class_weight_values({.kind = ClassWeights::Kind::kList, .values = {1.0}}, labels, 2));
  EXPECT_FALSE(class_weight_values({.kind = ClassWeights::Kind::kList, .values = {0.0, 1.0}}, labels, 2));
  const auto none = class_weight_values({}, labels, 2);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

// Truths 0 0 1 1, guesses 0 1 1 2 of three classes. F1_0 = 2/(2+1) = 2/3, F1_1 = 2/(2+2) = 1/2; recalls 1/2 and 1/2.
TEST(ValidationScore, MeansOverTheClassesThatHaveClips) {
  const model::Scores scores{.values = {9, 0, 0, 0, 9, 0, 0, 9, 0, 0, 0, 9}, .classes = 3};
  const std::vector<std::int64_t> labels = {0, 0, 1, 1};
  EXPECT_DOUBLE_EQ(*validation_score({.metric = Selection::Metric::kUf1}, {}, scores, labels), (2.0 / 3.0 + 0.5) / 2.0);
  EXPECT_DOUBLE_EQ(*validation_score({.metric = Selection::Metric::kUar}, {}, scores, labels), 0.5);
}

TEST(ValidationScore, LossIsMeanCrossEntropyAndSurvivesLargeLogits) {
  const model::Scores scores{.values = {0, 0, 1000, 999}, .classes = 2};
  const std::vector<std::int64_t> labels = {0, 1};
  EXPECT_NEAR(*validation_score({.metric = Selection::Metric::kLoss}, {}, scores, labels),
              (std::log(2.0) + std::log1p(std::exp(1.0))) / 2.0, 1e-12);
}

// p of the label: 1/2. Focal: (1/2)^2 ln 2. Capsules of lengths 0.6 and 0.3, label 1: (0.9 - 0.3)^2 + 0.5 (0.6 - 0.1)^2 = 0.485.
TEST(ValidationScore, LossIsThatOfTheRecipe) {
  const std::vector<std::int64_t> labels = {1};
  const auto score = [&](const Loss& loss, std::vector<float> scores) {
    return *validation_score({.metric = Selection::Metric::kLoss}, loss, {.values = std::move(scores), .classes = 2}, labels);
  };
  EXPECT_NEAR(score({.kind = Loss::Kind::kFocal, .gamma = 2.0}, {3.0F, 3.0F}), 0.25 * std::log(2.0), 1e-12);
  EXPECT_NEAR(score({.kind = Loss::Kind::kCapsuleMargin}, {0.6F, 0.3F}), 0.485, 1e-7);
  EXPECT_NEAR(score({.label_smoothing = 0.3}, {3.0F, 3.0F}), std::log(2.0), 1e-12) << "without smoothing";
}

TEST(ValidationScore, ScoresThatAreNotFiniteFail) {
  const model::Scores scores{.values = {0, std::numeric_limits<float>::infinity()}, .classes = 2};
  const std::vector<std::int64_t> labels = {0};
  const auto result = validation_score({.metric = Selection::Metric::kUf1}, {}, scores, labels);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), core::ErrorCode::kFailed);
}

TEST(IsBetter, EqualIsNotBetterAndLossIsLower) {
  EXPECT_FALSE(is_better(Selection::Metric::kUf1, 0.5, 0.5));
  EXPECT_TRUE(is_better(Selection::Metric::kUar, 0.6, 0.5));
  EXPECT_TRUE(is_better(Selection::Metric::kLoss, 0.4, 0.5));
  EXPECT_FALSE(is_better(Selection::Metric::kLoss, 0.5, 0.5));
}

}  // namespace
}  // namespace mexbench::train
