#include "models/alexnet/alexnet.h"

namespace mexbench::models {
namespace {

torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t padding, std::int64_t stride = 1) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).padding(padding).stride(stride));
}

torch::nn::MaxPool2d pooling() { return torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(3).stride(2)); }

constexpr std::int64_t kGrid = 6;  // side of the maps that the classifier sees

}  // namespace

AlexNet::AlexNet(const AlexNetOptions& options)
    : features_(convolution(options.in_channels, 64, 11, /*padding=*/2, /*stride=*/4), torch::nn::ReLU(), pooling(),
                convolution(64, 192, 5, /*padding=*/2), torch::nn::ReLU(), pooling(),    //
                convolution(192, 384, 3, /*padding=*/1), torch::nn::ReLU(),              //
                convolution(384, 256, 3, /*padding=*/1), torch::nn::ReLU(),              //
                convolution(256, 256, 3, /*padding=*/1), torch::nn::ReLU(), pooling()),  //
      classifier_(torch::nn::Dropout(options.dropout), torch::nn::Linear(256 * kGrid * kGrid, options.units), torch::nn::ReLU(),
                  torch::nn::Dropout(options.dropout), torch::nn::Linear(options.units, options.units), torch::nn::ReLU(),
                  torch::nn::Linear(options.units, options.num_classes)) {
  register_module("features", features_);
  register_module("classifier", classifier_);
}

torch::Tensor AlexNet::forward(torch::Tensor input) {
  return classifier_->forward(torch::adaptive_avg_pool2d(features_->forward(input), {kGrid, kGrid}).flatten(1));
}

}  // namespace mexbench::models
