// RCN-F (Xia et al., IEEE Transactions on Image Processing 29, 2020, doi 10.1109/TIP.2020.3018222), as the authors' released code
// computes it.
//
// Streams of dilation 1, 2 and again 2 (3 with use_stream3) side by side, the embedding block, pooling to the head's grid, head.
// Embedding block, input x:
// y = 1x1 unit of x, times the attention map of x; then one 3x3 unit three times, each on the sum of all before; pooling, dropout.
#pragma once

#include <memory>

#include "models/rcn/blocks.h"

namespace mexbench::models {

class RcnF final : public train::Network, public train::OtherNames {
 public:
  explicit RcnF(const rcn::Options& options, bool use_stream3 = false);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;
  [[nodiscard]] std::vector<train::OtherName> other_names() const override { return rcn::head_called("fc.", "classifier."); }

 private:
  class EmbeddingBlock final : public torch::nn::Module {
   public:
    explicit EmbeddingBlock(const rcn::Options& options);
    // `attention` is enlarged to the size of x by nearest neighbour.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& attention);

   private:
    double dropout_;
    torch::nn::Sequential conv1_, conv2_;
  };

  std::int64_t pool_size_;
  bool use_stream3_;
  torch::nn::Sequential stream1_, stream2_, stream3_;
  std::shared_ptr<EmbeddingBlock> ebl_;
  torch::nn::Linear classifier_{nullptr};
};

}  // namespace mexbench::models
