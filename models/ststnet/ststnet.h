// STSTNet (Liong, Gan, See, Khor, Huang, FG 2019, doi 10.1109/FG.2019.8756567), as the authors' released code computes it.
//
// Three streams of 3, 5 and 8 maps read the same (clips, in_channels, 28, 28). Each: convolution 3x3 with `padding` -> ReLU -> batch norm
// -> max pooling 3x3, stride 3, padding 1 -> dropout. Together (16, 10, 10) -> average pooling 2x2 -> 400 numbers -> linear.
#pragma once

#include "harness/train/network.h"

namespace mexbench::models {

struct StstnetOptions {
  std::int64_t in_channels = 3;
  std::int64_t out_channels = 3;  // classes
  double dropout = 0.5;
  std::int64_t padding = 2;  // of the convolutions: 2 in the released code, 1 in the paper's table
};

class Ststnet final : public train::Network {
 public:
  explicit Ststnet(const StstnetOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  [[nodiscard]] torch::Tensor stream(torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm, const torch::Tensor& input) const;

  double dropout_;
  // In the published construction order.
  torch::nn::Conv2d conv1_, conv2_, conv3_;
  torch::nn::BatchNorm2d bn1_, bn2_, bn3_;
  torch::nn::Linear fc_;
};

}  // namespace mexbench::models
