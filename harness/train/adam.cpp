#include "harness/train/adam.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "harness/train/environment.h"

namespace mexbench::train {
namespace {

// The numbers of one update, as float32 like LibTorch's kernels take them.
struct Factors {
  float decay = 0.0F;  // Adam's, added to the gradient; 0: none
  float beta1 = 0.0F, rest1 = 0.0F;
  float beta2 = 0.0F, rest2 = 0.0F;
  float correction = 1.0F;  // sqrt(1 - beta2^t)
  float eps = 0.0F;
  float step = 0.0F;  // -lr / (1 - beta1^t)
};

struct Memory {
  float* parameter;
  const float* gradient;
  float* first;
  float* second;
};

// A product and its sum, rounded once or twice. LibTorch's vector kernels round once where the processor can, its plain ones twice.
struct RoundTwice {
  static float multiply_add(float a, float b, float c) { return a * b + c; }
};
struct RoundOnce {
  static float multiply_add(float a, float b, float c) { return std::fma(a, b, c); }
};

template <typename Rounding>
void update_numbers(const Factors& factors, const Memory& at, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i) {
    float gradient = at.gradient[i];
    if (factors.decay != 0.0F) gradient = Rounding::multiply_add(at.parameter[i], factors.decay, gradient);
    at.first[i] = Rounding::multiply_add(gradient, factors.rest1, at.first[i] * factors.beta1);
    at.second[i] = Rounding::multiply_add(factors.rest2 * gradient, gradient, at.second[i] * factors.beta2);
    at.parameter[i] += factors.step * at.first[i] / (std::sqrt(at.second[i]) / factors.correction + factors.eps);
  }
}

void update_plain(const Factors& factors, const Memory& at, std::int64_t count) { update_numbers<RoundTwice>(factors, at, 0, count); }

#if defined(__x86_64__)
// Eight numbers at a time.
[[gnu::target("avx2,fma")]] void update_avx2(const Factors& factors, const Memory& at, std::int64_t count) {
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

using Update = void (*)(const Factors& factors, const Memory& at, std::int64_t count);

// As LibTorch's kernels round in this process.
Update update_like_libtorch() {
#if defined(__x86_64__)
  const bool vectors = environment().at("cpu_capability").get<std::string>().starts_with("AVX");
  if (vectors && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return update_avx2;
#endif
  return update_plain;
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
  const auto steps = static_cast<double>(moments.steps);
  const Factors factors{.decay = spec_.kind == train::Optimizer::Kind::kAdam ? static_cast<float>(spec_.weight_decay) : 0.0F,
                        .beta1 = static_cast<float>(spec_.beta1),
                        .rest1 = static_cast<float>(1.0 - spec_.beta1),
                        .beta2 = static_cast<float>(spec_.beta2),
                        .rest2 = static_cast<float>(1.0 - spec_.beta2),
                        .correction = static_cast<float>(std::sqrt(1.0 - std::pow(spec_.beta2, steps))),
                        .eps = static_cast<float>(spec_.eps),
                        .step = static_cast<float>(-lr / (1.0 - std::pow(spec_.beta1, steps)))};
  static const Update kUpdate = update_like_libtorch();
  kUpdate(factors,
          {.parameter = parameter.data_ptr<float>(),
           .gradient = gradient.data_ptr<float>(),
           .first = moments.first.data_ptr<float>(),
           .second = moments.second.data_ptr<float>()},
          parameter.numel());
}

}  // namespace mexbench::train
