#include "models/rcn_f/rcn_f.h"

namespace mexbench::models {

RcnF::EmbeddingBlock::EmbeddingBlock(const rcn::Options& options)
    : dropout_(options.dropout), conv1_(rcn::make_unit(options.featuremaps, 1)), conv2_(rcn::make_unit(options.featuremaps, 3)) {
  register_module("conv1", conv1_);
  register_module("conv2", conv2_);
}

torch::Tensor RcnF::EmbeddingBlock::forward(const torch::Tensor& x, const torch::Tensor& attention) {
  const torch::Tensor enlarged = torch::upsample_nearest2d(attention, {x.size(2), x.size(3)});
  const torch::Tensor y = conv1_->forward(x) * enlarged;
  return rcn::pool_and_drop(rcn::apply_densely(conv2_, x, y), dropout_, is_training());
}

RcnF::RcnF(const rcn::Options& options, bool use_stream3)
    : pool_size_(rcn::checked_streams(options).pool_size),
      use_stream3_(use_stream3),
      stream1_(rcn::make_stream(options, options.featuremaps / 2, /*dilation=*/1)),
      stream2_(rcn::make_stream(options, options.featuremaps / 4, /*dilation=*/2)),
      stream3_(rcn::make_stream(options, options.featuremaps / 4, /*dilation=*/3)) {
  register_module("stream1", stream1_);
  register_module("stream2", stream2_);
  // Published state dictionaries have it; the published forward pass calls stream2 in its place.
  register_module("stream3", stream3_);
  ebl_ = register_module("ebl", std::make_shared<EmbeddingBlock>(options));
  classifier_ = register_module("classifier", rcn::make_head(options));
  rcn::initialise(*this);
}

torch::Tensor RcnF::forward(torch::Tensor input) {
  torch::nn::Sequential& third = use_stream3_ ? stream3_ : stream2_;
  const torch::Tensor x = torch::cat({stream1_->forward(input), stream2_->forward(input), third->forward(input)}, /*dim=*/1);
  const torch::Tensor maps = ebl_->forward(x, rcn::attention_map(x, classifier_, pool_size_));
  return classifier_->forward(rcn::pool_to_grid(maps, pool_size_).flatten(1));
}

}  // namespace mexbench::models
