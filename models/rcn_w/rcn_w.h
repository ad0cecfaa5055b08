// RCN-W (Xia et al., IEEE Transactions on Image Processing 29, 2020, doi 10.1109/TIP.2020.3018222), as in the MEB toolbox.
//
// Three streams of dilation 1, 2 and 3 side by side, recurrent blocks, pooling to the head's grid, head.
#pragma once

#include "models/rcn/blocks.h"

namespace mexbench::models {

class RcnW final : public train::Network, public train::OtherNames {
 public:
  explicit RcnW(const rcn::Options& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;
  [[nodiscard]] std::vector<train::OtherName> other_names() const override { return rcn::head_called("classifier.", "fc."); }

 private:
  std::int64_t pool_size_;
  torch::nn::Sequential stream1_, stream2_, stream3_, rcls_;
  torch::nn::Linear fc_;
};

}  // namespace mexbench::models
