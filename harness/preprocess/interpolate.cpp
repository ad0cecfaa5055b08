#include "harness/preprocess/interpolate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/plane.h"

namespace mexbench::preprocess {
namespace {

// f_k(t) at `place` = t n - 1, so that frame i (from 0) is at i: sin(pi k t + pi (n - k) / (2 n)) = cos(pi k (2 place + 1) / (2 n)).
double basis(std::size_t k, double place, std::size_t n) {
  return std::cos(std::numbers::pi * static_cast<double>(k) * (2.0 * place + 1.0) / (2.0 * static_cast<double>(n)));
}

std::vector<double> tim_weights(double place, std::size_t n) {
  const auto count = static_cast<double>(n);
  std::vector<double> out(n, 1.0 / count);
  for (std::size_t k = 1; k < n; ++k) {
    const double there = basis(k, place, n);
    for (std::size_t i = 0; i < n; ++i) out[i] += 2.0 / count * basis(k, static_cast<double>(i), n) * there;
  }
  return out;
}

std::vector<double> linear_weights(double place, std::size_t n) {
  std::vector<double> out(n, 0.0);
  const auto before = std::min(static_cast<std::size_t>(place), n - 1);
  const double share = place - static_cast<double>(before);
  out[before] = 1.0 - share;
  if (share > 0.0) out[before + 1] = share;
  return out;
}

}  // namespace

std::vector<std::vector<double>> interpolation_weights(std::size_t frames, std::size_t wanted, std::string_view method) {
  std::vector<std::vector<double>> out;
  for (std::size_t m = 0; m < wanted; ++m) {
    const double place = wanted == 1 ? 0.0 : static_cast<double>(m * (frames - 1)) / static_cast<double>(wanted - 1);
    out.push_back(method == "linear" ? linear_weights(place, frames) : tim_weights(place, frames));
  }
  return out;
}

core::Status temporal_interpolation_stage(const nlohmann::json& options, ClipState& state) {
  const std::size_t before = state.frames.size();
  const auto after = options.at("frames").get<std::size_t>();
  std::vector<cv::Mat> frames;
  for (const std::vector<double>& weights : interpolation_weights(before, after, options.at("method").get<std::string>())) {
    cv::Mat sum = cv::Mat::zeros(state.frame_size, CV_64FC1);
    for (std::size_t i = 0; i < before; ++i) {
      if (weights[i] != 0.0) add_scaled(state.frames[i], weights[i], sum);
    }
    cv::Mat frame;
    sum.convertTo(frame, CV_32FC1);
    clamp_plane(frame);
    frames.push_back(frame);
  }
  state.frames = std::move(frames);
  if (state.apex && before > 1) state.apex = (2 * *state.apex * (after - 1) + (before - 1)) / (2 * (before - 1));
  return {};
}

}  // namespace mexbench::preprocess
