#include "harness/engine/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace mexbench::engine {

Loss::Loss(LossOptions options, std::int64_t classes)
    : classes_(classes), weights_(std::move(options.class_weights)), smoothing_(options.label_smoothing) {
  if (weights_.empty()) weights_.assign(static_cast<std::size_t>(classes), 1.0);
}

double Loss::target(const Targets& targets, std::int64_t clip, std::int64_t a_class) const {
  if (targets.shares.empty()) return targets.labels[static_cast<std::size_t>(clip)] == a_class ? 1.0 : 0.0;
  return static_cast<double>(targets.shares[static_cast<std::size_t>(clip * classes_ + a_class)]);
}

double Loss::of(const float* scores, std::int64_t clips, std::int64_t stride, const Targets& targets, float* gradient) const {
  double divisor = 0.0;
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    for (std::int64_t c = 0; c < classes_; ++c) divisor += target(targets, clip, c) * weights_[static_cast<std::size_t>(c)];
  }
  double loss = 0.0;
  std::vector<double> share(static_cast<std::size_t>(classes_));    // of each class in the numerator, weighted
  std::vector<double> shifted(static_cast<std::size_t>(classes_));  // scores less the largest
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    const float* const row = scores + clip * stride;
    const auto highest = static_cast<double>(*std::max_element(row, row + classes_));
    double sum = 0.0;
    double shares = 0.0;
    for (std::size_t c = 0; c < share.size(); ++c) {
      shifted[c] = static_cast<double>(row[c]) - highest;
      sum += std::exp(shifted[c]);
      const double smoothed =
          (1.0 - smoothing_) * target(targets, clip, static_cast<std::int64_t>(c)) + smoothing_ / static_cast<double>(classes_);
      share[c] = smoothed * weights_[c];
      shares += share[c];
    }
    const double log_sum = std::log(sum);
    for (std::size_t c = 0; c < share.size(); ++c) {
      if (share[c] != 0.0) loss -= share[c] * (shifted[c] - log_sum);
      const double p = std::exp(shifted[c]) / sum;
      gradient[clip * stride + static_cast<std::int64_t>(c)] = static_cast<float>((p * shares - share[c]) / divisor);
    }
  }
  return loss / divisor;
}

}  // namespace mexbench::engine
