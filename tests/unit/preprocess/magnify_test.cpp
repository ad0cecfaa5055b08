// Magnification of a grating that sways by a tenth of a pixel.
#include "harness/preprocess/magnify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <complex>

#include "harness/preprocess/clip_state.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {

constexpr int kSide = 64;
constexpr int kFrames = 40;
constexpr double kFps = 100.0;
constexpr double kWavelength = 16.0;  // pixels

// 128 + 40 cos(2 pi (x - sway) / 16) with a sway of `pixels` at `hertz`.
ClipState swaying(double pixels, double hertz) {
  ClipState state;
  for (int t = 0; t < kFrames; ++t) {
    const double sway = pixels * std::sin(2.0 * M_PI * hertz * t / kFps);
    cv::Mat frame(kSide, kSide, CV_32FC1);
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        frame.at<float>(y, x) = static_cast<float>(128.0 + 40.0 * std::cos(2.0 * M_PI * (x - sway) / kWavelength));
      }
    }
    state.frames.push_back(frame);
  }
  state.frame_size = {kSide, kSide};
  return state;
}

// The amplitude of the sway in pixels, from the grating's phase in the middle 32 columns of the middle row of each frame.
double amplitude(const ClipState& state, double hertz) {
  std::complex<double> sum = 0.0;
  for (int t = 0; t < kFrames; ++t) {
    std::complex<double> grating = 0.0;
    for (int x = 16; x < 48; ++x) {
      grating += static_cast<double>(state.frames[static_cast<std::size_t>(t)].at<float>(kSide / 2, x)) *
                 std::polar(1.0, -2.0 * M_PI * x / kWavelength);
    }
    const double shift = -std::arg(grating) / (2.0 * M_PI) * kWavelength;
    sum += shift * std::polar(1.0, -2.0 * M_PI * hertz * t / kFps);
  }
  return std::abs(sum) * 2.0 / kFrames;
}

ClipState magnified(ClipState state, double alpha, double low, double high, double lambda_c = 0.0) {
  const core::Status status =
      magnify_stage({{"alpha", alpha}, {"low", low}, {"high", high}, {"fps", kFps}, {"lambda_c", lambda_c}, {"levels", 4}}, state);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().render());
  return state;
}

TEST(Magnify, MovementInTheBandGrowsByOnePlusAlpha) {
  const ClipState before = swaying(0.1, 5.0);
  EXPECT_NEAR(amplitude(before, 5.0), 0.1, 0.002);
  for (const double alpha : {1.0, 4.0, 8.0}) {
    EXPECT_NEAR(amplitude(magnified(before, alpha, 4.0, 6.0), 5.0), 0.1 * (1.0 + alpha), 0.05 * 0.1 * (1.0 + alpha)) << alpha;
  }
}

TEST(Magnify, MovementOutsideTheBandStays) {
  const ClipState before = swaying(0.1, 5.0);
  EXPECT_NEAR(amplitude(magnified(before, 8.0, 15.0, 25.0), 5.0), 0.1, 0.002);
}

TEST(Magnify, AlphaZeroAndStillnessChangeNothing) {
  const ClipState moving = swaying(0.1, 5.0);
  const ClipState same = magnified(moving, 0.0, 4.0, 6.0);
  for (std::size_t t = 0; t < kFrames; ++t) EXPECT_LT(cv::norm(same.frames[t], moving.frames[t], cv::NORM_INF), 1e-4);
  const ClipState still = swaying(0.0, 5.0);
  const ClipState quiet = magnified(still, 50.0, 0.0, 50.0);
  for (std::size_t t = 0; t < kFrames; ++t) EXPECT_LT(cv::norm(quiet.frames[t], still.frames[t], cv::NORM_INF), 2e-3);
}

TEST(Magnify, FinePatternsAreMagnifiedLessBelowLambdaC) {
  const ClipState before = swaying(0.1, 5.0);
  const double full = amplitude(magnified(before, 8.0, 4.0, 6.0), 5.0);
  const double half = amplitude(magnified(before, 8.0, 4.0, 6.0, /*lambda_c=*/24.0), 5.0);
  const double none = amplitude(magnified(before, 8.0, 4.0, 6.0, /*lambda_c=*/2000.0), 5.0);
  EXPECT_LT(half, 0.9 * full);
  EXPECT_GT(half, 1.5 * 0.1);
  EXPECT_NEAR(none, 0.1, 0.01);
}

TEST(Magnify, LevelFactorsByHand) {
  // lambda 3, 6, 12, 24; alpha 10 and lambda_c 16: 11 * 3 / 16 - 1, 11 * 6 / 16 - 1, 11 * 12 / 16 - 1, 10.
  EXPECT_DOUBLE_EQ(level_factor(0, 10, 16), 1.0625);
  EXPECT_DOUBLE_EQ(level_factor(1, 10, 16), 3.125);
  EXPECT_DOUBLE_EQ(level_factor(2, 10, 16), 7.25);
  EXPECT_DOUBLE_EQ(level_factor(3, 10, 16), 10.0);
  EXPECT_DOUBLE_EQ(level_factor(0, 10, 100), 0.0);
}

TEST(Magnify, TheBandPassKeepsWholeFrequenciesAndNeverTheMean) {
  // Four frames at 4 in a second: frequencies 0, 1, 2 Hz. Of 1 Hz: cos(2 pi d / 4) / 2.
  const std::vector<double> one = band_pass(4, 0.5, 1.5, 4.0);
  ASSERT_EQ(one.size(), 4U);
  EXPECT_NEAR(one[0], 0.5, 1e-12);
  EXPECT_NEAR(one[1], 0.0, 1e-12);
  EXPECT_NEAR(one[2], -0.5, 1e-12);
  // All but the mean: a frame less the mean.
  const std::vector<double> all = band_pass(4, 0.0, 2.0, 4.0);
  EXPECT_NEAR(all[0], 0.75, 1e-12);
  EXPECT_NEAR(all[1], -0.25, 1e-12);
  EXPECT_TRUE(band_pass(4, 0.2, 0.8, 4.0).empty());
}

TEST(Magnify, AClipTooShortForTheBandIsAnError) {
  test::OneClip clip(1, {test::smooth_pattern(0, 0, 32), test::smooth_pattern(0.1, 0, 32), test::smooth_pattern(0.2, 0, 32)}, 2);
  const std::string text = clip.refusal({{{"stage", "magnify"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}}});
  EXPECT_THAT(text, ::testing::HasSubstr("f1.png: error: begins a clip of 3 frames, 200 in a second: stage 'magnify' finds none"));
  EXPECT_THAT(text, ::testing::HasSubstr("multiples of 66.67 Hz"));
}

}  // namespace
}  // namespace mexbench::preprocess
