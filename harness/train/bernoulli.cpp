#include "harness/train/bernoulli.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mutex>

namespace mexbench::train {
namespace {

// Mersenne Twister MT19937 (Matsumoto, Nishimura, ACM TOMACS 8, 1998), going on where an engine of LibTorch stands. All words of a state
// are made at once, in loops whose lengths are multiples of a vector register's where they can be.
class Words {
 public:
  explicit Words(const at::mt19937& engine) : state_(engine.data()) { temper(); }

  // Writes 1 or 0 for each of `count` draws: 1 when the 53 low bits of two words are below `threshold`.
  void draw(std::uint64_t threshold, float* out, std::int64_t count) {
    while (count > 0) {
      const std::int64_t pairs = std::min<std::int64_t>(count, (state_.left_ - 1) / 2);
      const std::uint32_t* const word = tempered_.data() + state_.next_;
      for (std::int64_t i = 0; i < pairs; ++i) out[i] = below(threshold, word[2 * i], word[2 * i + 1]);
      state_.left_ -= static_cast<int>(2 * pairs);
      state_.next_ += static_cast<std::uint32_t>(2 * pairs);
      out += pairs;
      count -= pairs;
      if (count == 0) break;
      const std::uint32_t high = next();  // the last word of a state and the first of the next one, or the first two
      *out++ = below(threshold, high, next());
      --count;
    }
  }
  [[nodiscard]] at::mt19937 engine() const {
    at::mt19937 out;
    out.set_data(state_);
    return out;
  }

 private:
  static constexpr std::size_t kWords = at::MERSENNE_STATE_N;
  static constexpr std::size_t kShift = at::MERSENNE_STATE_M;

  // Without a branch, which would be guessed wrong every other time.
  static float below(std::uint64_t threshold, std::uint32_t high, std::uint32_t low) {
    constexpr std::uint32_t kHighBits = (1U << 21U) - 1;
    const auto high_limit = static_cast<std::uint32_t>(threshold >> 32U);
    const auto low_limit = static_cast<std::uint32_t>(threshold);
    const bool low_decides = (high & kHighBits) == high_limit;
    const bool one = ((high & kHighBits) < high_limit) | (low_decides & (low < low_limit));
    return std::bit_cast<float>(-static_cast<std::uint32_t>(one) & std::bit_cast<std::uint32_t>(1.0F));
  }
  std::uint32_t next() {
    if (--state_.left_ == 0) {
      renew();
      temper();
    }
    return tempered_[state_.next_++];
  }
  static std::uint32_t twist(std::uint32_t u, std::uint32_t v) {
    return (((u & at::UMASK) | (v & at::LMASK)) >> 1U) ^ (-(v & 1U) & static_cast<std::uint32_t>(at::MATRIX_A));
  }
  void renew() {
    auto& word = state_.state_;
    constexpr std::size_t kFirst = kWords - kShift;
    constexpr std::size_t kWhole = kFirst / 4 * 4;
    for (std::size_t i = 0; i < kWhole; ++i) word[i] = word[i + kShift] ^ twist(word[i], word[i + 1]);
    for (std::size_t i = kWhole; i < kFirst; ++i) word[i] = word[i + kShift] ^ twist(word[i], word[i + 1]);
    for (std::size_t i = kFirst; i < kWords - 1; ++i) word[i] = word[i - kFirst] ^ twist(word[i], word[i + 1]);
    word[kWords - 1] = word[kShift - 1] ^ twist(word[kWords - 1], word[0]);
    state_.left_ = static_cast<int>(kWords);
    state_.next_ = 0;
  }
  void temper() {
    for (std::size_t i = 0; i < kWords; ++i) {
      std::uint32_t y = state_.state_[i];
      y ^= y >> 11U;
      y ^= (y << 7U) & 0x9d2c5680U;
      y ^= (y << 15U) & 0xefc60000U;
      tempered_[i] = y ^ (y >> 18U);
    }
  }

  at::mt19937_data_pod state_;
  std::array<std::uint32_t, kWords> tempered_{};  // what each word of the state gives
};

}  // namespace

void draw_bernoulli(torch::Tensor tensor, double p) {
  if (tensor.numel() == 0) return;
  if (at::hasMKL() || !tensor.select(0, 0).is_contiguous()) {  // LibTorch draws otherwise with MKL
    tensor.bernoulli_(p);
    return;
  }
  const auto threshold = static_cast<std::uint64_t>(std::ceil(std::ldexp(p, 53)));
  const at::Generator& generator = at::detail::getDefaultCPUGenerator();
  auto* const source = at::check_generator<at::CPUGeneratorImpl>(generator);
  const std::lock_guard<std::mutex> lock(source->mutex_);
  Words words(source->engine());
  auto* const numbers = tensor.data_ptr<float>();
  const std::int64_t each = tensor.numel() / tensor.size(0);
  for (std::int64_t row = 0; row < tensor.size(0); ++row) words.draw(threshold, numbers + row * tensor.stride(0), each);
  source->set_engine(words.engine());
}

}  // namespace mexbench::train
