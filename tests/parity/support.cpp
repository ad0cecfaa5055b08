#include "parity/support.h"

#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace mexbench::parity {

nlohmann::json small_params(std::string_view model) {
  if (model == "htnet") return {{"dim", 8}, {"block_repeats", 1}, {"dropout", 0.5}};
  if (model == "capsulenet_head") return {{"conv1_channels", 8}, {"primary_channels", 16}, {"in_num_caps", 72}};
  if (model == "alexnet") return {{"units", 16}};
  if (model == "capsulenet") return {{"width", 2}, {"conv1_channels", 8}, {"primary_channels", 16}, {"in_num_caps", 72}};
  if (model == "dual_inception") return {{"units", 16}};
  if (model == "elrcn") {
    return {{"filters", {1, 2, 2, 3, 4}}, {"convolutions", {1, 1, 1, 1, 1}}, {"units", {16, 8}}, {"lstm", {8}}, {"dense", 8}};
  }
  if (model == "microexpstcnn") return {{"filters", 2}, {"units", 8}};
  if (model == "offapexnet_two_stream") return {{"units", {16, 8}}};
  if (model == "resnet18") return {{"width", 4}};
  return nlohmann::json::object();
}

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
