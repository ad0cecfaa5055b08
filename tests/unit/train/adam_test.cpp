// One pass over the memory gives LibTorch's weights, bit by bit.
#include "harness/train/adam.h"

#include <gtest/gtest.h>

namespace mexbench::train {
namespace {

std::unique_ptr<torch::optim::Optimizer> libtorchs(const std::vector<torch::Tensor>& parameters, const Optimizer& spec) {
  if (spec.kind == Optimizer::Kind::kAdamW) {
    return std::make_unique<torch::optim::AdamW>(
        parameters, torch::optim::AdamWOptions(spec.lr).betas({spec.beta1, spec.beta2}).eps(spec.eps).weight_decay(spec.weight_decay));
  }
  return std::make_unique<torch::optim::Adam>(
      parameters, torch::optim::AdamOptions(spec.lr).betas({spec.beta1, spec.beta2}).eps(spec.eps).weight_decay(spec.weight_decay));
}

// Lengths around those of vector registers, and a convolution's weights in both orders.
std::vector<torch::Tensor> parameters() {
  torch::manual_seed(1);
  std::vector<torch::Tensor> out;
  for (const std::int64_t count : {1, 7, 8, 9, 31, 33, 1000, 40007}) out.push_back(torch::randn({count}));
  out.push_back(torch::randn({16, 3, 3, 3}));
  out.push_back(torch::randn({16, 3, 3, 3}).contiguous(at::MemoryFormat::ChannelsLast));
  for (torch::Tensor& parameter : out) parameter.set_requires_grad(true);
  return out;
}

void set_rate(torch::optim::Optimizer& optimizer, double lr) { optimizer.param_groups().front().options().set_lr(lr); }

TEST(Adam, WeightsAreThoseOfLibTorchBitByBit) {
  using Kind = Optimizer::Kind;
  for (const Optimizer& spec :
       {Optimizer{.kind = Kind::kAdam, .lr = 1e-3}, Optimizer{.kind = Kind::kAdam, .lr = 0.02, .weight_decay = 0.1},
        Optimizer{.kind = Kind::kAdamW, .lr = 1e-3}, Optimizer{.kind = Kind::kAdamW, .lr = 0.02, .weight_decay = 0.3},
        Optimizer{.kind = Kind::kAdam, .lr = 5e-5, .beta1 = 0.7, .beta2 = 0.95, .eps = 1e-3}}) {
    const std::vector<torch::Tensor> ours = parameters();
    const std::vector<torch::Tensor> theirs = parameters();
    ASSERT_TRUE(Adam::takes(ours));
    Adam adam(ours, spec);
    const auto reference = libtorchs(theirs, spec);
    for (int step = 0; step < 25; ++step) {
      for (torch::optim::Optimizer* const optimizer : {static_cast<torch::optim::Optimizer*>(&adam), reference.get()}) {
        set_rate(*optimizer, spec.lr / (1.0 + step));
      }
      for (std::size_t index = 0; index < ours.size(); ++index) {
        // Contiguous whatever the parameter, large and tiny, zero in places, and for some not defined in every step.
        torch::Tensor gradient = torch::randn(ours[index].sizes()) * (step % 2 == 0 ? 1e-6 : 30.0);
        gradient = gradient * (gradient > -0.5);
        const bool defined = index % 3 != 1 || step % 4 != 0;
        ours[index].mutable_grad() = defined ? gradient : torch::Tensor();
        theirs[index].mutable_grad() = defined ? gradient.clone() : torch::Tensor();
      }
      (void)adam.step();
      (void)reference->step();
    }
    for (std::size_t index = 0; index < ours.size(); ++index) {
      EXPECT_TRUE(torch::equal(ours[index], theirs[index]))
          << "parameter " << index << ": " << (ours[index] - theirs[index]).abs().max().item<double>();
    }
  }
}

TEST(Adam, TakesDenseFloatsOnly) {
  EXPECT_TRUE(Adam::takes({torch::zeros({2, 3}), torch::zeros({2, 3}).t()}));
  EXPECT_FALSE(Adam::takes({torch::zeros({2}), torch::zeros({2}, torch::kFloat64)}));
  EXPECT_FALSE(Adam::takes({torch::zeros({4, 4}).narrow(1, 0, 2)}));
}

}  // namespace
}  // namespace mexbench::train
