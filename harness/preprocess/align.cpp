#include "harness/preprocess/align.h"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <opencv2/imgproc.hpp>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/face.h"

namespace mexbench::preprocess {
namespace {

using core::Error;
using core::ErrorCode;

cv::Point2d moved(const cv::Matx23d& transform, const cv::Point2d& point) {
  const cv::Vec2d out = transform * cv::Vec3d(point.x, point.y, 1.0);
  return {out[0], out[1]};
}

cv::Mat first_in_8_bits(const ClipState& state) {
  cv::Mat out;
  state.frames.front().convertTo(out, CV_8UC1);
  return out;
}

Error no_face(const ClipState& state, std::string_view stage, std::string_view detector, std::string hint) {
  return Error::in_file(ErrorCode::kData, state.first_file,
                        fmt::format("has no face that stage '{}' finds with {} in its {} x {} pixels", stage, detector,
                                    state.frame_size.width, state.frame_size.height))
      .hint(std::move(hint));
}

core::Result<Eyes> eyes_in_box(const ClipState& state) {
  MEXBENCH_ASSIGN(const std::optional<cv::Rect> box, detect_box(first_in_8_bits(state)));
  if (!box) return no_face(state, "align", "haar", "crop the frames to the face before, or leave the stage out");
  // A box of n pixels reaches from -0.5 to n - 0.5.
  const auto place = [&](double across, double down) {
    return cv::Point2d(box->x - 0.5 + across * box->width, box->y - 0.5 + down * box->height);
  };
  return Eyes{place(0.30, 0.38), place(0.70, 0.38)};
}

// Of the first frame; `otherwise` by the box when it is allowed.
core::Result<Eyes> find_eyes(const nlohmann::json& options, ClipState& state) {
  if (options.at("detector") == "haar") return eyes_in_box(state);
  MEXBENCH_ASSIGN(const auto landmarks, detect_landmarks(first_in_8_bits(state)));
  if (!landmarks && options.at("otherwise") == "haar") return eyes_in_box(state);
  if (!landmarks) {
    return no_face(state, "align", "dlib",
                   "faces of 80 pixels and more are found: use {stage: align, detector: haar} or otherwise: haar, put 'crop' or 'resize' "
                   "before it, or leave the stage out");
  }
  state.landmarks = *landmarks;
  const FacePoints points = face_points(state.landmarks);
  return Eyes{points.left_eye, points.right_eye};
}

}  // namespace

Eyes canonical_eyes(int size, double margin) {
  const double inner = (1.0 - 2.0 * margin) * size;
  const auto place = [&](double across, double down) {
    return cv::Point2d(margin * size + across * inner - 0.5, margin * size + down * inner - 0.5);
  };
  return {place(0.27, 0.3), place(0.73, 0.3)};
}

cv::Matx23d similarity(const Eyes& from, const Eyes& to) {
  const auto number = [](const cv::Point2d& point) { return std::complex<double>(point.x, point.y); };
  // z' = a z + b with complex a = scale * e^(i angle).
  const std::complex<double> a = (number(to[1]) - number(to[0])) / (number(from[1]) - number(from[0]));
  const std::complex<double> b = number(to[0]) - a * number(from[0]);
  return {a.real(), -a.imag(), b.real(), a.imag(), a.real(), b.imag()};
}

cv::Mat warped(const cv::Mat& frame, const cv::Matx23d& transform, int size) {
  const double scale = std::hypot(transform(0, 0), transform(1, 0));
  const int factor = std::min({static_cast<int>(1.0 / scale), frame.cols, frame.rows});
  cv::Mat source = frame;
  cv::Matx23d from_source = transform;
  if (factor >= 2) {
    // Pixel i of the reduced frame covers factor * i .. factor * (i + 1) - 1, so that its centre is at factor * i + (factor - 1) / 2.
    const cv::Size reduced(frame.cols / factor, frame.rows / factor);
    cv::resize(frame(cv::Rect(0, 0, reduced.width * factor, reduced.height * factor)), source, reduced, 0.0, 0.0, cv::INTER_AREA);
    const double shift = (factor - 1) / 2.0;
    for (int row = 0; row < 2; ++row) {
      from_source(row, 2) += (transform(row, 0) + transform(row, 1)) * shift;
      from_source(row, 0) *= factor;
      from_source(row, 1) *= factor;
    }
  }
  cv::Mat out;
  cv::warpAffine(source, out, from_source, {size, size}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out;
}

core::Status align_stage(const nlohmann::json& options, ClipState& state) {
  MEXBENCH_ASSIGN(const Eyes eyes, find_eyes(options, state));
  const int size = options.at("size");
  if (cv::norm(eyes[1] - eyes[0]) < 1.0) {
    return no_face(state, "align", "dlib", "both eyes were found at one place: crop the frames to the face before");
  }
  const cv::Matx23d transform = similarity(eyes, canonical_eyes(size, options.at("margin")));
  for (cv::Mat& frame : state.frames) frame = warped(frame, transform, size);
  for (cv::Point2d& point : state.landmarks) point = moved(transform, point);
  state.frame_size = {size, size};
  return {};
}

core::Status landmarks_stage(const nlohmann::json& /*options*/, ClipState& state) {
  MEXBENCH_ASSIGN(const auto landmarks, detect_landmarks(first_in_8_bits(state)));
  if (!landmarks) {
    return no_face(state, "landmarks", "dlib", "faces of 80 pixels and more are found: put 'crop' or 'resize' before it");
  }
  state.landmarks = *landmarks;
  return {};
}

}  // namespace mexbench::preprocess
