// The optimisers of a recipe (recipe.h) as arithmetic on numbers in memory: one pass over each parameter. Torch-free. With g the gradient,
// p the parameter, t the number of the step and all other numbers zero before the first one:
//
//   Adam (Kingma and Ba, ICLR 2015), AdamW (Loshchilov and Hutter, ICLR 2019)
//     Adam: g <- g + weight_decay p        AdamW: p <- p (1 - lr weight_decay)
//     m <- beta1 m + (1 - beta1) g
//     v <- beta2 v + (1 - beta2) g^2
//     p <- p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//   SGD
//     g <- g + weight_decay p;  m <- momentum m + g (m <- g first);  p <- p - lr (g + momentum m with nesterov, m with momentum, g without)
//   RMSprop
//     g <- g + weight_decay p;  v <- alpha v + (1 - alpha) g^2;  a <- alpha a + (1 - alpha) g;  d = sqrt(v - a^2 if centered) + eps
//     with momentum: m <- momentum m + g / d, p <- p - lr m;  without: p <- p - lr g / d
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/train/recipe.h"

namespace mexbench::train {

// A product and its sum, rounded once or twice. LibTorch's vector kernels round once where the processor can, its plain ones twice.
enum class Rounding { kOnce, kTwice };
// kOnce where the processor has fused products, AVX2 and FMA.
[[nodiscard]] Rounding best_rounding();

// The numbers of an Adam step, as float32 like LibTorch's kernels take them.
struct AdamFactors {
  float decay = 0.0F;  // Adam's, added to the gradient; 0: none
  float beta1 = 0.0F, rest1 = 0.0F;
  float beta2 = 0.0F, rest2 = 0.0F;
  float correction = 1.0F;  // sqrt(1 - beta2^t)
  float eps = 0.0F;
  float step = 0.0F;  // -lr / (1 - beta1^t)
};
[[nodiscard]] AdamFactors adam_factors(const Optimizer& spec, double lr, std::int64_t step);

// One step of `count` numbers, rounded where LibTorch rounds. kOnce needs a processor that has it.
struct AdamMemory {
  float* parameter;
  const float* gradient;
  float* first;
  float* second;
};
void adam_step(const AdamFactors& factors, const AdamMemory& at, std::int64_t count, Rounding rounding);

struct Updated {
  std::span<float> parameter;
  std::span<float> gradient;
};

class Updates {
 public:
  // What is updated outlives this.
  Updates(const Optimizer& spec, std::vector<Updated> targets, Rounding rounding = best_rounding());
  void step(double lr);

 private:
  struct Moments {
    std::vector<float> first, second, third;
  };
  void sgd(const Updated& target, Moments& moments, float lr) const;
  void rms_prop(const Updated& target, Moments& moments, float lr) const;

  Optimizer spec_;
  std::vector<Updated> targets_;
  std::vector<Moments> moments_;
  std::int64_t steps_ = 0;
  Rounding rounding_;
};

// Makes all gradients shorter by one factor where their common Euclidean norm is above `most` (Pascanu, Mikolov, Bengio, ICML 2013):
// most / (norm + 1e-6), as LibTorch does.
void clip_gradient_norm(std::span<const Updated> targets, double most);

}  // namespace mexbench::train
