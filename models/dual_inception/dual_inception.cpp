#include "models/dual_inception/dual_inception.h"

#include "models/keras/initial_values.h"

namespace mexbench::models {
namespace {

// Keeps height and width.
torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2));
}

torch::Tensor rectified(torch::nn::Conv2d& convolution, const torch::Tensor& maps) { return torch::relu(convolution->forward(maps)); }

}  // namespace

class DualInception::Block final : public torch::nn::Module {
 public:
  Block(std::int64_t in, std::int64_t filters)
      : one_(convolution(in, filters, 1)),
        to_three_(convolution(in, filters, 1)),
        three_(convolution(filters, filters, 3)),
        to_five_(convolution(in, filters, 1)),
        five_(convolution(filters, filters, 5)),
        pooled_(convolution(in, filters, 1)) {
    register_module("conv1", one_);
    register_module("conv3_reduce", to_three_);
    register_module("conv3", three_);
    register_module("conv5_reduce", to_five_);
    register_module("conv5", five_);
    register_module("pool_conv", pooled_);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps) {
    const torch::Tensor widest = torch::max_pool2d(maps, /*kernel_size=*/3, /*stride=*/1, /*padding=*/1);
    const torch::Tensor paths = torch::cat({rectified(one_, maps), rectified(three_, rectified(to_three_, maps)),
                                            rectified(five_, rectified(to_five_, maps)), rectified(pooled_, widest)},
                                           /*dim=*/1);
    return torch::max_pool2d(paths, /*kernel_size=*/2, /*stride=*/2);
  }

 private:
  torch::nn::Conv2d one_, to_three_, three_, to_five_, five_, pooled_;
};

class DualInception::Stream final : public torch::nn::Module {
 public:
  explicit Stream(const DualInceptionOptions& options)
      : first_(std::make_shared<Block>(options.stream_channels, options.filters[0])),
        second_(std::make_shared<Block>(4 * options.filters[0], options.filters[1])) {
    register_module("inception1", first_);
    register_module("inception2", second_);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps) { return second_->forward(first_->forward(maps)).flatten(1); }

 private:
  std::shared_ptr<Block> first_, second_;
};

DualInception::DualInception(const DualInceptionOptions& options)
    : stream_channels_(options.stream_channels),
      x_(std::make_shared<Stream>(options)),
      y_(std::make_shared<Stream>(options)),
      fc1_(options.filters[1] * 4 * 2 * 7 * 7, options.units),
      fc_(options.units, options.num_classes) {
  register_module("x", x_);
  register_module("y", y_);
  register_module("fc1", fc1_);
  register_module("fc", fc_);
  keras::initialise(*this);
}

torch::Tensor DualInception::forward(torch::Tensor input) {
  TORCH_CHECK(input.size(1) == 2 * stream_channels_, "two streams of ", stream_channels_, " channels are given ", input.size(1));
  const torch::Tensor x = x_->forward(input.narrow(/*dim=*/1, 0, stream_channels_));
  const torch::Tensor y = y_->forward(input.narrow(/*dim=*/1, stream_channels_, stream_channels_));
  return fc_->forward(torch::relu(fc1_->forward(torch::cat({x, y}, /*dim=*/1))));
}

}  // namespace mexbench::models
