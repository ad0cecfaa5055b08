// The first layers of ResNet-18 (He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016, table 1), under the names of
// torchvision. Tensors are (clips, maps, height, width).
#pragma once

#include <memory>

#include "harness/train/network.h"

namespace mexbench::models::resnet {

// Two 3x3 convolutions with batch norm, and a way around them, which is a 1x1 convolution with batch norm where shapes change.
class BasicBlock final : public torch::nn::Module {
 public:
  BasicBlock(std::int64_t in, std::int64_t out, std::int64_t stride);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps);

 private:
  torch::nn::Conv2d conv1_;
  torch::nn::BatchNorm2d bn1_;
  torch::nn::Conv2d conv2_;
  torch::nn::BatchNorm2d bn2_;
  torch::nn::Sequential downsample_{nullptr};  // none where shapes stay
};

struct TrunkOptions {
  std::int64_t in_channels = 3;
  std::int64_t width = 64;  // maps of the first stage; each further one has twice as many
  std::int64_t stages = 4;  // of two blocks each
  bool max_pool = true;     // after the first convolution
};

// conv1 7x7 of stride 2 -> batch norm -> ReLU -> max pooling 3x3 of stride 2 -> stages; every stage but the first halves height and width.
// Halves are rounded up, so images of any size pass.
class Trunk : public torch::nn::Module {
 public:
  explicit Trunk(const TrunkOptions& options);
  [[nodiscard]] torch::Tensor maps(const torch::Tensor& images);
  [[nodiscard]] std::int64_t out_channels() const { return out_channels_; }

 private:
  bool max_pool_;
  std::int64_t out_channels_;
  torch::nn::Conv2d conv1_;
  torch::nn::BatchNorm2d bn1_;
  std::vector<torch::nn::Sequential> stages_;
};

// The initial values of torchvision: convolutions Kaiming-normal (fan out); all others are LibTorch's.
void initialise(torch::nn::Module& network);

}  // namespace mexbench::models::resnet
