// LibTorch's random numbers without LibTorch: what its CPU generator gives after torch::manual_seed, number by number, in builds without
// MKL (which draws Bernoulli numbers in another way). The generator is MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mexbench::engine {

struct TwisterState {
  static constexpr std::int64_t kWords = 624;
  alignas(64) std::array<std::uint32_t, kWords> words{};
  alignas(64) std::array<std::uint32_t, kWords> tempered{};  // what each of them gives
  std::int64_t next = kWords;                                // the first that was not drawn
};

class LibTorchRandom {
 public:
  explicit LibTorchRandom(std::uint64_t seed = 0) { this->seed(seed); }
  void seed(std::uint64_t seed);  // the low 32 bits count

  // tensor.uniform_(low, high)
  void uniform(std::span<float> out, double low, double high);
  // tensor.bernoulli_(p) as 1 and 0
  void bernoulli(std::span<std::uint8_t> out, double p);

 private:
  TwisterState state_;
};

}  // namespace mexbench::engine
