// SSSNet (Varanka, Peng, Zhao, Human Vision and Electronic Imaging 33, 2021, doi 10.2352/ISSN.2470-1173.2021.11.HVEI-157), as in the MEB
// toolbox. Input (clips, 3, 64, 64): horizontal flow, vertical flow, strain.
//
// conv1 5x5 -> ReLU -> max pooling 3x3 -> batch norm -> channel dropout -> conv2 3x3 -> ReLU -> max pooling 2x2 -> batch norm -> channel
// dropout -> 9x9 maps -> fc1 -> ReLU -> dropout -> fc.
#pragma once

#include <array>

#include "harness/train/network.h"

namespace mexbench::models {

struct SssNetOptions {
  std::int64_t num_classes = 3;
  std::array<std::int64_t, 3> h_dims = {32, 64, 256};  // filters of conv1 and conv2, units of fc1
  double dropout = 0.5;
  bool softmax = false;
};

class SssNet final : public train::Network {
 public:
  explicit SssNet(const SssNetOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  [[nodiscard]] torch::Tensor stage(torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm, std::int64_t pooling,
                                    const torch::Tensor& input) const;

  double dropout_;
  bool softmax_;
  torch::nn::Conv2d conv1_;
  torch::nn::BatchNorm2d bn1_;
  torch::nn::Conv2d conv2_;
  torch::nn::BatchNorm2d bn2_;
  torch::nn::Linear fc1_, fc_;
};

}  // namespace mexbench::models
