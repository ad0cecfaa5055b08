#include "harness/core/random.h"

#include <fmt/format.h>

#include <numbers>

#include "harness/core/sha256.h"

namespace mexbench::core {
namespace {

std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

}  // namespace

std::uint64_t derive_seed(Seed seed, const FoldId& fold, std::string_view purpose) {
  const auto digest = Sha256().field(fmt::format("{}", seed.value)).field(fold.text()).field(purpose).digest();
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = (out << 8U) | digest.at(i);
  return out;
}

RandomStream::RandomStream(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  const std::uint64_t rejected = (0 - bound) % bound;  // 2^64 mod bound values would be over-represented
  std::uint64_t value = next();
  while (value < rejected) value = next();
  return value % bound;
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double RandomStream::log_gamma_variate(double shape) {
  if (shape < 1.0) {
    const double log_uniform = std::log(1.0 - uniform());
    return log_gamma_variate(shape + 1.0) + log_uniform / shape;
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal();
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double log_v = 3.0 * std::log(root);
    if (std::log(1.0 - uniform()) < 0.5 * x * x + d - d * std::exp(log_v) + d * log_v) return std::log(d) + log_v;
  }
}

double RandomStream::symmetric_beta(double a) {
  const double first = log_gamma_variate(a);
  const double second = log_gamma_variate(a);
  return 1.0 / (1.0 + std::exp(second - first));
}

}  // namespace mexbench::core
