// RCN-S (Xia et al., IEEE Transactions on Image Processing 29, 2020, doi 10.1109/TIP.2020.3018222), as in the MEB toolbox.
//
// Stem, dense blocks, pooling to the head's grid, head. Dense block, input x: y = 1x1 unit of x, then one 3x3 unit three times, each on
// the sum of all before; pooling, dropout.
#pragma once

#include "models/rcn/blocks.h"

namespace mexbench::models {

class RcnS final : public train::Network, public train::OtherNames {
 public:
  explicit RcnS(const rcn::Options& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;
  [[nodiscard]] std::vector<train::OtherName> other_names() const override { return rcn::head_called("fc.", "classifier."); }

 private:
  std::int64_t pool_size_;
  torch::nn::Sequential conv1_, dbl_;
  torch::nn::Linear classifier_;
};

}  // namespace mexbench::models
