// Temporal interpolation: properties, and the published way through a singular value decomposition, computed by numpy.
#include "harness/preprocess/interpolate.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "harness/core/text.h"
#include "harness/preprocess/clip_state.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {

ClipState noise(std::size_t frames, std::optional<std::size_t> apex = {}) {
  ClipState state;
  cv::RNG random(3);
  for (std::size_t i = 0; i < frames; ++i) {
    cv::Mat frame(4, 5, CV_32FC1);
    random.fill(frame, cv::RNG::UNIFORM, 80.0, 170.0);
    state.frames.push_back(frame);
  }
  state.frame_size = {5, 4};
  state.apex = apex;
  return state;
}

ClipState interpolated(ClipState state, int frames, const char* method) {
  EXPECT_TRUE(temporal_interpolation_stage({{"frames", frames}, {"method", method}}, state).ok());
  return state;
}

double largest_difference(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF); }

TEST(TemporalInterpolation, AsManyFramesAreTheFrames) {
  for (const char* method : {"tim", "linear"}) {
    const ClipState before = noise(7);
    const ClipState after = interpolated(before, 7, method);
    for (std::size_t i = 0; i < 7; ++i) EXPECT_LT(largest_difference(after.frames[i], before.frames[i]), 1e-4) << method << i;
  }
}

TEST(TemporalInterpolation, EndsAreKeptAndEveryKthNewFrameIsAnOldOne) {
  for (const char* method : {"tim", "linear"}) {
    const ClipState before = noise(5);
    for (const int wanted : {2, 3, 13, 40}) {
      const ClipState after = interpolated(before, wanted, method);
      ASSERT_EQ(after.frames.size(), static_cast<std::size_t>(wanted));
      EXPECT_LT(largest_difference(after.frames.front(), before.frames.front()), 1e-4);
      EXPECT_LT(largest_difference(after.frames.back(), before.frames.back()), 1e-4);
    }
    const ClipState after = interpolated(before, 13, method);  // three steps for one
    for (std::size_t i = 0; i < 5; ++i) EXPECT_LT(largest_difference(after.frames[3 * i], before.frames[i]), 1e-4) << method << i;
  }
}

TEST(TemporalInterpolation, WeightsSumToOneSoThatAStillClipStays) {
  for (const char* method : {"tim", "linear"}) {
    for (const std::vector<double>& weights : interpolation_weights(9, 14, method)) {
      EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 1e-12);
    }
  }
}

// Along cos(pi t), t from 1/n to 1, pixels that only ever rise in step with it rise in between.
TEST(TemporalInterpolation, ASlowRiseStaysOne) {
  for (const char* method : {"tim", "linear"}) {
    ClipState state;
    for (int i = 0; i < 6; ++i) {
      state.frames.emplace_back(1, 1, CV_32FC1, cv::Scalar(128.0 - 100.0 * std::cos(M_PI * (i + 0.5) / 6.0)));
    }
    state.frame_size = {1, 1};
    const ClipState after = interpolated(state, 50, method);
    for (std::size_t i = 1; i < 50; ++i) EXPECT_GT(after.frames[i].at<float>(0, 0), after.frames[i - 1].at<float>(0, 0)) << method << i;
    if (std::string(method) == "tim") {
      // It is the curve's first coordinate: cos(pi (place + 1/2) / 6).
      for (int i = 0; i < 50; ++i) {
        const double wanted = 128.0 - 100.0 * std::cos(M_PI * (5.0 * i / 49.0 + 0.5) / 6.0);
        EXPECT_NEAR(after.frames[static_cast<std::size_t>(i)].at<float>(0, 0), wanted, 1e-4);
      }
    }
  }
}

TEST(TemporalInterpolation, LinearByHand) {
  // Frames 0, 30, 90; four at 0, 2/3, 4/3, 2.
  ClipState state;
  for (const double value : {0.0, 30.0, 90.0}) state.frames.emplace_back(1, 1, CV_32FC1, cv::Scalar(value));
  state.frame_size = {1, 1};
  const ClipState after = interpolated(state, 4, "linear");
  const std::array<float, 4> wanted = {0.0F, 20.0F, 50.0F, 90.0F};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(after.frames[i].at<float>(0, 0), wanted[i]);
}

TEST(TemporalInterpolation, EqualFramesWhichHaveNoWayBackInThePaperAreKept) {
  ClipState state = noise(4);
  state.frames[2] = state.frames[1].clone();
  const ClipState after = interpolated(state, 7, "tim");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(largest_difference(after.frames[2 * i], state.frames[i]), 1e-4);
}

TEST(TemporalInterpolation, TheApexGoesToTheNearestPlaceAndOneFrameIsRepeated) {
  EXPECT_EQ(interpolated(noise(5, 4), 10, "tim").apex, 9U);
  EXPECT_EQ(interpolated(noise(5, 2), 9, "tim").apex, 4U);
  EXPECT_EQ(interpolated(noise(10, 3), 4, "tim").apex, 1U);
  EXPECT_EQ(interpolated(noise(1, 0), 3, "tim").apex, 0U);
  EXPECT_EQ(interpolated(noise(1), 3, "tim").frames.size(), 3U);
}

// Zhou et al. as published: U S V^T of the frames without their mean, M = (U S V^T in U's coordinates) to the curve by least squares, and
// back by its inverse. Needs numpy (Debian: python3-numpy), as MEXBENCH_PYTHON or /usr/bin/python3.
TEST(TemporalInterpolation, EqualsThePublishedWayThroughASingularValueDecomposition) {
  const char* chosen = std::getenv("MEXBENCH_PYTHON");
  const std::string python = chosen == nullptr ? "/usr/bin/python3" : chosen;
  const test::TemporaryFolder folder;
  const ClipState before = noise(6);
  {
    std::ofstream frames(folder.path() / "frames.txt");
    for (const cv::Mat& frame : before.frames) {
      for (const float value : cv::Mat_<float>(frame)) frames << core::format_double(static_cast<double>(value)) << ' ';
      frames << '\n';
    }
    std::ofstream(folder.path() / "tim.py") << R"(
import sys, numpy as np
x = np.loadtxt(sys.argv[1]).T                      # pixels x n
n, wanted = x.shape[1], 11
mean = x.mean(axis=1, keepdims=True)
u, s, vt = np.linalg.svd(x - mean, full_matrices=False)
u, q = u[:, :n - 1], np.diag(s[:n - 1]) @ vt[:n - 1]
curve = lambda t: np.array([np.sin(np.pi * k * t + np.pi * (n - k) / (2 * n)) for k in range(1, n)])
y = np.stack([curve(i / n) for i in range(1, n + 1)], axis=1)
m = y @ q.T @ np.linalg.inv(q @ q.T)               # frame coordinates to the curve
for t in np.linspace(1 / n, 1, wanted):
    frame = u @ np.linalg.solve(m, curve(t))[:, None] + mean
    print(' '.join(repr(float(v)) for v in frame[:, 0]))
)";
  }
  const std::string command =
      "'" + python + "' '" + (folder.path() / "tim.py").string() + "' '" + (folder.path() / "frames.txt").string() + "' 2>&1";
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), got);
  ASSERT_EQ(pclose(pipe), 0) << "this test needs numpy (Debian: apt-get install python3-numpy)\n" << output;
  const ClipState after = interpolated(before, 11, "tim");
  const std::vector<std::string> lines = core::split(core::trim(output), '\n');
  ASSERT_EQ(lines.size(), 11U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::string> wanted = core::split(lines[i], ' ');
    ASSERT_EQ(wanted.size(), 20U);
    const cv::Mat_<float> frame(after.frames[i]);
    std::size_t pixel = 0;
    for (const float value : frame) EXPECT_NEAR(value, *core::parse_double(wanted[pixel++]), 1e-3) << i;
  }
}

}  // namespace
}  // namespace mexbench::preprocess
