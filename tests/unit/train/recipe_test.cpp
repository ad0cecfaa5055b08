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
  EXPECT_DOUBLE_EQ(*validation_score(Selection::Metric::kUf1, scores, labels), (2.0 / 3.0 + 0.5) / 2.0);
  EXPECT_DOUBLE_EQ(*validation_score(Selection::Metric::kUar, scores, labels), 0.5);
}

TEST(ValidationScore, LossIsMeanCrossEntropyAndSurvivesLargeLogits) {
  const model::Scores scores{.values = {0, 0, 1000, 999}, .classes = 2};
  const std::vector<std::int64_t> labels = {0, 1};
  EXPECT_NEAR(*validation_score(Selection::Metric::kLoss, scores, labels), (std::log(2.0) + std::log1p(std::exp(1.0))) / 2.0, 1e-12);
}

TEST(ValidationScore, ScoresThatAreNotFiniteFail) {
  const model::Scores scores{.values = {0, std::numeric_limits<float>::infinity()}, .classes = 2};
  const std::vector<std::int64_t> labels = {0};
  const auto result = validation_score(Selection::Metric::kUf1, scores, labels);
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
