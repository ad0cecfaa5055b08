#include "models/capsulenet/capsulenet.h"

namespace mexbench::models {
namespace {

CapsuleNetHeadOptions behind(const resnet::Trunk& backbone, CapsuleNetHeadOptions head) {
  head.in_channels = backbone.out_channels();
  return head;
}

}  // namespace

CapsuleNet::CapsuleNet(const CapsuleNetOptions& options)
    : backbone_(std::make_shared<resnet::Trunk>(
          resnet::TrunkOptions{.in_channels = options.in_channels, .width = options.width, .stages = 3, .max_pool = false})),
      head_(std::make_shared<CapsuleNetHead>(behind(*backbone_, options.head))) {
  resnet::initialise(*backbone_);
  // The names of the released code: conv.model for the backbone, the head's layers beside it.
  auto holder = std::make_shared<torch::nn::Module>();
  holder->register_module("model", backbone_);
  register_module("conv", holder);
  for (const auto& layer : head_->named_children()) register_module(layer.key(), layer.value());
}

torch::Tensor CapsuleNet::forward(torch::Tensor input) { return head_->forward(backbone_->maps(input)); }

}  // namespace mexbench::models
