// Stages `align` and `landmarks`.
//
// align: one similarity transform (turn, scale, shift) for all frames of a clip, estimated on the first. It takes the centres of the eyes
// to fixed places in a square: as two points determine a similarity, nothing is fitted, and a movement of the face in the clip stays what
// it is, in the pixels of the square. With a margin of m, where e is 1 - 2 m of the square's side:
//
//   eyes at 0.27 e and 0.73 e from the margin's left, both at 0.3 e below its top; so the distance of the eyes is 0.46 e
//
//   dlib  eye centres from landmarks (face.h)
//   haar  from the face box: 30 % and 70 % of its width, 38 % below its top. A head that is turned stays turned
//
// Pixels are interpolated linearly between four neighbours (OpenCV places them to 1/32 of a pixel, the same in all frames), border pixels
// are repeated. A face that is more than twice as large as in the square is first reduced by a whole number, by area averaging.
#pragma once

#include <array>
#include <opencv2/core.hpp>

namespace mexbench::preprocess {

// Left and right eye in the image.
using Eyes = std::array<cv::Point2d, 2>;

// Where the eyes belong in a square of `size` pixels.
[[nodiscard]] Eyes canonical_eyes(int size, double margin);

// The similarity that takes two points to two others: x' = M (x, y, 1). The points of `from` differ.
[[nodiscard]] cv::Matx23d similarity(const Eyes& from, const Eyes& to);

// A frame (CV_32FC1) under the transform, as a square.
[[nodiscard]] cv::Mat warped(const cv::Mat& frame, const cv::Matx23d& transform, int size);

}  // namespace mexbench::preprocess
