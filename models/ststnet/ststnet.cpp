#include "models/ststnet/ststnet.h"

#include <array>

#include "harness/train/bernoulli.h"
#include "models/requirements.h"

namespace mexbench::models {
namespace {

constexpr std::array<std::int64_t, 3> kStreams{3, 5, 8};  // maps of each
constexpr std::int64_t kMaps = 16;

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
      padding_(options.padding),
      conv1_(convolution(options, kStreams[0])),
      conv2_(convolution(options, kStreams[1])),
      conv3_(convolution(options, kStreams[2])),
      bn1_(kStreams[0]),
      bn2_(kStreams[1]),
      bn3_(kStreams[2]),
      fc_(kMaps * 5 * 5, options.out_channels),
      running_mean_(torch::zeros({kMaps})),
      running_var_(torch::ones({kMaps})) {
  register_module("conv1", conv1_);
  register_module("conv2", conv2_);
  register_module("conv3", conv3_);
  register_module("bn1", bn1_);
  register_module("bn2", bn2_);
  register_module("bn3", bn3_);
  register_module("fc", fc_);
  std::int64_t first = 0;
  for (torch::nn::BatchNorm2d* const norm : {&bn1_, &bn2_, &bn3_}) {
    const std::int64_t maps = (*norm)->options.num_features();
    (*norm)->running_mean.set_data(running_mean_.narrow(0, first, maps));
    (*norm)->running_var.set_data(running_var_.narrow(0, first, maps));
    first += maps;
  }
}

torch::Tensor Ststnet::normalise(const torch::Tensor& maps) {
  if (is_training()) {
    for (torch::nn::BatchNorm2d* const norm : {&bn1_, &bn2_, &bn3_}) (*norm)->num_batches_tracked += 1;
  }
  const torch::nn::BatchNorm2dOptions& options = bn1_->options;
  return torch::batch_norm(maps, torch::cat({bn1_->weight, bn2_->weight, bn3_->weight}), torch::cat({bn1_->bias, bn2_->bias, bn3_->bias}),
                           running_mean_, running_var_, is_training(), *options.momentum(), options.eps(), /*cudnn_enabled=*/false);
}

torch::Tensor Ststnet::drop(const torch::Tensor& pooled) const {
  if (!is_training() || dropout_ == 0.0) return pooled;
  const double kept = 1.0 - dropout_;
  torch::Tensor mask = torch::empty(pooled.sizes());
  std::int64_t first = 0;
  for (const std::int64_t maps : kStreams) {
    train::draw_bernoulli(mask.narrow(/*dim=*/1, first, maps), kept);
    first += maps;
  }
  return pooled * mask.div_(kept).contiguous(pooled.suggest_memory_format());
}

torch::Tensor Ststnet::forward(torch::Tensor input) {
  const torch::Tensor maps = torch::conv2d(input, torch::cat({conv1_->weight, conv2_->weight, conv3_->weight}),
                                           torch::cat({conv1_->bias, conv2_->bias, conv3_->bias}), /*stride=*/1, /*padding=*/padding_)
                                 .relu_();
  const torch::Tensor pooled = torch::max_pool2d(normalise(maps), /*kernel_size=*/3, /*stride=*/3, /*padding=*/1);
  return fc_->forward(torch::avg_pool2d(drop(pooled), /*kernel_size=*/2, /*stride=*/2).flatten(1));
}

}  // namespace mexbench::models
