// LibTorch as the oracle of the fused engine: the same description computed layer by layer, in float32 and in float64.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/engine/description.h"
#include "harness/engine/network.h"

namespace mexbench::parity {

// What dropout layers multiply with, in the order of the description, drawn as LibTorch's dropout and dropout2d draw; undefined for other
// layers and in evaluation.
using Masks = std::vector<torch::Tensor>;
[[nodiscard]] Masks draw_masks(const engine::Description& description, std::int64_t clips);

class Oracle {
 public:
  // Takes the numbers of the engine's network.
  Oracle(const engine::Description& description, const engine::Network& network, torch::ScalarType type);

  // Scores of (clips, channels, height, width). With masks: training mode; running statistics move.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& input, const Masks* masks);

  // In the order of the engine's parameters; with gradients after backward().
  [[nodiscard]] std::vector<torch::Tensor>& parameters() { return parameters_; }
  [[nodiscard]] const std::vector<torch::Tensor>& running() const { return running_; }  // mean and variance of each batch norm
  // How near the last forward() came to a decision that rounding may turn: the smallest distance, as a share of the layer's largest number,
  // between the two largest of a max-pooling window, or of ReLU's input to 0. Distances of exactly 0 to what ReLU cut off are none.
  [[nodiscard]] double closest() const { return closest_; }
  // Parameters, by position, that are biases directly before a batch norm: their gradient is 0 but for rounding.
  [[nodiscard]] const std::vector<bool>& without_effect() const { return without_effect_; }

 private:
  void watch(const torch::Tensor& distances, const torch::Tensor& numbers);

  std::vector<engine::Layer> layers_;
  std::vector<torch::Tensor> parameters_, running_;
  std::vector<std::int64_t> first_parameter_, first_running_;  // of each layer
  std::vector<bool> without_effect_;
  torch::ScalarType type_;
  double closest_ = 1.0;
};

// A description of 1 to 3 streams and 1 to 3 linear layers, for `classes` classes.
[[nodiscard]] engine::Description random_description(core::RandomStream& stream, std::int64_t classes);
[[nodiscard]] std::string text_of(const engine::Description& description);

// The networks of the papers, written down here once more.
[[nodiscard]] engine::Description ststnet(double dropout);
[[nodiscard]] engine::Description offapexnet(double dropout);
[[nodiscard]] engine::Description sssnet(double dropout);

}  // namespace mexbench::parity
