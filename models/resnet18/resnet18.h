// ResNet-18 (He et al., CVPR 2016, doi 10.1109/CVPR.2016.90) in torchvision's form, whose weight files it loads: trunk of four stages
// (models/resnet), mean over positions, linear layer.
#pragma once

#include "harness/train/network.h"
#include "models/resnet/trunk.h"

namespace mexbench::models {

struct ResNet18Options {
  std::int64_t num_classes = 3;
  std::int64_t in_channels = 3;
  std::int64_t width = 64;
  bool max_pool = true;
};

class ResNet18 final : public train::Network {
 public:
  explicit ResNet18(const ResNet18Options& options);
  // Refuses to train on a single clip whose last maps are 1x1: it has no variance to normalise by.
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  std::int64_t one_position_;  // images up to this side end in maps of 1x1
  std::shared_ptr<resnet::Trunk> trunk_;
  torch::nn::Linear fc_;
};

}  // namespace mexbench::models
