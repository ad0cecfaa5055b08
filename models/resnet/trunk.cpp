#include "models/resnet/trunk.h"

#include <string>

namespace mexbench::models::resnet {
namespace {

torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(false));
}

}  // namespace

BasicBlock::BasicBlock(std::int64_t in, std::int64_t out, std::int64_t stride)
    : conv1_(convolution(in, out, 3, stride)), bn1_(out), conv2_(convolution(out, out, 3, /*stride=*/1)), bn2_(out) {
  register_module("conv1", conv1_);
  register_module("bn1", bn1_);
  register_module("conv2", conv2_);
  register_module("bn2", bn2_);
  if (stride != 1 || in != out) {
    downsample_ = torch::nn::Sequential(convolution(in, out, 1, stride), torch::nn::BatchNorm2d(out));
    register_module("downsample", downsample_);
  }
}

torch::Tensor BasicBlock::forward(const torch::Tensor& maps) {
  const torch::Tensor inner = torch::relu(bn1_->forward(conv1_->forward(maps)));
  const torch::Tensor around = downsample_.is_empty() ? maps : downsample_->forward(maps);
  return torch::relu(bn2_->forward(conv2_->forward(inner)) + around);
}

Trunk::Trunk(const TrunkOptions& options)
    : max_pool_(options.max_pool),
      out_channels_(options.width),
      conv1_(convolution(options.in_channels, options.width, 7, /*stride=*/2)),
      bn1_(options.width) {
  register_module("conv1", conv1_);
  register_module("bn1", bn1_);
  for (std::int64_t stage = 0; stage < options.stages; ++stage) {
    const std::int64_t in = out_channels_;
    if (stage > 0) out_channels_ *= 2;
    stages_.emplace_back(std::make_shared<BasicBlock>(in, out_channels_, /*stride=*/stage == 0 ? 1 : 2),
                         std::make_shared<BasicBlock>(out_channels_, out_channels_, /*stride=*/1));
    register_module("layer" + std::to_string(stage + 1), stages_.back());
  }
}

torch::Tensor Trunk::maps(const torch::Tensor& images) {
  torch::Tensor maps = torch::relu(bn1_->forward(conv1_->forward(images)));
  if (max_pool_) maps = torch::max_pool2d(maps, /*kernel_size=*/3, /*stride=*/2, /*padding=*/1);
  for (torch::nn::Sequential& stage : stages_) maps = stage->forward(maps);
  return maps;
}

void initialise(torch::nn::Module& network) {
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (auto* const convolution = module->as<torch::nn::Conv2d>()) {
      torch::nn::init::kaiming_normal_(convolution->weight, /*a=*/0, torch::kFanOut, torch::kReLU);
    }
  }
}

}  // namespace mexbench::models::resnet
