#include "harness/preprocess/plane.h"

#include <algorithm>

#include "harness/preprocess/adapt.h"

namespace mexbench::preprocess {

cv::Mat resized_plane(const cv::Mat& plane, const nlohmann::json& options) {
  const auto size = options.at("size").get<std::int64_t>();
  const data::Resize step{.size = {.height = size, .width = size},
                          .interpolation = *data::interpolation_from(options.at("interpolation").get<std::string>())};
  const cv::Mat from = plane.isContinuous() ? plane : plane.clone();
  cv::Mat to(static_cast<int>(size), static_cast<int>(size), CV_32FC1);
  adapt_plane({.mosaic = {}, .resize = step, .rescale = {}}, {.height = from.rows, .width = from.cols}, {from.ptr<float>(), from.total()},
              {to.ptr<float>(), to.total()});
  return to;
}

cv::Mat stretched_plane(const cv::Mat& plane, double low, double high) {
  constexpr double kLeastVariation = 1e-4;  // pixels, strain or grey levels
  const double scale = high - low >= kLeastVariation ? 255.0 / (high - low) : 0.0;
  cv::Mat out(plane.size(), CV_32FC1);
  for (int y = 0; y < plane.rows; ++y) {
    for (int x = 0; x < plane.cols; ++x) {
      out.at<float>(y, x) = static_cast<float>(std::clamp((static_cast<double>(plane.at<float>(y, x)) - low) * scale, 0.0, 255.0));
    }
  }
  return out;
}

void add_scaled(const cv::Mat& plane, double factor, cv::Mat& sum) {
  for (int y = 0; y < plane.rows; ++y) {
    const auto* from = plane.ptr<float>(y);
    auto* to = sum.ptr<double>(y);
    for (int x = 0; x < plane.cols; ++x) to[x] += factor * static_cast<double>(from[x]);
  }
}

void clamp_plane(cv::Mat& plane) {
  for (int y = 0; y < plane.rows; ++y) {
    for (int x = 0; x < plane.cols; ++x) plane.at<float>(y, x) = std::clamp(plane.at<float>(y, x), 0.0F, 255.0F);
  }
}

}  // namespace mexbench::preprocess
