// Adam (Kingma and Ba, ICLR 2015) and AdamW (Loshchilov and Hutter, ICLR 2019) in one pass over the memory, where LibTorch's own take ten:
// a step of a large network waits for memory, not for arithmetic. Private to this room.
// The arithmetic is that of updates.h, so that the weights are those of torch::optim::Adam and AdamW bit by bit.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "harness/train/recipe.h"

namespace mexbench::train {

class Adam final : public torch::optim::Optimizer {
 public:
  // Whether all are float32 and each dense in memory, in whatever order of dimensions. LibTorch's optimisers are for others.
  [[nodiscard]] static bool takes(const std::vector<torch::Tensor>& parameters);

  // `spec` is of kind kAdam or kAdamW. Precondition: takes(parameters).
  Adam(std::vector<torch::Tensor> parameters, const train::Optimizer& spec);

  // A parameter whose gradient is undefined stays as it is. The learning rate is that of the parameter group.
  torch::Tensor step(LossClosure closure = nullptr) override;

 private:
  struct Moments {
    torch::Tensor first, second;  // undefined before the first gradient
    std::int64_t steps = 0;
  };
  void update(torch::Tensor& parameter, Moments& moments, double lr) const;

  train::Optimizer spec_;
  std::vector<Moments> moments_;  // one for each parameter
};

}  // namespace mexbench::train
