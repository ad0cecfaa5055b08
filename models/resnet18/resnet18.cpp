#include "models/resnet18/resnet18.h"

#include <algorithm>

namespace mexbench::models {

ResNet18::ResNet18(const ResNet18Options& options)
    : one_position_(options.max_pool ? 32 : 16),
      trunk_(std::make_shared<resnet::Trunk>(
          resnet::TrunkOptions{.in_channels = options.in_channels, .width = options.width, .stages = 4, .max_pool = options.max_pool})),
      fc_(trunk_->out_channels(), options.num_classes) {
  // The trunk's layers under their own names, as in torchvision.
  for (const auto& layer : trunk_->named_children()) register_module(layer.key(), layer.value());
  register_module("fc", fc_);
  resnet::initialise(*this);
}

torch::Tensor ResNet18::forward(torch::Tensor input) {
  TORCH_CHECK(!is_training() || input.size(0) > 1 || std::max(input.size(2), input.size(3)) > one_position_,
              "batch norm can't be trained on a single clip whose last maps are 1x1 (images up to ", one_position_,
              " pixels): choose a batch size that leaves no clip alone, or max_pool: false for images over 16 pixels");
  return fc_->forward(trunk_->maps(input).mean({2, 3}));
}

}  // namespace mexbench::models
