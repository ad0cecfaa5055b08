// Steps of the input that learn: what they make of training clips, by hand, and that they know nothing else.
#include "harness/preprocess/fitted_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mexbench::preprocess {
namespace {
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

data::Adaptation normalised(data::Normalise by) {
  data::Adaptation out;
  out.normalise = by;
  return out;
}

FittedInput fit(const data::Adaptation& steps, FittedInput::Shape shape, const std::vector<float>& clips) {
  auto fitted = FittedInput::fit(steps, shape, clips);
  EXPECT_TRUE(fitted.ok());
  return std::move(fitted).value();
}

// Two clips of two channels of two pixels. Channel 0 has 1 3 5 7 (mean 4, variance 5), channel 1 the same number everywhere.
const std::vector<float> kTraining{1, 3, 2, 2, 5, 7, 2, 2};
constexpr FittedInput::Shape kShape{.channels = 2, .pixels = 2};

TEST(FittedInput, PerChannelIsMeanZeroAndDeviationOneOverTheTrainingClips) {
  const FittedInput fitted = fit(normalised(data::Normalise::kChannel), kShape, kTraining);
  std::vector<float> clip{4, 9, 2, 3};
  fitted.apply(clip);
  const auto unit = static_cast<float>(std::sqrt(5.0));
  EXPECT_THAT(clip, Pointwise(FloatNear(1e-6F), {0.0F, 5.0F / unit, 0.0F, 1.0F})) << "a channel that never varies is only shifted";
}

TEST(FittedInput, PerPixelLooksAtEachPixelByItself) {
  const FittedInput fitted = fit(normalised(data::Normalise::kPixel), kShape, kTraining);
  std::vector<float> clip{1, 7, 2, 2, 3, 5, 2, 4};
  fitted.apply(clip);
  EXPECT_THAT(clip, Pointwise(FloatNear(1e-6F), {-1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 2.0F}));
}

TEST(FittedInput, ComponentsKeepWhatLiesInTheirSpan) {
  data::Adaptation steps;
  steps.pca = {.components = 1};
  // Training clips lie on the line (1, 1, 0) through (2, 2, 5): a clip is moved to its nearest point of it.
  const FittedInput fitted = fit(steps, {.channels = 1, .pixels = 3}, {1, 1, 5, 2, 2, 5, 3, 3, 5});
  std::vector<float> clips{4, 2, 7, 2, 2, 5};
  fitted.apply(clips);
  EXPECT_THAT(clips, Pointwise(FloatNear(1e-5F), {3.0F, 3.0F, 5.0F, 2.0F, 2.0F, 5.0F}));
}

TEST(FittedInput, AllComponentsGiveTrainingClipsBack) {
  data::Adaptation steps = normalised(data::Normalise::kPixel);
  steps.pca = {.components = 100};
  const std::vector<float> training{1, 3, 2, 9, 5, 7, 2, 2, 4, 4, 8, 1};
  const FittedInput fitted = fit(steps, kShape, training);
  std::vector<float> all = training;
  fitted.apply(all);
  std::vector<float> wanted = training;
  fit(normalised(data::Normalise::kPixel), kShape, training).apply(wanted);
  EXPECT_THAT(all, Pointwise(FloatNear(1e-5F), wanted));
}

TEST(FittedInput, ClipsThatAreOnlyAppliedToChangeNothing) {
  const FittedInput once = fit(normalised(data::Normalise::kChannel), kShape, kTraining);
  std::vector<float> test{1000, -1000, 50, 60};
  once.apply(test);
  std::vector<float> again = kTraining;
  once.apply(again);
  std::vector<float> wanted = kTraining;
  fit(normalised(data::Normalise::kChannel), kShape, kTraining).apply(wanted);
  EXPECT_EQ(again, wanted);
}

TEST(FittedInput, DigestsNameWhatWasLearned) {
  data::Adaptation steps = normalised(data::Normalise::kPixel);
  steps.pca = {.components = 1};
  const auto digests = [&](const std::vector<float>& training) { return fit(steps, kShape, training).digests(); };
  const auto once = digests(kTraining);
  ASSERT_EQ(once.size(), 2U);
  EXPECT_EQ(once[0].step, "normalise");
  EXPECT_EQ(once[1].step, "pca");
  EXPECT_EQ(once[0].sha256, digests(kTraining)[0].sha256);
  EXPECT_EQ(once[1].sha256, digests(kTraining)[1].sha256);
  std::vector<float> more = kTraining;
  more.insert(more.end(), {9, 1, 4, 8});
  EXPECT_NE(once[0].sha256, digests(more)[0].sha256);
  EXPECT_NE(once[1].sha256, digests(more)[1].sha256);
  EXPECT_EQ(fit(normalised(data::Normalise::kPixel), kShape, kTraining).digests().size(), 1U);
}

TEST(FittedInput, TooFewClipsAreRefused) {
  EXPECT_THAT(FittedInput::fit(normalised(data::Normalise::kChannel), kShape, {}).error().message(), HasSubstr("no training clips"));
  data::Adaptation steps;
  steps.pca = {.components = 1};
  const std::vector<float> one{1, 2, 3, 4};
  EXPECT_THAT(FittedInput::fit(steps, kShape, one).error().message(), HasSubstr("at least two training clips"));
}

}  // namespace
}  // namespace mexbench::preprocess
