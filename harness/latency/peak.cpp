#include "harness/latency/peak.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "harness/latency/sampler.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mexbench::latency {
namespace {

// More sums at once than two units of a latency of five clocks can have under way.
constexpr std::size_t kSums = 12;
constexpr std::int64_t kSteps = 4096;  // of each sum, between two readings of the clock
// Near 1 and 0: sums neither vanish nor grow.
constexpr float kFactor = 0.999999F;
constexpr float kTerm = 1e-6F;

struct Kernel {
  float (*run)() = nullptr;  // kSteps steps of kSums sums; a number that depends on all of them
  std::int64_t lanes = 1;
};

float plain_kernel() {
  constexpr std::size_t kLanes = 4;
  std::array<float, kSums * kLanes> sums{};
  for (std::int64_t step = 0; step < kSteps; ++step) {
    for (float& sum : sums) sum = sum * kFactor + kTerm;
  }
  float out = 0.0F;
  for (const float sum : sums) out += sum;
  return out;
}

#if defined(__x86_64__)
// Written out, so that every sum has a register of its own.
__attribute__((target("avx512f"))) float avx512_kernel() {
  const __m512 factor = _mm512_set1_ps(kFactor);
  const __m512 term = _mm512_set1_ps(kTerm);
  __m512 a = term, b = term, c = term, d = term, e = term, f = term, g = term, h = term, i = term, j = term, k = term, l = term;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    a = _mm512_fmadd_ps(a, factor, term);
    b = _mm512_fmadd_ps(b, factor, term);
    c = _mm512_fmadd_ps(c, factor, term);
    d = _mm512_fmadd_ps(d, factor, term);
    e = _mm512_fmadd_ps(e, factor, term);
    f = _mm512_fmadd_ps(f, factor, term);
    g = _mm512_fmadd_ps(g, factor, term);
    h = _mm512_fmadd_ps(h, factor, term);
    i = _mm512_fmadd_ps(i, factor, term);
    j = _mm512_fmadd_ps(j, factor, term);
    k = _mm512_fmadd_ps(k, factor, term);
    l = _mm512_fmadd_ps(l, factor, term);
  }
  const __m512 first = _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)), _mm512_add_ps(e, f));
  const __m512 second = _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(g, h), _mm512_add_ps(i, j)), _mm512_add_ps(k, l));
  std::array<float, 16> out{};
  _mm512_storeu_ps(out.data(), _mm512_add_ps(first, second));
  return out[0] + out[15];
}

__attribute__((target("avx2,fma"))) float avx2_kernel() {
  const __m256 factor = _mm256_set1_ps(kFactor);
  const __m256 term = _mm256_set1_ps(kTerm);
  __m256 a = term, b = term, c = term, d = term, e = term, f = term, g = term, h = term, i = term, j = term, k = term, l = term;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    a = _mm256_fmadd_ps(a, factor, term);
    b = _mm256_fmadd_ps(b, factor, term);
    c = _mm256_fmadd_ps(c, factor, term);
    d = _mm256_fmadd_ps(d, factor, term);
    e = _mm256_fmadd_ps(e, factor, term);
    f = _mm256_fmadd_ps(f, factor, term);
    g = _mm256_fmadd_ps(g, factor, term);
    h = _mm256_fmadd_ps(h, factor, term);
    i = _mm256_fmadd_ps(i, factor, term);
    j = _mm256_fmadd_ps(j, factor, term);
    k = _mm256_fmadd_ps(k, factor, term);
    l = _mm256_fmadd_ps(l, factor, term);
  }
  const __m256 first = _mm256_add_ps(_mm256_add_ps(_mm256_add_ps(a, b), _mm256_add_ps(c, d)), _mm256_add_ps(e, f));
  const __m256 second = _mm256_add_ps(_mm256_add_ps(_mm256_add_ps(g, h), _mm256_add_ps(i, j)), _mm256_add_ps(k, l));
  std::array<float, 8> out{};
  _mm256_storeu_ps(out.data(), _mm256_add_ps(first, second));
  return out[0] + out[7];
}
#endif

Kernel widest_kernel() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return {.run = avx512_kernel, .lanes = 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {.run = avx2_kernel, .lanes = 8};
#endif
  return {.run = plain_kernel, .lanes = 4};
}

// Operations a second of one thread over `ns` nanoseconds. `sink` keeps the compiler from dropping the work.
double rate(const Kernel& kernel, std::int64_t ns, std::atomic<float>& sink) {
  const std::int64_t begin = monotonic_ns();
  std::int64_t end = begin;
  std::int64_t calls = 0;
  float sum = 0.0F;
  do {
    sum += kernel.run();
    ++calls;
    end = monotonic_ns();
  } while (end - begin < ns);
  sink.store(sum, std::memory_order_relaxed);
  const auto operations = static_cast<double>(calls * kSteps * static_cast<std::int64_t>(kSums) * kernel.lanes * 2);
  return operations / static_cast<double>(end - begin) * 1e9;
}

}  // namespace

Peak measure_peak(std::int64_t threads, double seconds) {
  constexpr int kRounds = 4;
  const Kernel kernel = widest_kernel();
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  std::atomic<float> sink{0.0F};
  double best = 0.0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> rates(static_cast<std::size_t>(threads), 0.0);
    {
      std::vector<std::jthread> helpers;  // joined at the end of the block
      for (std::size_t thread = 1; thread < rates.size(); ++thread) {
        helpers.emplace_back([&, thread] { rates[thread] = rate(kernel, ns, sink); });
      }
      rates[0] = rate(kernel, ns, sink);
    }
    double sum = 0.0;
    for (const double one : rates) sum += one;
    best = std::max(best, sum);
  }
  return {.method = "fma", .threads = threads, .flops_per_second = best};
}

}  // namespace mexbench::latency
