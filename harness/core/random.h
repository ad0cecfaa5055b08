// Random streams that are values: no global state, the same integers and uniform numbers on every machine. normal(),
// exponential(), gamma() and symmetric_beta() go through the C library's logarithm, exponential and cosine, whose last digits may differ
// between systems.
//
// A stream is named by what it is for: derive(seed, fold, "shuffle") is independent of how many folds ran before and on which
// worker. The generator is xoshiro256++ (Blackman and Vigna, ACM TOMS 47(4), 2021), its state filled by SplitMix64.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "harness/core/ids.h"

namespace mexbench::core {

// First eight bytes, big-endian, of SHA-256 over (seed, fold, purpose), each with its length.
[[nodiscard]] std::uint64_t derive_seed(Seed seed, const FoldId& fold, std::string_view purpose);

class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed);
  static RandomStream derive(Seed seed, const FoldId& fold, std::string_view purpose) {
    return RandomStream(derive_seed(seed, fold, purpose));
  }

  [[nodiscard]] std::uint64_t next() {
    const std::uint64_t result = rotate_left(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }
  // Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Uniform integer in [0, bound), unbiased; bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  // Standard normal (Box and Muller 1958; one value per call, the second is dropped).
  [[nodiscard]] double normal();
  // Exponential with mean 1, which is Gamma(1): the logarithm of a uniform number.
  [[nodiscard]] double exponential() { return -std::log(1.0 - uniform()); }
  // Gamma(shape) with scale 1, shape > 0 (Marsaglia and Tsang, ACM TOMS 26(3), 2000). Below shape 0.01 some underflow to 0.
  [[nodiscard]] double gamma(double shape) { return std::exp(log_gamma_variate(shape)); }
  // Beta(a, a), a > 0, from two such gamma variates whose logarithms are compared, so that small `a` do not underflow.
  [[nodiscard]] double symmetric_beta(double a);

  // Fisher and Yates, last element first.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  static constexpr std::uint64_t rotate_left(std::uint64_t x, unsigned k) { return (x << k) | (x >> (64U - k)); }
  [[nodiscard]] double log_gamma_variate(double shape);

  std::array<std::uint64_t, 4> state_{};
};

// RandomStream::below() for many draws with one bound: the same integers, with a product in place of its two divisions.
class Below {
 public:
  // `bound` is in [1, 2^63].
  explicit Below(std::uint64_t bound) : bound_(bound), rejected_((0 - bound) % bound), inverse_(~std::uint64_t{0} / bound) {}

  [[nodiscard]] std::uint64_t operator()(RandomStream& stream) const {
    std::uint64_t value = stream.next();
    while (value < rejected_) value = stream.next();
    // The product with floor((2^64 - 1) / bound) is below value / bound by less than one: the quotient is right or one too small.
    const std::uint64_t quotient = high_half(value, inverse_);
    const std::uint64_t rest = value - quotient * bound_;
    return rest < bound_ ? rest : rest - bound_;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static std::uint64_t high_half(std::uint64_t a, std::uint64_t b) { return static_cast<std::uint64_t>((static_cast<Wide>(a) * b) >> 64U); }

  std::uint64_t bound_, rejected_, inverse_;
};

}  // namespace mexbench::core
