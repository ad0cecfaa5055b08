// Small things that stages do to one plane of pixels (CV_32FC1).
#pragma once

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

namespace mexbench::preprocess {

// Resized to a square as the options `size` and `interpolation` of a stage say; see data::Interpolation.
[[nodiscard]] cv::Mat resized_plane(const cv::Mat& plane, const nlohmann::json& options);

// `low` to 0 and `high` to 255, linearly, in double, clamped, unrounded. Where they differ by less than 0.0001 all is 0, so that the
// rounding errors of a clip without movement stay what they are.
[[nodiscard]] cv::Mat stretched_plane(const cv::Mat& plane, double low, double high);

// `factor` times `plane` onto `sum` (CV_64FC1 of the same size).
void add_scaled(const cv::Mat& plane, double factor, cv::Mat& sum);

// Values beyond 0..255 become 0 or 255.
void clamp_plane(cv::Mat& plane);

}  // namespace mexbench::preprocess
