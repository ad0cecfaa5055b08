#include "models/sssnet/sssnet.h"

#include "models/requirements.h"

namespace mexbench::models {

namespace F = torch::nn::functional;

namespace {

const SssNetOptions& checked(const SssNetOptions& options) {
  require_from("num_classes", options.num_classes, 1);
  for (const std::int64_t width : options.h_dims) require_from("an entry of h_dims", width, 1);
  require_probability("dropout", options.dropout);
  return options;
}

}  // namespace

SssNet::SssNet(const SssNetOptions& options)
    : dropout_(checked(options).dropout),
      softmax_(options.softmax),
      conv1_(torch::nn::Conv2dOptions(3, options.h_dims[0], 5)),
      bn1_(options.h_dims[0]),
      conv2_(torch::nn::Conv2dOptions(options.h_dims[0], options.h_dims[1], 3)),
      bn2_(options.h_dims[1]),
      fc1_(options.h_dims[1] * 9 * 9, options.h_dims[2]),
      fc_(options.h_dims[2], options.num_classes) {
  register_module("conv1", conv1_);
  register_module("bn1", bn1_);
  register_module("conv2", conv2_);
  register_module("bn2", bn2_);
  register_module("fc1", fc1_);
  register_module("fc", fc_);
}

torch::Tensor SssNet::stage(torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm, std::int64_t pooling,
                            const torch::Tensor& input) const {
  const torch::Tensor pooled = torch::max_pool2d(torch::relu(convolution->forward(input)), pooling, /*stride=*/pooling);
  return F::dropout2d(norm->forward(pooled), F::Dropout2dFuncOptions().p(dropout_).training(is_training()));
}

torch::Tensor SssNet::forward(torch::Tensor input) {
  const torch::Tensor maps = stage(conv2_, bn2_, /*pooling=*/2, stage(conv1_, bn1_, /*pooling=*/3, input));
  const torch::Tensor hidden = torch::relu(fc1_->forward(maps.flatten(1)));
  const torch::Tensor logits = fc_->forward(F::dropout(hidden, F::DropoutFuncOptions().p(dropout_).training(is_training())));
  return softmax_ ? torch::softmax(logits, /*dim=*/1) : logits;
}

}  // namespace mexbench::models
