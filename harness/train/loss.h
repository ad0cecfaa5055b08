// The losses of a recipe (recipe.h) as LibTorch computes them. Private to this room.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/train/recipe.h"

namespace mexbench::train {

class LossFunction {
 public:
  LossFunction() = default;
  LossFunction(const Loss& loss, const std::optional<std::vector<double>>& class_weights);

  // `scores`: (clips, classes) as the network gives them. `labels`: int64, one class per clip.
  [[nodiscard]] torch::Tensor of_labels(const torch::Tensor& scores, const torch::Tensor& labels) const;
  // `shares`: (clips, classes), rows that sum to 1.
  [[nodiscard]] torch::Tensor of_shares(const torch::Tensor& scores, const torch::Tensor& shares) const;

  // Why these scores are none that the loss can judge: a capsule margin wants lengths from 0 to 1, and would take logits for them.
  [[nodiscard]] std::optional<std::string> refuses(const torch::Tensor& scores) const;

 private:
  [[nodiscard]] torch::Tensor of_each_class(const torch::Tensor& scores) const;

  Loss loss_;
  torch::Tensor class_weights_;  // undefined: none
};

}  // namespace mexbench::train
