#include "harness/preprocess/spot.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/flow.h"

namespace mexbench::preprocess {
namespace {

double mean_difference(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total()); }

double value_of(const cv::Mat& frame, const ClipState& state, std::string_view method) {
  const cv::Mat& first = state.frames.front();
  if (method == "frame-difference") return mean_difference(frame, first) + mean_difference(frame, state.frames.back());
  const cv::Mat flow = flow_between(first, frame, "farneback");
  return cv::mean(method == "flow-magnitude" ? flow_magnitude(flow) : optical_strain(flow))[0];
}

}  // namespace

std::size_t apex_of(std::span<const double> values, std::string_view search) {
  std::size_t begin = 1;
  std::size_t end = values.size();
  if (search == "maximum") return static_cast<std::size_t>(std::max_element(values.begin() + 1, values.end()) - values.begin());
  const auto sum = [&](std::size_t from, std::size_t count) {
    const auto part = values.subspan(from, count);
    return std::accumulate(part.begin(), part.end(), 0.0);
  };
  while (end - begin > 1) {
    const std::size_t half = (end - begin + 1) / 2;
    if (sum(end - half, half) > sum(begin, half))
      begin = end - half;
    else
      end = begin + half;
  }
  return begin;
}

core::Status spot_apex_stage(const nlohmann::json& options, ClipState& state) {
  const auto method = options.at("method").get<std::string>();
  const cv::Size size = state.frame_size;
  const bool by_flow = method != "frame-difference";
  if (state.frames.size() < 2 || (by_flow && (size.width < kLeastFlowSide || size.height < kLeastFlowSide))) {
    return core::Error::in_file(
        core::ErrorCode::kData, state.first_file,
        fmt::format("begins a clip of {} frames, {} x {} pixels; stage 'spot-apex' wants at least 2{}", state.frames.size(), size.width,
                    size.height, by_flow ? fmt::format(", and {} pixels on a side", kLeastFlowSide) : ""));
  }
  std::vector<double> values(state.frames.size(), 0.0);
  for (std::size_t i = 1; i < values.size(); ++i) values[i] = value_of(state.frames[i], state, method);
  state.apex = apex_of(values, options.at("search").get<std::string>());
  return {};
}

}  // namespace mexbench::preprocess
