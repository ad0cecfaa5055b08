#include "harness/preprocess/adapt.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "harness/preprocess/opencv_threads.h"

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

// `out`: mosaic.size(), row-major.
void copy_crops(const data::Mosaic& mosaic, data::ImageSize size, std::span<const float> plane, std::span<float> out) {
  const std::array<data::PixelIndex, 4> origins = mosaic.origins(size);
  auto to = out.begin();
  for (const std::size_t left : {std::size_t{0}, std::size_t{2}}) {
    for (std::int64_t row = 0; row < mosaic.crop.height; ++row) {
      for (const data::PixelIndex& origin : {origins[left], origins[left + 1]}) {
        const auto from = plane.begin() + (origin.row + row) * size.width + origin.column;
        to = std::copy(from, from + mosaic.crop.width, to);
      }
    }
  }
}

void resize_plane(const data::Resize& step, data::ImageSize size, std::span<const float> plane, std::span<float> out) {
  use_one_opencv_thread();
  // The matrices borrow the pixels; the first one is only read.
  const cv::Mat from(static_cast<int>(size.height), static_cast<int>(size.width), CV_32FC1, const_cast<float*>(plane.data()));
  cv::Mat to(static_cast<int>(step.size.height), static_cast<int>(step.size.width), CV_32FC1, out.data());
  resize(from, to, step.interpolation);
  assert(to.ptr<float>() == out.data());  // of the right size and type, so that OpenCV wrote in place
}

void rescale_plane(const data::Rescale& step, std::span<float> plane) {
  const double factor = (step.high - step.low) / (step.from_high - step.from_low);
  for (float& value : plane) value = static_cast<float>(step.low + (static_cast<double>(value) - step.from_low) * factor);
}

}  // namespace

void adapt_plane(const data::Adaptation& adaptation, data::ImageSize size, std::span<const float> plane, std::span<float> out) {
  assert(static_cast<std::int64_t>(plane.size()) == size.pixels());
  assert(static_cast<std::int64_t>(out.size()) == adaptation.size_after(size).pixels());
  if (adaptation.mosaic && adaptation.resize) {
    const data::ImageSize between = adaptation.mosaic->size();
    std::vector<float> crops(static_cast<std::size_t>(between.pixels()));
    copy_crops(*adaptation.mosaic, size, plane, crops);
    resize_plane(*adaptation.resize, between, crops, out);
  } else if (adaptation.mosaic) {
    copy_crops(*adaptation.mosaic, size, plane, out);
  } else if (adaptation.resize) {
    resize_plane(*adaptation.resize, size, plane, out);
  } else {
    std::copy(plane.begin(), plane.end(), out.begin());
  }
  if (adaptation.rescale) rescale_plane(*adaptation.rescale, out);
}

}  // namespace mexbench::preprocess
