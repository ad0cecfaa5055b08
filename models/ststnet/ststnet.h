// STSTNet (Liong, Gan, See, Khor, Huang, FG 2019, doi 10.1109/FG.2019.8756567), as the authors' released code computes it.
//
// Three streams of 3, 5 and 8 maps read the same (clips, in_channels, 28, 28). Each: convolution 3x3 with `padding` -> ReLU -> batch norm
// -> max pooling 3x3, stride 3, padding 1 -> dropout. Together (16, 10, 10) -> average pooling 2x2 -> 400 numbers -> linear.
//
// The streams are computed side by side, as one layer of 16 maps: their parameters, which keep the names and shapes of the release, are
// joined in each forward pass, and the running statistics of the three batch norms lie one behind the other. Every number is the result of
// the same operations as in three streams, summed in another order at most. Dropout masks are drawn stream by stream, as the release does.
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

  // Batch norm, average pooling and the linear layer as one product; models/ststnet/frozen.cpp has the derivation.
  [[nodiscard]] Frozen frozen() const override;

 private:
  [[nodiscard]] torch::Tensor normalise(const torch::Tensor& maps);
  [[nodiscard]] torch::Tensor drop(const torch::Tensor& pooled) const;

  double dropout_;
  std::int64_t padding_;
  // In the published construction order.
  torch::nn::Conv2d conv1_, conv2_, conv3_;
  torch::nn::BatchNorm2d bn1_, bn2_, bn3_;
  torch::nn::Linear fc_;
  // Of all 16 maps; those of bn1_ to bn3_ are parts of these.
  torch::Tensor running_mean_, running_var_;
};

}  // namespace mexbench::models
