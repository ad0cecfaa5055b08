// What the LibTorch learner trains: a module with one input and one output. Networks of models/ derive from it.
//
// forward() takes float32 (clips, channels, height, width) and gives logits (clips, classes): no softmax, since cross-entropy has it. It
// only reads its input, which may be the caller's memory.
// Dropout and batch norm follow is_training(). Parameters and submodules are registered under the names of the published code, in its
// construction order: the names are those of released weight files, and the order decides what a seeded generator yields.
#pragma once

#include <torch/torch.h>

#include <functional>

namespace mexbench::train {

class Network : public torch::nn::Module {
 public:
  using torch::nn::Module::Module;
  [[nodiscard]] virtual torch::Tensor forward(torch::Tensor input) = 0;

  // forward() in evaluation mode as a function of its own, for weights that change no more: what follows from them alone is worked out
  // once. It holds what it needs and reads nothing of the network later; it is called in inference mode, and only reads its input, which is
  // contiguous. Its scores differ from those of forward() by at most 1e-6 of the largest. Empty: the network has nothing to work out.
  using Frozen = std::function<torch::Tensor(const torch::Tensor& input)>;
  [[nodiscard]] virtual Frozen frozen() const { return {}; }

  // Whether some parameters begin with values of a file rather than random ones.
  [[nodiscard]] bool pretrained() const { return pretrained_; }
  void set_pretrained() { pretrained_ = true; }

 private:
  bool pretrained_ = false;
};

}  // namespace mexbench::train
