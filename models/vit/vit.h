// Vision transformer (Dosovitskiy et al., ICLR 2021, arXiv 2010.11929, equations 1 to 4), under the names of torchvision 0.12.
//
// The image is cut into patches, each projected to a token of `dim` numbers. A learned class token goes first, learned positions are
// added. Each layer: tokens += attention(norm(tokens)); tokens += linear(GELU(linear(norm(tokens)))). The class token, normalised, goes
// through a linear layer to the classes.
#pragma once

#include <memory>

#include "harness/train/network.h"

namespace mexbench::models {

struct VitOptions {
  std::int64_t num_classes = 3;
  std::int64_t in_channels = 3;
  std::int64_t image_size = 28;
  std::int64_t patch_size = 4;
  std::int64_t dim = 128;
  std::int64_t depth = 2;
  std::int64_t heads = 2;
  std::int64_t mlp = 128;  // units of the feed-forward part
  double dropout = 0.1;
};

class Vit final : public train::Network {
 public:
  explicit Vit(const VitOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  class Attention;
  class Layer;
  class Encoder;

  std::int64_t image_size_;
  torch::Tensor class_token_;
  torch::nn::Conv2d patches_;
  std::shared_ptr<Encoder> encoder_;
  torch::nn::Linear head_;
};

}  // namespace mexbench::models
