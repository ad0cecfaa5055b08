#include "harness/preprocess/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/optflow.hpp>
#include <opencv2/video/tracking.hpp>

#include "harness/core/text.h"
#include "harness/preprocess/plane.h"

namespace mexbench::preprocess {
namespace {

using core::Error;
using core::ErrorCode;

const std::vector<std::string> kChannels = {"strain", "v", "u"};
const std::vector<std::string> kFlows = {"farneback", "dis"};
const std::vector<std::string> kStretches = {"per-clip", "fixed"};

constexpr double kFixedFlowShare = 0.02;  // of the frame's width
constexpr int kMargin = 32;               // mirrored pixels around the frames
constexpr double kFixedStrain = 0.1;

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

core::Status check_choice(const nlohmann::json& options, const char* name, const std::vector<std::string>& choices) {
  const auto found = options.find(name);
  if (found != options.end() && found->is_string() && contains(choices, found->get<std::string>())) return {};
  return Error(ErrorCode::kUsage, fmt::format("option '{}' of recipe 'onset-apex-flow' is {}, {} is wanted", name,
                                              found == options.end() ? "missing" : found->dump(), core::quoted_list(choices)));
}

cv::Mat extended(const cv::Mat& frame) {
  cv::Mat out;
  cv::copyMakeBorder(frame, out, kMargin, kMargin, kMargin, kMargin, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat eight_bits(const cv::Mat& frame) {
  cv::Mat out;
  frame.convertTo(out, CV_8UC1);
  return out;
}

// TV-L1 wants float frames in 0..1, and multiplies them by 255 itself.
cv::Mat unit_range(const cv::Mat& frame) {
  cv::Mat out;
  frame.convertTo(out, CV_32FC1, 1.0 / 255.0);
  return out;
}

}  // namespace

cv::Mat flow_between(const cv::Mat& onset_frame, const cv::Mat& apex_frame, std::string_view method) {
  const cv::Mat onset = extended(onset_frame);
  const cv::Mat apex = extended(apex_frame);
  cv::Mat flow;
  if (method == "dis") {
    cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM)->calc(eight_bits(onset), eight_bits(apex), flow);
  } else if (method == "tvl1") {
    cv::optflow::DualTVL1OpticalFlow::create()->calc(unit_range(onset), unit_range(apex), flow);
  } else {
    cv::calcOpticalFlowFarneback(onset, apex, flow, /*pyr_scale=*/0.5, /*levels=*/3, /*winsize=*/13, /*iterations=*/3, /*poly_n=*/5,
                                 /*poly_sigma=*/1.1, cv::OPTFLOW_FARNEBACK_GAUSSIAN);
  }
  return flow(cv::Rect(kMargin, kMargin, onset_frame.cols, onset_frame.rows)).clone();
}

cv::Mat flow_magnitude(const cv::Mat& flow) {
  cv::Mat parts[2];
  cv::split(flow, parts);
  cv::Mat out;
  cv::magnitude(parts[0], parts[1], out);
  return out;
}

std::vector<cv::Mat> flow_planes(const cv::Mat& flow, const std::vector<std::string>& channels, cv::Size size, bool per_clip) {
  cv::Mat parts[2];
  cv::split(flow, parts);
  std::vector<cv::Mat> out;
  for (const std::string& channel : channels) {
    const bool component = channel == "u" || channel == "v";
    const cv::Mat whole = component ? parts[channel == "u" ? 0 : 1] : channel == "strain" ? optical_strain(flow) : flow_magnitude(flow);
    cv::Mat plane;
    cv::resize(whole, plane, size, 0.0, 0.0, cv::INTER_AREA);
    double high = channel == "strain" ? kFixedStrain : kFixedFlowShare * flow.cols;
    double low = component ? -high : 0.0;
    if (per_clip) cv::minMaxLoc(plane, &low, &high);
    out.push_back(stretched_plane(plane, low, high));
  }
  return out;
}

cv::Mat optical_strain(const cv::Mat& flow) {
  cv::Mat strain(flow.size(), CV_32FC1);
  const auto at = [&](int y, int x) { return flow.at<cv::Vec2f>(y, x); };
  for (int y = 0; y < flow.rows; ++y) {
    const int above = std::max(y - 1, 0);
    const int below = std::min(y + 1, flow.rows - 1);
    for (int x = 0; x < flow.cols; ++x) {
      const int left = std::max(x - 1, 0);
      const int right = std::min(x + 1, flow.cols - 1);
      const cv::Vec2f dx = (at(y, right) - at(y, left)) / static_cast<float>(right - left);
      const cv::Vec2f dy = (at(below, x) - at(above, x)) / static_cast<float>(below - above);
      const float shear = (dy[0] + dx[1]) / 2.0F;
      strain.at<float>(y, x) = std::sqrt(dx[0] * dx[0] + dy[1] * dy[1] + 2.0F * shear * shear);
    }
  }
  return strain;
}

core::Status check_onset_apex_flow(const data::InputRecipe& recipe) {
  for (const std::string& channel : recipe.channels) {
    if (contains(kChannels, channel)) continue;
    return Error(ErrorCode::kUsage,
                 fmt::format("recipe 'onset-apex-flow' has no channel '{}', {} is wanted", channel, core::quoted_list(kChannels)));
  }
  MEXBENCH_TRY(check_choice(recipe.options, "flow", kFlows));
  return check_choice(recipe.options, "stretch", kStretches);
}

core::Status run_onset_apex_flow(const ClipFiles& input, std::span<float> out) {
  core::Timed decoding(input.profile, "decode");
  MEXBENCH_ASSIGN(const cv::Mat onset, decode(input.files[0], /*colour=*/false));
  MEXBENCH_ASSIGN(const cv::Mat apex, decode(input.files[1], /*colour=*/false));
  decoding.stop();
  if (onset.size() != apex.size() || onset.cols < kLeastFlowSide || onset.rows < kLeastFlowSide) {
    return Error::in_file(ErrorCode::kData, input.files[1].path,
                          fmt::format("is {} x {} pixels, its onset frame {} x {}; equal sizes of at least {} pixels are wanted", apex.cols,
                                      apex.rows, onset.cols, onset.rows, kLeastFlowSide));
  }
  const data::InputRecipe& recipe = input.recipe;
  core::Timed flowing(input.profile, "flow");
  const cv::Mat flow = flow_between(onset, apex, recipe.options["flow"].get<std::string>());
  flowing.stop();
  const core::Timed composing(input.profile, "compose");
  const cv::Size size(static_cast<int>(recipe.width), static_cast<int>(recipe.height));
  auto to = out.begin();
  for (const cv::Mat& plane : flow_planes(flow, recipe.channels, size, recipe.options["stretch"] == "per-clip")) {
    to = std::copy(plane.begin<float>(), plane.end<float>(), to);
  }
  return {};
}

}  // namespace mexbench::preprocess
