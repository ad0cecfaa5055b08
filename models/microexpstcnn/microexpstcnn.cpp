#include "models/microexpstcnn/microexpstcnn.h"

#include "models/keras/initial_values.h"

namespace mexbench::models {
namespace {

namespace F = torch::nn::functional;

// Numbers that the convolution and the pooling leave of a volume.
std::int64_t features(const MicroExpStcnnOptions& options, std::int64_t side) {
  const std::int64_t depth = (options.frames - options.kernel_frames + 1) / 3;
  return options.filters * side * side * depth;
}

}  // namespace

MicroExpStcnn::MicroExpStcnn(const MicroExpStcnnOptions& options)
    : frames_(options.frames),
      side_((options.image_size - 2) / 3),
      dropout_(options.dropout),
      conv_(torch::nn::Conv3dOptions(1, options.filters, {3, 3, options.kernel_frames})),
      fc1_(features(options, side_), options.units),
      fc_(options.units, options.num_classes) {
  register_module("conv", conv_);
  register_module("fc1", fc1_);
  register_module("fc", fc_);
  keras::initialise(*this);
  // init='normal' of the released code.
  for (torch::nn::Linear* layer : {&fc1_, &fc_}) torch::nn::init::normal_((*layer)->weight, /*mean=*/0, /*std=*/0.05);
}

torch::Tensor MicroExpStcnn::forward(torch::Tensor input) {
  TORCH_CHECK(input.size(1) == frames_, "the network takes ", frames_, " frames, it is given ", input.size(1));
  const F::DropoutFuncOptions drop = F::DropoutFuncOptions().p(dropout_).training(is_training());
  const torch::Tensor volume = input.permute({0, 2, 3, 1}).unsqueeze(/*dim=*/1);
  const torch::Tensor maps = torch::max_pool3d(torch::relu(conv_->forward(volume)), /*kernel_size=*/3, /*stride=*/3);
  TORCH_CHECK(maps.size(2) == side_ && maps.size(3) == side_, "frames of ", input.size(2), "x", input.size(3), " are not of image_size");
  const torch::Tensor hidden = torch::relu(fc1_->forward(F::dropout(maps, drop).flatten(1)));
  return fc_->forward(F::dropout(hidden, drop));
}

}  // namespace mexbench::models
