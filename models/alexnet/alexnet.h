// AlexNet with one tower (Krizhevsky, arXiv 1404.5997, 2014; first: Krizhevsky, Sutskever, Hinton, NIPS 2012) in torchvision's form, whose
// weight files it loads. Any image from 63x63: the last maps are averaged to 6x6.
#pragma once

#include "harness/train/network.h"

namespace mexbench::models {

struct AlexNetOptions {
  std::int64_t num_classes = 3;
  std::int64_t in_channels = 3;
  std::int64_t units = 4096;  // of the two hidden layers
  double dropout = 0.5;
};

class AlexNet final : public train::Network {
 public:
  explicit AlexNet(const AlexNetOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  torch::nn::Sequential features_, classifier_;
};

}  // namespace mexbench::models
