#include <algorithm>
#include <opencv2/objdetect.hpp>
#include <tuple>

#include "harness/preprocess/face.h"
#include "harness/preprocess/face_model.h"

namespace mexbench::preprocess {
namespace {

constexpr FaceModel kModel{.variable = "MEXBENCH_FACE_CASCADE", .built_in = MEXBENCH_FACE_CASCADE, .package = "opencv-data"};

}  // namespace

core::Result<std::optional<cv::Rect>> detect_box(const cv::Mat& grey) {
  MEXBENCH_ASSIGN(const std::filesystem::path path, model_file(kModel));
  thread_local cv::CascadeClassifier cascade;  // keeps what it works on
  if (cascade.empty() && !cascade.load(path.string())) {
    return core::Error::in_file(core::ErrorCode::kData, path.string(), "can't be read as a cascade of OpenCV");
  }
  std::vector<cv::Rect> faces;
  cascade.detectMultiScale(grey, faces, /*scaleFactor=*/1.1, /*minNeighbors=*/3, /*flags=*/0, /*minSize=*/cv::Size(40, 40));
  if (faces.empty()) return std::optional<cv::Rect>();
  const auto rank = [](const cv::Rect& face) { return std::make_tuple(-face.area(), face.y, face.x); };
  return std::optional(
      *std::min_element(faces.begin(), faces.end(), [&](const cv::Rect& a, const cv::Rect& b) { return rank(a) < rank(b); }));
}

core::Result<std::string> face_cascade_digest() { return model_digest(kModel, "cascade"); }

}  // namespace mexbench::preprocess
