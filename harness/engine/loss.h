// Cross-entropy of the scores of a batch, as LibTorch has it. Private to this room.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/engine/network.h"

namespace mexbench::engine {

class Loss {
 public:
  Loss(LossOptions options, std::int64_t classes);

  // With t the targets (1 for a clip's class, or its shares), w the class weights, e the smoothing and p the softmax of the scores:
  //   sum over i, c of ((1 - e) t(i, c) + e / classes) w(c) (-log p(i, c))  /  sum over i, c of t(i, c) w(c)
  // `gradient`: by the scores. Both have their clips `stride` numbers apart.
  [[nodiscard]] double of(const float* scores, std::int64_t clips, std::int64_t stride, const Targets& targets, float* gradient) const;

 private:
  [[nodiscard]] double target(const Targets& targets, std::int64_t clip, std::int64_t a_class) const;

  std::int64_t classes_;
  std::vector<double> weights_;
  double smoothing_;
};

}  // namespace mexbench::engine
