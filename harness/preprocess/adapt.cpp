#include "harness/preprocess/adapt.h"

#include <algorithm>
#include <cassert>
#include <opencv2/imgproc.hpp>

namespace mexbench::preprocess {
namespace {

int flag_of(data::Interpolation interpolation) {
  switch (interpolation) {
    case data::Interpolation::kNearest:
      return cv::INTER_NEAREST_EXACT;  // INTER_NEAREST takes the pixel at i * in / out, half a pixel off
    case data::Interpolation::kBilinear:
      return cv::INTER_LINEAR;
    case data::Interpolation::kBicubic:
      return cv::INTER_CUBIC;
    case data::Interpolation::kArea:
      break;
  }
  return cv::INTER_AREA;
}

void resize(const cv::Mat& from, cv::Mat& to, data::Interpolation interpolation) {
  const bool grows_one_way = (to.rows > from.rows && to.cols < from.cols) || (to.rows < from.rows && to.cols > from.cols);
  if (interpolation == data::Interpolation::kArea && grows_one_way) {
    // OpenCV takes the mean over an area only when neither side grows, and two neighbours otherwise: one axis after the other is exact.
    cv::Mat between;
    cv::resize(from, between, {to.cols, from.rows}, 0.0, 0.0, cv::INTER_AREA);
    cv::resize(between, to, to.size(), 0.0, 0.0, cv::INTER_AREA);
    return;
  }
  cv::resize(from, to, to.size(), 0.0, 0.0, flag_of(interpolation));
}

}  // namespace

void adapt_plane(const data::Adaptation& adaptation, data::ImageSize size, std::span<const float> plane, std::span<float> out) {
  const data::ImageSize after = adaptation.size_after(size);
  assert(static_cast<std::int64_t>(plane.size()) == size.pixels() && static_cast<std::int64_t>(out.size()) == after.pixels());
  if (!adaptation.resize) {
    std::copy(plane.begin(), plane.end(), out.begin());
    return;
  }
  cv::setNumThreads(1);
  // The matrices borrow the pixels; the first one is only read.
  const cv::Mat from(static_cast<int>(size.height), static_cast<int>(size.width), CV_32FC1, const_cast<float*>(plane.data()));
  cv::Mat to(static_cast<int>(after.height), static_cast<int>(after.width), CV_32FC1, out.data());
  resize(from, to, adaptation.resize->interpolation);
  assert(to.ptr<float>() == out.data());  // of the right size and type, so that OpenCV wrote in place
}

}  // namespace mexbench::preprocess
