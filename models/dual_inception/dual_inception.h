// Dual-Inception (Zhou, Mao, Xue, FG 2019, doi 10.1109/FG.2019.8756579), as the authors' released Keras code computes it. Input
// (clips, 2 * stream_channels, 28, 28): the channels of the horizontal flow, then those of the vertical flow.
//
// Each stream: two Inception blocks (Szegedy et al., Going deeper with convolutions, CVPR 2015, figure 2b), each of four paths side by
// side (1x1; 1x1 -> 3x3; 1x1 -> 5x5; max pooling 3x3 of stride 1 -> 1x1; ReLU after every convolution) and followed by max pooling 2x2.
// Both streams' 7x7 maps side by side -> hidden layer -> ReLU -> classes. There is no dropout and no batch norm.
#pragma once

#include <array>
#include <memory>

#include "harness/train/network.h"

namespace mexbench::models {

struct DualInceptionOptions {
  std::int64_t num_classes = 3;
  std::int64_t stream_channels = 1;
  std::array<std::int64_t, 2> filters = {6, 16};
  std::int64_t units = 1024;
};

class DualInception final : public train::Network {
 public:
  explicit DualInception(const DualInceptionOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  class Block;
  class Stream;

  std::int64_t stream_channels_;
  std::shared_ptr<Stream> x_, y_;
  torch::nn::Linear fc1_, fc_;
};

}  // namespace mexbench::models
