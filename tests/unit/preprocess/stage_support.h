// Clips of made frames, and what a list of stages makes of them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/sha256.h"
#include "harness/data/stages.h"
#include "harness/preprocess/recipe.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::test {

inline std::string png_of(const cv::Mat& image) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".png", image, bytes);
  return {bytes.begin(), bytes.end()};
}

// A smooth pattern moved by (dx, dy) pixels.
inline cv::Mat smooth_pattern(double dx, double dy, int side = 128) {
  cv::Mat image(side, side, CV_8UC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const double a = x - dx;
      const double b = y - dy;
      const double value = 128 + 50 * std::sin(a * 0.35) * std::cos(b * 0.3) + 40 * std::sin(a * 0.11 + b * 0.17);
      image.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(value);
    }
  }
  return image;
}

// A manifest of one clip whose files lie in a folder of its own.
class OneClip {
 public:
  OneClip() {
    data::Clip clip;
    clip.dataset = core::DatasetId("d");
    clip.subject = core::SubjectId("d/s");
    clip.name = "c";
    clip.id = core::make_clip_id(clip.subject, clip.name);
    manifest.clips.push_back(std::move(clip));
  }

  // Frames with these numbers and span from the first to the last.
  OneClip(std::int64_t first, const std::vector<cv::Mat>& frames, std::optional<std::int64_t> apex = {}) : OneClip() {
    std::int64_t number = first;
    for (const cv::Mat& frame : frames) add(data::frame_role(number++), png_of(frame));
    clip().frames = {.onset = first, .apex = apex, .offset = number - 1, .apex_source = data::ApexSource::kNone};
  }

  data::Clip& clip() { return manifest.clips.front(); }

  void add(const std::string& role, const std::string& bytes, const std::string& ending = ".png") {
    const std::string path = "f" + role.substr(role.rfind(':') + 1) + ending;
    std::ofstream(folder.path() / path, std::ios::binary) << bytes;
    clip().files.push_back({.role = role, .path = path, .sha256 = core::sha256_hex(bytes)});
  }

  core::Result<std::vector<float>> run(const nlohmann::json& stages) {
    MEXBENCH_ASSIGN(const data::StagePlan plan, data::plan_stages(stages));
    manifest.input = plan.input;
    return compute();
  }

  core::Result<std::vector<float>> compute() {
    std::vector<float> out(preprocess::input_numbers(manifest), -1.0F);
    MEXBENCH_TRY(preprocess::compute_inputs(manifest, folder.path(), out));
    return out;
  }

  // What the stages give; a failure of the test when they do not.
  std::vector<float> tensor(const nlohmann::json& stages) {
    auto out = run(stages);
    EXPECT_TRUE(out.ok()) << (out.ok() ? "" : out.error().render());
    return out.ok() ? std::move(out).value() : std::vector<float>(preprocess::input_numbers(manifest));
  }

  std::string refusal(const nlohmann::json& stages) {
    const auto out = run(stages);
    EXPECT_FALSE(out.ok());
    if (out.ok()) return "";
    EXPECT_EQ(out.error().code(), core::ErrorCode::kData);
    return out.error().render();
  }

  TemporaryFolder folder;
  data::Manifest manifest;
};

}  // namespace mexbench::test
