// Images of many frames, and the mosaic around landmarks.
#include "harness/preprocess/compose.h"

#include <gtest/gtest.h>

#include <numeric>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/face.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {

TEST(EqualSteps, FirstToLastToTheNearestHalvesToTheLater) {
  EXPECT_EQ(equal_steps(9, 5), (std::vector<std::size_t>{0, 2, 4, 6, 8}));
  EXPECT_EQ(equal_steps(4, 3), (std::vector<std::size_t>{0, 2, 3}));  // 1.5
  EXPECT_EQ(equal_steps(2, 5), (std::vector<std::size_t>{0, 0, 1, 1, 1}));
  EXPECT_EQ(equal_steps(7, 1), (std::vector<std::size_t>{0}));
}

TEST(RankPooling, WeightsByHand) {
  // T = 2: 4 - 3 * 3/2, 2 - 3 * 1/2. T = 3: 6 - 4 * 11/6, 4 - 4 * 5/6, 2 - 4 * 1/3.
  const std::vector<double> two = rank_pooling_weights(2);
  EXPECT_NEAR(two[0], -0.5, 1e-12);
  EXPECT_NEAR(two[1], 0.5, 1e-12);
  const std::vector<double> three = rank_pooling_weights(3);
  EXPECT_NEAR(three[0], -4.0 / 3.0, 1e-12);
  EXPECT_NEAR(three[1], 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(three[2], 2.0 / 3.0, 1e-12);
}

// The formula is the sum over pairs q > t of the difference of the time averages V_q - V_t, where V_t is the mean of the first t frames
// (Bilen et al.), which gives V_t the weight 2 t - T - 1, and frame i the sum of those weights over t from i, divided by t.
TEST(RankPooling, WeightsAreThoseOfAllPairsOfTimeAverages) {
  for (std::size_t frames = 1; frames <= 30; ++frames) {
    std::vector<double> wanted(frames, 0.0);
    for (std::size_t t = 1; t <= frames; ++t) {
      for (std::size_t q = t + 1; q <= frames; ++q) {
        for (std::size_t i = 0; i < q; ++i) wanted[i] += 1.0 / static_cast<double>(q);
        for (std::size_t i = 0; i < t; ++i) wanted[i] -= 1.0 / static_cast<double>(t);
      }
    }
    const std::vector<double> seen = rank_pooling_weights(frames);
    for (std::size_t i = 0; i < frames; ++i) EXPECT_NEAR(seen[i], wanted[i], 1e-9) << frames << ' ' << i;
    EXPECT_NEAR(std::accumulate(seen.begin(), seen.end(), 0.0), 0.0, 1e-9);
  }
}

TEST(DynamicImage, IsThePooledFramesStretched) {
  // Weights -4/3, 2/3, 2/3: pixels 0, 0 | 30, 0 | 30, 60 give 40 and 40; 0, 0, 0 gives 0, the darkest; 90, 0, 0 gives -120.
  const auto frame = [](std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    cv::Mat out(4, 4, CV_8UC1);
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 4; ++x) out.at<std::uint8_t>(y, x) = y < 2 ? (x < 2 ? a : b) : (x < 2 ? c : d);
    }
    return out;
  };
  test::OneClip clip(1, {frame(0, 0, 0, 90), frame(30, 0, 0, 0), frame(30, 60, 0, 0)});
  const std::vector<float> out = clip.tensor(nlohmann::json::array({{{"stage", "dynamic-image"}, {"size", 4}}}));
  EXPECT_NEAR(out[0], 255.0, 1e-3);
  EXPECT_NEAR(out[3], 255.0, 1e-3);
  EXPECT_NEAR(out[12], 255.0 * 120.0 / 160.0, 1e-3);
  EXPECT_NEAR(out[15], 0.0, 1e-3);
}

TEST(DynamicImage, AStillClipIsZero) {
  test::OneClip clip(1, std::vector<cv::Mat>(5, test::smooth_pattern(0, 0, 32)));
  const std::vector<float> out = clip.tensor(nlohmann::json::array({{{"stage", "dynamic-image"}, {"size", 8}}}));
  for (const float value : out) EXPECT_EQ(value, 0.0F);
}

// An image of 20 x 20 of frames of 40 x 40, whose pixels are 100 row + column. Landmarks so that the eyes are at the image's (5, 6) and
// (15, 6) and the corners of the mouth at (7, 14) and (13, 14): of a crop of 4, rows 4..7 and 12..15.
TEST(LandmarkMosaic, CropsAroundTheClipsOwnPoints) {
  ClipState state;
  cv::Mat plane(20, 20, CV_32FC1);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) plane.at<float>(y, x) = static_cast<float>(100 * y + x);
  }
  state.image = {plane, plane + 0.5F};
  state.frame_size = {40, 40};
  state.landmarks.assign(68, {0.0, 0.0});
  const auto put = [&](std::size_t first, std::size_t count, double x, double y) {
    for (std::size_t i = first; i < first + count; ++i) {
      const double aside = i % 2 == 0 ? 1.0 : -1.0;  // the mean is meant
      state.landmarks[i] = {2.0 * x - 0.5 + (count > 1 ? aside : 0.0), 2.0 * y - 0.5};
    }
  };
  put(36, 6, 5, 6);
  put(42, 6, 15, 6);
  put(48, 1, 7, 14);
  put(54, 1, 13, 14);
  ASSERT_TRUE(landmark_mosaic_stage({{"crop", 4}, {"swap_axes", false}}, state).ok());
  ASSERT_EQ(state.image.size(), 2U);
  ASSERT_EQ(state.image[0].size(), cv::Size(8, 8));
  EXPECT_EQ(state.image[0].at<float>(0, 0), 403.0F);
  EXPECT_EQ(state.image[0].at<float>(0, 4), 413.0F);
  EXPECT_EQ(state.image[0].at<float>(4, 0), 1205.0F);
  EXPECT_EQ(state.image[0].at<float>(7, 7), 1514.0F);
  EXPECT_EQ(state.image[1].at<float>(7, 7), 1514.5F);
}

}  // namespace
}  // namespace mexbench::preprocess
