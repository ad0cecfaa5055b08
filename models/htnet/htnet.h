// HTNet (Wang, Zhang, Luo, Sankaranarayana, Neurocomputing 602, 2024, arXiv 2307.14637), as the authors' released code computes it.
//
// The image is cut into patches, each a vector of numbers (row, column, colour; colour fastest), and projected to `dim` channels. Level l
// of L cuts the map into 2^(L-1-l) x 2^(L-1-l) blocks; a transformer works inside each. Between levels: 3x3 convolution to twice the
// channels, layer norm, max pooling to half the size. Head: layer norm, mean over positions, linear.
//
// Maps are kept as (clips, rows, columns, channels), so that the published 1x1 convolutions are matrix products.
#pragma once

#include <memory>
#include <vector>

#include "harness/train/network.h"

namespace mexbench::models {

struct HtNetOptions {
  std::int64_t image_size = 28;
  std::int64_t patch_size = 7;
  std::int64_t num_classes = 3;
  std::int64_t dim = 256;
  std::int64_t heads = 3;
  std::vector<std::int64_t> block_repeats = {2, 2, 10};  // one for each level
  std::int64_t mlp_mult = 4;
  std::int64_t channels = 3;
  double dropout = 0.0;
};

class HtNet final : public train::Network {
 public:
  explicit HtNet(const HtNetOptions& options);
  // Also takes images smaller than image_size, whose blocks then use the first of the position embeddings, as in the published code.
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  class LayerNorm;
  class Attention;
  class FeedForward;
  class Transformer;
  class Aggregate;
  struct Level {
    std::int64_t blocks = 1;  // a side
    std::shared_ptr<Transformer> transformer;
    std::shared_ptr<Aggregate> aggregate;  // none in the last level
  };

  [[nodiscard]] torch::Tensor to_patches(const torch::Tensor& images) const;

  std::int64_t patch_size_;
  torch::nn::Conv2d embedding_;
  std::vector<Level> levels_;
  std::shared_ptr<LayerNorm> norm_;
  torch::nn::Linear linear_{nullptr};
};

}  // namespace mexbench::models
