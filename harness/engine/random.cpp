#include "harness/engine/random.h"

#include <cmath>

#include "harness/engine/kernels.h"

namespace mexbench::engine {

void LibTorchRandom::seed(std::uint64_t seed) {
  std::uint32_t word = static_cast<std::uint32_t>(seed);
  for (std::uint32_t i = 0; i < TwisterState::kWords; ++i) {
    if (i > 0) word = 1812433253U * (word ^ (word >> 30U)) + i;
    state_.words[i] = word;
  }
  state_.next = TwisterState::kWords;
}

void LibTorchRandom::uniform(std::span<float> out, double low, double high) {
  const auto from = static_cast<float>(low);
  const float range = static_cast<float>(high) - from;
  constexpr std::uint32_t kBits = (1U << 24U) - 1;
  for (float& number : out) {
    const auto share = static_cast<double>(kernels().next(state_) & kBits) * 0x1.0p-24;
    number = static_cast<float>(share * static_cast<double>(range) + static_cast<double>(from));
  }
}

void LibTorchRandom::bernoulli(std::span<std::uint8_t> out, double p) {
  const auto threshold = static_cast<std::uint64_t>(std::ceil(std::ldexp(p, 53)));
  kernels().draw(state_, threshold, out.data(), static_cast<std::int64_t>(out.size()));
}

}  // namespace mexbench::engine
