// OFF-ApexNet in the single-stream form of the MEB toolbox (paper: Gan et al., Signal Processing: Image Communication 74, 2019,
// doi 10.1016/j.image.2019.02.005; form: Varanka et al., arXiv 2211.11425). Input (clips, 2, 28, 28): horizontal and vertical flow.
//
// conv1 3x3 to 6 maps -> ReLU -> max pooling 2x2 -> conv2 3x3 to 16 maps -> ReLU -> max pooling 2x2 -> 784 numbers -> dropout -> fc1 to
// 1024
// -> ReLU -> dropout -> fc.
#pragma once

#include "harness/train/network.h"

namespace mexbench::models {

struct OffApexNetOptions {
  std::int64_t num_classes = 3;
  double dropout = 0.5;
};

class OffApexNet final : public train::Network {
 public:
  explicit OffApexNet(const OffApexNetOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  double dropout_;
  torch::nn::Conv2d conv1_, conv2_;
  torch::nn::Linear fc1_, fc_;
};

}  // namespace mexbench::models
