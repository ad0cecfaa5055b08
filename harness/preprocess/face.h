// Where a face is. Two detectors, each of which says "none" rather than guess:
//
//   landmarks  dlib's frontal face detector (histograms of oriented gradients; faces of 80 pixels and more) and the shape predictor with 68
//              points, Kazemi and Sullivan, "One Millisecond Face Alignment with an Ensemble of Regression Trees", CVPR 2014. Its model is
//              the file shape_predictor_68_face_landmarks.dat of Debian's libdlib-data. It was trained on the iBUG 300-W photographs, whose
//              licence excludes commercial use: it is for research. (The package declares the file itself CC0.)
//   box        Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", CVPR 2001, with OpenCV's
//              haarcascade_frontalface_default.xml of Debian's opencv-data: scale factor 1.1, 3 neighbours, 40 pixels and more
//
// Of several faces dlib's most certain one is taken: the folds of a suit may pass for a larger one. Haar's largest is taken, which has no
// such figure. Of equal ones the upper, then the left. MEXBENCH_LANDMARK_MODEL and MEXBENCH_FACE_CASCADE name
// other model files. Both detectors may be called from several threads at once.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::preprocess {

// 68 points in the order of iBUG 300-W, pixel centres being whole numbers. Nothing when there is no face. Fails with kData: no model file,
// or one that can't be read. `grey`: CV_8UC1.
[[nodiscard]] core::Result<std::optional<std::vector<cv::Point2d>>> detect_landmarks(const cv::Mat& grey);
[[nodiscard]] core::Result<std::optional<cv::Rect>> detect_box(const cv::Mat& grey);

// What the numbers of the detectors depend on: the SHA-256 of the model file, after the library's version. Reads each file once. Fails as
// detection does.
[[nodiscard]] core::Result<std::string> landmark_model_digest();
[[nodiscard]] core::Result<std::string> face_cascade_digest();

// Left and right are those of the image. Eyes are the means of their six landmarks.
struct FacePoints {
  cv::Point2d left_eye, right_eye, left_mouth, right_mouth;
};
[[nodiscard]] FacePoints face_points(const std::vector<cv::Point2d>& landmarks);

}  // namespace mexbench::preprocess
