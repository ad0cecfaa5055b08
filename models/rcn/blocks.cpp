#include "models/rcn/blocks.h"

#include "models/requirements.h"

namespace mexbench::models::rcn {

namespace F = torch::nn::functional;

const Options& checked(const Options& options) {
  require_from("num_input", options.num_input, 1);
  require_from("featuremaps", options.featuremaps, 1);
  require_from("num_classes", options.num_classes, 1);
  constexpr std::int64_t kMostLayers = 256;
  require_between("num_layers", options.num_layers, 0, kMostLayers);
  require_from("pool_size", options.pool_size, 1);
  require_probability("dropout", options.dropout);
  return options;
}

const Options& checked_streams(const Options& options) {
  require(options.featuremaps % 4 == 0, fmt::format("featuremaps is {}, need a multiple of 4", options.featuremaps));
  return checked(options);
}

torch::nn::Sequential make_stem(const Options& options) {
  return torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(options.num_input, options.featuremaps, 5)),
                               torch::nn::BatchNorm2d(options.featuremaps), torch::nn::ReLU(), torch::nn::MaxPool2d(2),
                               torch::nn::Dropout(options.dropout));
}

torch::nn::Sequential make_stream(const Options& options, std::int64_t maps, std::int64_t dilation) {
  const auto convolution = torch::nn::Conv2dOptions(options.num_input, maps, 3).stride(3).padding(dilation).dilation(dilation);
  return torch::nn::Sequential(torch::nn::Conv2d(convolution), torch::nn::ReLU(), torch::nn::BatchNorm2d(maps),
                               torch::nn::Dropout(options.dropout));
}

torch::nn::Sequential make_unit(std::int64_t maps, std::int64_t kernel) {
  return torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(maps, maps, kernel).padding(kernel / 2)),
                               torch::nn::BatchNorm2d(maps), torch::nn::ReLU());
}

torch::Tensor pool_and_drop(const torch::Tensor& maps, double dropout, bool training) {
  return F::dropout(torch::max_pool2d(maps, /*kernel_size=*/2, /*stride=*/2), F::DropoutFuncOptions().p(dropout).training(training));
}

torch::Tensor apply_densely(torch::nn::Sequential& unit, const torch::Tensor& x, const torch::Tensor& y) {
  const torch::Tensor z = unit->forward(x + y);
  const torch::Tensor e = unit->forward(x + y + z);
  return unit->forward(x + y + z + e);
}

RecurrentBlock::RecurrentBlock(const Options& options)
    : dropout_(options.dropout), ffconv_(make_unit(options.featuremaps, 1)), rrconv_(make_unit(options.featuremaps, 3)) {
  register_module("ffconv", ffconv_);
  register_module("rrconv", rrconv_);
}

torch::Tensor RecurrentBlock::forward(const torch::Tensor& x) {
  const torch::Tensor f = ffconv_->forward(x);
  const torch::Tensor r = rrconv_->forward(x + f);
  return pool_and_drop(rrconv_->forward(x + r), dropout_, is_training());
}

torch::Tensor apply_blocks(torch::nn::Sequential& blocks, const torch::Tensor& x) { return blocks->is_empty() ? x : blocks->forward(x); }

torch::nn::Sequential make_recurrent_blocks(const Options& options) {
  torch::nn::Sequential blocks;
  for (std::int64_t block = 0; block < options.num_layers; ++block) blocks->push_back(std::make_shared<RecurrentBlock>(options));
  return blocks;
}

torch::nn::Linear make_head(const Options& options) {
  return torch::nn::Linear(options.featuremaps * options.pool_size * options.pool_size, options.num_classes);
}

torch::Tensor pool_to_grid(const torch::Tensor& maps, std::int64_t pool_size) {
  return torch::adaptive_avg_pool2d(maps, {pool_size, pool_size});
}

torch::Tensor attention_map(const torch::Tensor& features, const torch::nn::Linear& head, std::int64_t pool_size) {
  const torch::Tensor pooled = pool_to_grid(features, pool_size);
  std::vector<torch::Tensor> maps;
  for (const torch::Tensor& row : head->weight.unbind()) {
    const torch::Tensor evidence = (pooled * row.view({-1, pool_size, pool_size})).mean(/*dim=*/1, /*keepdim=*/true);
    const torch::Tensor shifted = evidence - evidence.amin({2, 3}, /*keepdim=*/true);
    maps.push_back(shifted / shifted.amax({2, 3}, /*keepdim=*/true));
  }
  return torch::cat(maps, /*dim=*/1).mean(/*dim=*/1, /*keepdim=*/true);
}

void initialise(torch::nn::Module& network) {
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (auto* const convolution = module->as<torch::nn::Conv2d>()) {
      torch::nn::init::kaiming_normal_(convolution->weight, /*a=*/0, torch::kFanOut, torch::kReLU);
    } else if (auto* const linear = module->as<torch::nn::Linear>()) {
      torch::nn::init::normal_(linear->weight, /*mean=*/0, /*std=*/0.01);
      torch::nn::init::zeros_(linear->bias);
    }
  }
}

}  // namespace mexbench::models::rcn
