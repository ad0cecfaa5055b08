#include "models/rcn_a/rcn_a.h"

namespace mexbench::models {

RcnA::RcnA(const rcn::Options& options)
    : pool_size_(rcn::checked(options).pool_size),
      conv1_(rcn::make_stem(options)),
      rcls_(rcn::make_recurrent_blocks(options)),
      fc_(rcn::make_head(options)) {
  register_module("conv1", conv1_);
  register_module("rcls", rcls_);
  register_module("fc", fc_);
  rcn::initialise(*this);
}

torch::Tensor RcnA::forward(torch::Tensor input) {
  const torch::Tensor x = conv1_->forward(input);
  const torch::Tensor attention = rcn::attention_map(x, fc_, pool_size_);
  const torch::Tensor pooled = rcn::pool_to_grid(rcn::apply_blocks(rcls_, x), pool_size_);
  return fc_->forward((pooled * attention).flatten(1));
}

}  // namespace mexbench::models
