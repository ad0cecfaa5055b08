// Apart from the other sources, which include torch: one precompiled header of torch and OpenCV for this function alone cost a minute.
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "parity/support.h"

namespace mexbench::parity {

void append_image(const std::filesystem::path& file, std::vector<float>& out) {
  const cv::Mat image = cv::imread(file.string(), cv::IMREAD_COLOR);
  if (image.rows != 28 || image.cols != 28) throw std::runtime_error("not a 28x28 image: " + file.string());
  for (int channel = 0; channel < 3; ++channel) {
    for (int row = 0; row < image.rows; ++row) {
      for (int column = 0; column < image.cols; ++column) out.push_back(static_cast<float>(image.at<cv::Vec3b>(row, column)[channel]));
    }
  }
}

}  // namespace mexbench::parity
