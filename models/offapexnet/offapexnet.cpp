#include "models/offapexnet/offapexnet.h"

#include "models/requirements.h"

namespace mexbench::models {
namespace {

namespace F = torch::nn::functional;

const OffApexNetOptions& checked(const OffApexNetOptions& options) {
  require_from("num_classes", options.num_classes, 1);
  require_probability("dropout", options.dropout);
  return options;
}

torch::Tensor pool(const torch::Tensor& maps) { return torch::max_pool2d(torch::relu(maps), /*kernel_size=*/2, /*stride=*/2); }

}  // namespace

OffApexNet::OffApexNet(const OffApexNetOptions& options)
    : dropout_(checked(options).dropout),
      conv1_(torch::nn::Conv2dOptions(2, 6, 3).padding(1)),
      conv2_(torch::nn::Conv2dOptions(6, 16, 3).padding(1)),
      fc1_(16 * 7 * 7, 1024),
      fc_(1024, options.num_classes) {
  register_module("conv1", conv1_);
  register_module("conv2", conv2_);
  register_module("fc1", fc1_);
  register_module("fc", fc_);
}

torch::Tensor OffApexNet::forward(torch::Tensor input) {
  const F::DropoutFuncOptions drop = F::DropoutFuncOptions().p(dropout_).training(is_training());
  const torch::Tensor flat = pool(conv2_->forward(pool(conv1_->forward(input)))).flatten(1);
  const torch::Tensor hidden = torch::relu(fc1_->forward(F::dropout(flat, drop)));
  return fc_->forward(F::dropout(hidden, drop));
}

}  // namespace mexbench::models
