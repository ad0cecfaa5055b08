#include "models/rcn_w/rcn_w.h"

namespace mexbench::models {

RcnW::RcnW(const rcn::Options& options)
    : pool_size_(rcn::checked_streams(options).pool_size),
      stream1_(rcn::make_stream(options, options.featuremaps / 2, /*dilation=*/1)),
      stream2_(rcn::make_stream(options, options.featuremaps / 4, /*dilation=*/2)),
      stream3_(rcn::make_stream(options, options.featuremaps / 4, /*dilation=*/3)),
      rcls_(rcn::make_recurrent_blocks(options)),
      fc_(rcn::make_head(options)) {
  register_module("stream1", stream1_);
  register_module("stream2", stream2_);
  register_module("stream3", stream3_);
  register_module("rcls", rcls_);
  register_module("fc", fc_);
  rcn::initialise(*this);
}

torch::Tensor RcnW::forward(torch::Tensor input) {
  const torch::Tensor maps = torch::cat({stream1_->forward(input), stream2_->forward(input), stream3_->forward(input)}, /*dim=*/1);
  return fc_->forward(rcn::pool_to_grid(rcn::apply_blocks(rcls_, maps), pool_size_).flatten(1));
}

}  // namespace mexbench::models
