// Clips whose movement rises to a known frame and falls again.
#include "harness/preprocess/spot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/preprocess/clip_state.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {

TEST(ApexOf, MaximumIsTheFirstOfTheGreatestAndNeverTheFirstFrame) {
  EXPECT_EQ(apex_of(std::vector<double>{9, 1, 5, 5, 2}, "maximum"), 2U);
  EXPECT_EQ(apex_of(std::vector<double>{9, 1}, "maximum"), 1U);
}

TEST(ApexOf, HalvingKeepsTheHalfWithTheGreaterSum) {
  // 1..8: (1 1 1 1 | 0 5 3 0) -> (0 5 | 3 0) -> 5.
  EXPECT_EQ(apex_of(std::vector<double>{9, 1, 1, 1, 1, 0, 5, 3, 0}, "halving"), 6U);
  // The greatest value lies in the half with the smaller sum: 6 0 | 4 4.
  EXPECT_EQ(apex_of(std::vector<double>{0, 6, 0, 4, 4}, "halving"), 3U);
  EXPECT_EQ(apex_of(std::vector<double>{0, 6, 0, 4, 4}, "maximum"), 1U);
  // Odd: 1 2 3, the middle in both.
  EXPECT_EQ(apex_of(std::vector<double>{0, 1, 2, 3}, "halving"), 3U);
  EXPECT_EQ(apex_of(std::vector<double>{0, 7}, "halving"), 1U);
}

// A bulge around (48, 48) that is `strength` pixels wide at its strongest.
cv::Mat bulge(double strength) {
  cv::Mat out(96, 96, CV_32FC1);
  for (int y = 0; y < 96; ++y) {
    for (int x = 0; x < 96; ++x) {
      const double shift = strength * std::exp(-((x - 48.0) * (x - 48.0) + (y - 48.0) * (y - 48.0)) / 200.0);
      out.at<float>(y, x) = static_cast<float>(128 + 50 * std::sin((x - shift) * 0.35) * std::cos(y * 0.3));
    }
  }
  return out;
}

TEST(SpotApex, EveryMethodFindsTheFrameThatMovedMost) {
  for (const char* method : {"optical-strain", "flow-magnitude", "frame-difference"}) {
    for (const char* search : {"maximum", "halving"}) {
      ClipState state;
      for (const double strength : {0.0, 0.2, 0.5, 0.9, 1.4, 0.8, 0.3, 0.1, 0.0}) state.frames.push_back(bulge(strength));
      state.frame_size = {96, 96};
      ASSERT_TRUE(spot_apex_stage({{"method", method}, {"search", search}}, state).ok());
      EXPECT_EQ(state.apex, 4U) << method << ' ' << search;
    }
  }
}

// A frame that is 5 % larger, and one that has moved by 3.5 pixels: the first has the greater strain, 0.05 * sqrt(2), the other the greater
// magnitude: the mean distance from the middle is about 37 pixels, 5 % of which are 1.8.
TEST(SpotApex, StrainSeesGrowthAndMagnitudeAShift) {
  const auto frame = [](double zoom, double shift) {
    cv::Mat out(96, 96, CV_32FC1);
    for (int y = 0; y < 96; ++y) {
      for (int x = 0; x < 96; ++x) {
        const double a = (x - 47.5) / zoom - shift;
        const double b = (y - 47.5) / zoom;
        const double value = 128 + 50 * std::sin(a * 0.35) * std::cos(b * 0.3) + 40 * std::sin(a * 0.11 + b * 0.17);
        out.at<float>(y, x) = static_cast<float>(value);
      }
    }
    return out;
  };
  ClipState state;
  state.frames = {frame(1.0, 0.0), frame(1.05, 0.0), frame(1.0, 3.5), frame(1.0, 0.0)};
  state.frame_size = {96, 96};
  ASSERT_TRUE(spot_apex_stage({{"method", "optical-strain"}, {"search", "maximum"}}, state).ok());
  EXPECT_EQ(state.apex, 1U);
  ASSERT_TRUE(spot_apex_stage({{"method", "flow-magnitude"}, {"search", "maximum"}}, state).ok());
  EXPECT_EQ(state.apex, 2U);
}

TEST(SpotApex, ReplacesTheCorpussApexForTheFlow) {
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1.5, 0), test::smooth_pattern(0.3, 0)}, 3);
  const nlohmann::json flow = {{"stage", "flow"}, {"method", "farneback"}};
  const nlohmann::json image = {{"stage", "flow-image"}, {"channels", "u"}, {"stretch", "fixed"}};
  const float annotated = clip.tensor({flow, image})[14 * 28 + 14];
  const float spotted = clip.tensor({{{"stage", "spot-apex"}, {"method", "flow-magnitude"}}, flow, image})[14 * 28 + 14];
  EXPECT_NEAR(annotated, 255.0 * (0.3 + 2.56) / 5.12, 8.0);
  EXPECT_NEAR(spotted, 255.0 * (1.5 + 2.56) / 5.12, 8.0);
}

TEST(SpotApex, OneFrameHasNone) {
  test::OneClip clip(1, {test::smooth_pattern(0, 0)});
  EXPECT_THAT(clip.refusal({{{"stage", "spot-apex"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}}}),
              ::testing::HasSubstr("begins a clip of 1 frames"));
}

}  // namespace
}  // namespace mexbench::preprocess
