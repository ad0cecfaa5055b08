#include "harness/preprocess/magnify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/plane.h"

namespace mexbench::preprocess {
namespace {

constexpr int kLeastSide = 4;  // pixels of the pyramid's remainder

cv::Mat filtered(const std::vector<cv::Mat>& frames, const std::vector<double>& response, std::size_t at) {
  const std::size_t n = frames.size();
  cv::Mat sum = cv::Mat::zeros(frames.front().size(), CV_64FC1);
  for (std::size_t s = 0; s < n; ++s) add_scaled(frames[s], response[(at + n - s) % n], sum);
  cv::Mat out;
  sum.convertTo(out, CV_32FC1);
  return out;
}

// Sum over the levels of factor times level, as large as `band`.
cv::Mat weighed_levels(const cv::Mat& band, int levels, double alpha, double lambda_c) {
  std::vector<cv::Mat> laplacian;
  cv::Mat rest = band;
  for (int l = 0; l < levels && std::min(rest.rows, rest.cols) >= 2 * kLeastSide; ++l) {
    cv::Mat down;
    cv::Mat up;
    cv::pyrDown(rest, down);
    cv::pyrUp(down, up, rest.size());
    laplacian.emplace_back((rest - up) * level_factor(l, alpha, lambda_c));
    rest = down;
  }
  cv::Mat sum = cv::Mat::zeros(rest.size(), CV_32FC1);
  std::reverse(laplacian.begin(), laplacian.end());  // from the coarsest
  for (const cv::Mat& level : laplacian) {
    cv::Mat up;
    cv::pyrUp(sum, up, level.size());
    sum = up + level;
  }
  return sum;
}

}  // namespace

std::vector<double> band_pass(std::size_t frames, double low, double high, double fps) {
  const auto n = static_cast<double>(frames);
  std::vector<std::size_t> kept;
  for (std::size_t k = 1; k < frames; ++k) {
    const double frequency = static_cast<double>(std::min(k, frames - k)) * fps / n;
    if (frequency >= low && frequency <= high) kept.push_back(k);
  }
  if (kept.empty()) return {};
  std::vector<double> out(frames, 0.0);
  for (std::size_t d = 0; d < frames; ++d) {
    for (const std::size_t k : kept) out[d] += std::cos(2.0 * std::numbers::pi * static_cast<double>(k * d % frames) / n) / n;
  }
  return out;
}

double level_factor(int level, double alpha, double lambda_c) {
  const double wavelength = 3.0 * std::exp2(level);
  if (wavelength >= lambda_c) return alpha;
  return std::clamp((1.0 + alpha) * wavelength / lambda_c - 1.0, 0.0, alpha);
}

core::Status magnify_stage(const nlohmann::json& options, ClipState& state) {
  const auto number = [&](const char* name) { return options.at(name).get<double>(); };
  const std::size_t n = state.frames.size();
  const std::vector<double> response = band_pass(n, number("low"), number("high"), number("fps"));
  const auto error = [&](std::string what) { return core::Error::in_file(core::ErrorCode::kData, state.first_file, std::move(what)); };
  if (response.empty()) {
    return error(
               fmt::format("begins a clip of {} frames, {} in a second: stage 'magnify' finds none of its frequencies between {} and {} Hz",
                           n, number("fps"), number("low"), number("high")))
        .hint(fmt::format("they are multiples of {:.4g} Hz", number("fps") / static_cast<double>(n)));
  }
  if (std::min(state.frame_size.width, state.frame_size.height) < 2 * kLeastSide) {
    return error(fmt::format("gives frames of {} x {} pixels, at least {} on a side are wanted for stage 'magnify'", state.frame_size.width,
                             state.frame_size.height, 2 * kLeastSide));
  }
  std::vector<cv::Mat> frames;
  for (std::size_t t = 0; t < n; ++t) {
    const cv::Mat more = weighed_levels(filtered(state.frames, response, t), options.at("levels"), number("alpha"), number("lambda_c"));
    cv::Mat frame = state.frames[t] + more;
    clamp_plane(frame);
    frames.push_back(frame);
  }
  state.frames = std::move(frames);
  return {};
}

}  // namespace mexbench::preprocess
