// The only file that includes dlib, whose headers take long to compile.
#include "harness/preprocess/face.h"

#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/revision.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <numeric>
#include <tuple>

#include "harness/preprocess/face_model.h"

namespace mexbench::preprocess {
namespace {

constexpr FaceModel kModel{.variable = "MEXBENCH_LANDMARK_MODEL", .built_in = MEXBENCH_LANDMARK_MODEL, .package = "libdlib-data"};
constexpr unsigned long kLandmarks = 68;

// Read once for all threads: a hundred megabytes, never changed afterwards.
core::Result<const dlib::shape_predictor*> shape_predictor() {
  static std::mutex guard;
  static std::optional<dlib::shape_predictor> predictor;
  MEXBENCH_ASSIGN(const std::filesystem::path path, model_file(kModel));
  const std::lock_guard<std::mutex> lock(guard);
  if (predictor) return &*predictor;
  try {
    dlib::shape_predictor read;
    dlib::deserialize(path.string()) >> read;
    if (read.num_parts() != kLandmarks) {
      return core::Error::in_file(core::ErrorCode::kData, path.string(),
                                  fmt::format("predicts {} landmarks, {} are wanted", read.num_parts(), kLandmarks));
    }
    predictor = std::move(read);
  } catch (const std::exception& problem) {
    return core::Error::in_file(core::ErrorCode::kData, path.string(),
                                fmt::format("can't be read as dlib's shape predictor: {}", problem.what()));
  }
  return &*predictor;
}

dlib::array2d<unsigned char> to_dlib(const cv::Mat& grey) {
  dlib::array2d<unsigned char> out(grey.rows, grey.cols);
  for (int y = 0; y < grey.rows; ++y) std::memcpy(&out[y][0], grey.ptr(y), static_cast<std::size_t>(grey.cols));
  return out;
}

}  // namespace

core::Result<std::optional<std::vector<cv::Point2d>>> detect_landmarks(const cv::Mat& grey) {
  MEXBENCH_ASSIGN(const dlib::shape_predictor* predictor, shape_predictor());
  thread_local dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();  // keeps what it works on
  const dlib::array2d<unsigned char> image = to_dlib(grey);
  std::vector<dlib::rect_detection> faces;
  detector(image, faces);
  if (faces.empty()) return std::optional<std::vector<cv::Point2d>>();
  const auto rank = [](const dlib::rect_detection& face) {
    return std::make_tuple(-face.detection_confidence, face.rect.top(), face.rect.left());
  };
  const auto face = std::min_element(faces.begin(), faces.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  const dlib::full_object_detection shape = (*predictor)(image, face->rect);
  std::vector<cv::Point2d> points;
  for (unsigned long i = 0; i < shape.num_parts(); ++i) {
    points.emplace_back(static_cast<double>(shape.part(i).x()), static_cast<double>(shape.part(i).y()));
  }
  return std::optional(std::move(points));
}

core::Result<std::string> landmark_model_digest() {
  return model_digest(kModel, fmt::format("dlib {}.{}.{}", DLIB_MAJOR_VERSION, DLIB_MINOR_VERSION, DLIB_PATCH_VERSION));
}

FacePoints face_points(const std::vector<cv::Point2d>& landmarks) {
  const auto eye = [&](std::ptrdiff_t first) {
    constexpr std::ptrdiff_t kOutline = 6;
    const auto begin = landmarks.begin() + first;
    return std::accumulate(begin, begin + kOutline, cv::Point2d(0, 0)) / static_cast<double>(kOutline);
  };
  return {.left_eye = eye(36), .right_eye = eye(42), .left_mouth = landmarks.at(48), .right_mouth = landmarks.at(54)};
}

}  // namespace mexbench::preprocess
