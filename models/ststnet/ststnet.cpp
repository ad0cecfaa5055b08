#include "models/ststnet/ststnet.h"

#include "models/requirements.h"

namespace mexbench::models {
namespace {

namespace F = torch::nn::functional;

const StstnetOptions& checked(const StstnetOptions& options) {
  require_from("in_channels", options.in_channels, 1);
  require_from("out_channels", options.out_channels, 1);
  require_probability("dropout", options.dropout);
  require_between("padding", options.padding, 1, 2);
  return options;
}

torch::nn::Conv2dOptions convolution(const StstnetOptions& options, std::int64_t maps) {
  return torch::nn::Conv2dOptions(options.in_channels, maps, 3).padding(options.padding);
}

}  // namespace

Ststnet::Ststnet(const StstnetOptions& options)
    : dropout_(checked(options).dropout),
      conv1_(convolution(options, 3)),
      conv2_(convolution(options, 5)),
      conv3_(convolution(options, 8)),
      bn1_(3),
      bn2_(5),
      bn3_(8),
      fc_(16 * 5 * 5, options.out_channels) {
  register_module("conv1", conv1_);
  register_module("conv2", conv2_);
  register_module("conv3", conv3_);
  register_module("bn1", bn1_);
  register_module("bn2", bn2_);
  register_module("bn3", bn3_);
  register_module("fc", fc_);
}

torch::Tensor Ststnet::stream(torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm, const torch::Tensor& input) const {
  const torch::Tensor maps = norm->forward(torch::relu(convolution->forward(input)));
  const torch::Tensor pooled = torch::max_pool2d(maps, /*kernel_size=*/3, /*stride=*/3, /*padding=*/1);
  return F::dropout(pooled, F::DropoutFuncOptions().p(dropout_).training(is_training()));
}

torch::Tensor Ststnet::forward(torch::Tensor input) {
  const torch::Tensor maps = torch::cat({stream(conv1_, bn1_, input), stream(conv2_, bn2_, input), stream(conv3_, bn3_, input)}, /*dim=*/1);
  return fc_->forward(torch::avg_pool2d(maps, /*kernel_size=*/2, /*stride=*/2).flatten(1));
}

}  // namespace mexbench::models
