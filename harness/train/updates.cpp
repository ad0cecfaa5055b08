#include "harness/train/updates.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <cmath>
#include <utility>

namespace mexbench::train {
namespace {

struct RoundTwice {
  static float multiply_add(float a, float b, float c) { return a * b + c; }
};
struct RoundOnce {
  static float multiply_add(float a, float b, float c) { return std::fma(a, b, c); }
};

template <typename Rounding>
void update_numbers(const AdamFactors& factors, const AdamMemory& at, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i) {
    float gradient = at.gradient[i];
    if (factors.decay != 0.0F) gradient = Rounding::multiply_add(at.parameter[i], factors.decay, gradient);
    at.first[i] = Rounding::multiply_add(gradient, factors.rest1, at.first[i] * factors.beta1);
    at.second[i] = Rounding::multiply_add(factors.rest2 * gradient, gradient, at.second[i] * factors.beta2);
    at.parameter[i] += factors.step * at.first[i] / (std::sqrt(at.second[i]) / factors.correction + factors.eps);
  }
}

void update_plain(const AdamFactors& factors, const AdamMemory& at, std::int64_t count) {
  update_numbers<RoundTwice>(factors, at, 0, count);
}

#if defined(__x86_64__)
// Eight numbers at a time.
[[gnu::target("avx2,fma")]] void update_avx2(const AdamFactors& factors, const AdamMemory& at, std::int64_t count) {
  constexpr std::int64_t kLanes = 8;
  const __m256 decay = _mm256_set1_ps(factors.decay), step = _mm256_set1_ps(factors.step);
  const __m256 beta1 = _mm256_set1_ps(factors.beta1), rest1 = _mm256_set1_ps(factors.rest1);
  const __m256 beta2 = _mm256_set1_ps(factors.beta2), rest2 = _mm256_set1_ps(factors.rest2);
  const __m256 correction = _mm256_set1_ps(factors.correction), eps = _mm256_set1_ps(factors.eps);
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const __m256 parameter = _mm256_loadu_ps(at.parameter + i);
    __m256 gradient = _mm256_loadu_ps(at.gradient + i);
    if (factors.decay != 0.0F) gradient = _mm256_fmadd_ps(parameter, decay, gradient);
    const __m256 first = _mm256_fmadd_ps(gradient, rest1, _mm256_mul_ps(_mm256_loadu_ps(at.first + i), beta1));
    const __m256 second = _mm256_fmadd_ps(_mm256_mul_ps(rest2, gradient), gradient, _mm256_mul_ps(_mm256_loadu_ps(at.second + i), beta2));
    const __m256 size = _mm256_add_ps(_mm256_div_ps(_mm256_sqrt_ps(second), correction), eps);
    _mm256_storeu_ps(at.first + i, first);
    _mm256_storeu_ps(at.second + i, second);
    _mm256_storeu_ps(at.parameter + i, _mm256_add_ps(parameter, _mm256_div_ps(_mm256_mul_ps(step, first), size)));
  }
  update_numbers<RoundOnce>(factors, at, i, count);
}
#endif

float weighed(float number, float weight, float rest) { return number * weight + rest; }

}  // namespace

Rounding best_rounding() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Rounding::kOnce;
#endif
  return Rounding::kTwice;
}

AdamFactors adam_factors(const Optimizer& spec, double lr, std::int64_t step) {
  const auto steps = static_cast<double>(step);
  return {.decay = spec.kind == Optimizer::Kind::kAdam ? static_cast<float>(spec.weight_decay) : 0.0F,
          .beta1 = static_cast<float>(spec.beta1),
          .rest1 = static_cast<float>(1.0 - spec.beta1),
          .beta2 = static_cast<float>(spec.beta2),
          .rest2 = static_cast<float>(1.0 - spec.beta2),
          .correction = static_cast<float>(std::sqrt(1.0 - std::pow(spec.beta2, steps))),
          .eps = static_cast<float>(spec.eps),
          .step = static_cast<float>(-lr / (1.0 - std::pow(spec.beta1, steps)))};
}

void adam_step(const AdamFactors& factors, const AdamMemory& at, std::int64_t count, Rounding rounding) {
#if defined(__x86_64__)
  if (rounding == Rounding::kOnce) return update_avx2(factors, at, count);
#endif
  update_plain(factors, at, count);
}

Updates::Updates(const Optimizer& spec, std::vector<Updated> targets, Rounding rounding)
    : spec_(spec), targets_(std::move(targets)), moments_(targets_.size()), rounding_(rounding) {
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const std::size_t count = targets_[i].parameter.size();
    moments_[i].first.resize(count, 0.0F);
    if (spec_.kind != Optimizer::Kind::kSgd) moments_[i].second.resize(count, 0.0F);
    if (spec_.kind == Optimizer::Kind::kRmsProp) moments_[i].third.resize(count, 0.0F);
  }
}

void Updates::step(double lr) {
  ++steps_;
  const bool adam = spec_.kind == Optimizer::Kind::kAdam || spec_.kind == Optimizer::Kind::kAdamW;
  const AdamFactors factors = adam_factors(spec_, lr, steps_);
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Updated& target = targets_[i];
    Moments& moments = moments_[i];
    if (spec_.kind == Optimizer::Kind::kAdamW && spec_.weight_decay != 0.0) {
      const auto kept = static_cast<float>(1.0 - lr * spec_.weight_decay);
      for (float& number : target.parameter) number *= kept;
    }
    if (adam) {
      adam_step(factors,
                {.parameter = target.parameter.data(),
                 .gradient = target.gradient.data(),
                 .first = moments.first.data(),
                 .second = moments.second.data()},
                static_cast<std::int64_t>(target.parameter.size()), rounding_);
    } else if (spec_.kind == Optimizer::Kind::kSgd) {
      sgd(target, moments, static_cast<float>(lr));
    } else {
      rms_prop(target, moments, static_cast<float>(lr));
    }
  }
}

void Updates::sgd(const Updated& target, Moments& moments, float lr) const {
  const auto decay = static_cast<float>(spec_.weight_decay);
  const auto momentum = static_cast<float>(spec_.momentum);
  for (std::size_t i = 0; i < target.parameter.size(); ++i) {
    float change = weighed(target.parameter[i], decay, target.gradient[i]);
    if (momentum != 0.0F) {
      float& before = moments.first[i];
      before = steps_ == 1 ? change : weighed(before, momentum, change);
      change = spec_.nesterov ? weighed(before, momentum, change) : before;
    }
    target.parameter[i] -= lr * change;
  }
}

void Updates::rms_prop(const Updated& target, Moments& moments, float lr) const {
  const auto decay = static_cast<float>(spec_.weight_decay);
  const auto momentum = static_cast<float>(spec_.momentum);
  const auto alpha = static_cast<float>(spec_.alpha), rest = static_cast<float>(1.0 - spec_.alpha);
  const auto eps = static_cast<float>(spec_.eps);
  for (std::size_t i = 0; i < target.parameter.size(); ++i) {
    const float gradient = weighed(target.parameter[i], decay, target.gradient[i]);
    float& square = moments.first[i];
    square = weighed(square, alpha, rest * gradient * gradient);
    float deviation = square;
    if (spec_.centered) {
      float& mean = moments.second[i];
      mean = weighed(mean, alpha, rest * gradient);
      deviation -= mean * mean;
    }
    float change = gradient / (std::sqrt(deviation) + eps);
    if (momentum > 0.0F) change = moments.third[i] = weighed(moments.third[i], momentum, change);
    target.parameter[i] -= lr * change;
  }
}

void clip_gradient_norm(std::span<const Updated> targets, double most) {
  constexpr double kSmall = 1.0e-6;
  double squares = 0.0;
  for (const Updated& target : targets) {
    for (const float number : target.gradient) squares += static_cast<double>(number) * static_cast<double>(number);
  }
  const double factor = most / (std::sqrt(squares) + kSmall);
  if (factor >= 1.0) return;
  for (const Updated& target : targets) {
    for (float& number : target.gradient) number *= static_cast<float>(factor);
  }
}

}  // namespace mexbench::train
