// Stages `crop` and `resize`: the same pixels of every frame. Landmarks move with them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/plane.h"

namespace mexbench::preprocess {

core::Status crop_stage(const nlohmann::json& options, ClipState& state) {
  const cv::Size size = state.frames.front().size();
  const auto share = [&](const char* name) { return options.at(name).get<double>(); };
  const int left = std::min(static_cast<int>(std::lround(share("left") * size.width)), size.width);
  const int top = std::min(static_cast<int>(std::lround(share("top") * size.height)), size.height);
  const int right = std::min(static_cast<int>(std::lround((share("left") + share("width")) * size.width)), size.width);
  const int bottom = std::min(static_cast<int>(std::lround((share("top") + share("height")) * size.height)), size.height);
  const cv::Rect box(left, top, right - left, bottom - top);
  if (box.empty()) {
    return core::Error::in_file(
               core::ErrorCode::kData, state.first_file,
               fmt::format("stage 'crop' leaves {} x {} of its {} x {} pixels", box.width, box.height, size.width, size.height))
        .hint("take a larger box");
  }
  for (cv::Mat& frame : state.frames) frame = frame(box).clone();
  for (cv::Point2d& point : state.landmarks) point -= cv::Point2d(box.tl());
  state.frame_size = box.size();
  return {};
}

core::Status resize_stage(const nlohmann::json& options, ClipState& state) {
  const cv::Size before = state.frames.front().size();
  for (cv::Mat& frame : state.frames) {
    frame = resized_plane(frame, options);
    clamp_plane(frame);  // bicubic leaves the range
  }
  state.frame_size = state.frames.front().size();
  for (cv::Point2d& point : state.landmarks) {
    point.x = (point.x + 0.5) * state.frame_size.width / before.width - 0.5;
    point.y = (point.y + 0.5) * state.frame_size.height / before.height - 0.5;
  }
  return {};
}

}  // namespace mexbench::preprocess
