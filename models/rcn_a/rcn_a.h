// RCN-A (Xia et al., IEEE Transactions on Image Processing 29, 2020, doi 10.1109/TIP.2020.3018222), as in the MEB toolbox.
//
// x = stem of the input; attention map of x; recurrent blocks on x, pooled to the head's grid, times the attention map; head.
#pragma once

#include "models/rcn/blocks.h"

namespace mexbench::models {

class RcnA final : public train::Network, public train::OtherNames {
 public:
  explicit RcnA(const rcn::Options& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;
  [[nodiscard]] std::vector<train::OtherName> other_names() const override { return rcn::head_called("classifier.", "fc."); }

 private:
  std::int64_t pool_size_;
  torch::nn::Sequential conv1_, rcls_;
  torch::nn::Linear fc_;
};

}  // namespace mexbench::models
