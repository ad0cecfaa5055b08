#include "models/rcn_s/rcn_s.h"

namespace mexbench::models {
namespace {

class DenseBlock final : public torch::nn::Module {
 public:
  explicit DenseBlock(const rcn::Options& options)
      : dropout_(options.dropout), conv1_(rcn::make_unit(options.featuremaps, 1)), conv2_(rcn::make_unit(options.featuremaps, 3)) {
    register_module("conv1", conv1_);
    register_module("conv2", conv2_);
    // Published state dictionaries have it; the published forward pass never calls it.
    register_module("conv3", rcn::make_unit(options.featuremaps, 3));
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) {
    return rcn::pool_and_drop(rcn::apply_densely(conv2_, x, conv1_->forward(x)), dropout_, is_training());
  }

 private:
  double dropout_;
  torch::nn::Sequential conv1_, conv2_;
};

torch::nn::Sequential make_dense_blocks(const rcn::Options& options) {
  torch::nn::Sequential blocks;
  for (std::int64_t block = 0; block < options.num_layers; ++block) blocks->push_back(std::make_shared<DenseBlock>(options));
  return blocks;
}

}  // namespace

RcnS::RcnS(const rcn::Options& options)
    : pool_size_(rcn::checked(options).pool_size),
      conv1_(rcn::make_stem(options)),
      dbl_(make_dense_blocks(options)),
      classifier_(rcn::make_head(options)) {
  register_module("conv1", conv1_);
  register_module("dbl", dbl_);
  register_module("classifier", classifier_);
  rcn::initialise(*this);
}

torch::Tensor RcnS::forward(torch::Tensor input) {
  const torch::Tensor maps = rcn::apply_blocks(dbl_, conv1_->forward(input));
  return classifier_->forward(rcn::pool_to_grid(maps, pool_size_).flatten(1));
}

}  // namespace mexbench::models
