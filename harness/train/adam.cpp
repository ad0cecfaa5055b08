#include "harness/train/adam.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/train/environment.h"
#include "harness/train/updates.h"

namespace mexbench::train {
namespace {

// As LibTorch's kernels round in this process.
Rounding rounding_like_libtorch() {
  const bool vectors = environment().at("cpu_capability").get<std::string>().starts_with("AVX");
  return vectors ? best_rounding() : Rounding::kTwice;
}

}  // namespace

bool Adam::takes(const std::vector<torch::Tensor>& parameters) {
  return std::all_of(parameters.begin(), parameters.end(), [](const torch::Tensor& parameter) {
    return parameter.scalar_type() == torch::kFloat32 && parameter.is_non_overlapping_and_dense();
  });
}

Adam::Adam(std::vector<torch::Tensor> parameters, const train::Optimizer& spec)
    : torch::optim::Optimizer(std::move(parameters), std::make_unique<torch::optim::AdamOptions>(spec.lr)),
      spec_(spec),
      moments_(param_groups().front().params().size()) {}

torch::Tensor Adam::step(LossClosure closure) {
  torch::Tensor loss;
  if (closure) {
    const at::AutoGradMode gradients(true);
    loss = closure();
  }
  const torch::NoGradGuard no_gradients;
  torch::optim::OptimizerParamGroup& group = param_groups().front();
  const double lr = group.options().get_lr();
  for (std::size_t index = 0; index < moments_.size(); ++index) update(group.params()[index], moments_[index], lr);
  return loss;
}

void Adam::update(torch::Tensor& parameter, Moments& moments, double lr) const {
  torch::Tensor gradient = parameter.grad();
  if (!gradient.defined()) return;
  TORCH_CHECK(!gradient.is_sparse(), "Adam does not take sparse gradients");
  if (!moments.first.defined()) {
    moments.first = torch::zeros_like(parameter);
    moments.second = torch::zeros_like(parameter);
  }
  if (gradient.strides() != parameter.strides()) gradient = torch::empty_like(parameter).copy_(gradient);
  if (spec_.kind == train::Optimizer::Kind::kAdamW && spec_.weight_decay != 0.0) parameter.mul_(1.0 - lr * spec_.weight_decay);
  ++moments.steps;
  static const Rounding kRounding = rounding_like_libtorch();
  adam_step(adam_factors(spec_, lr, moments.steps),
            {.parameter = parameter.data_ptr<float>(),
             .gradient = gradient.data_ptr<float>(),
             .first = moments.first.data_ptr<float>(),
             .second = moments.second.data_ptr<float>()},
            parameter.numel(), kRounding);
}

}  // namespace mexbench::train
