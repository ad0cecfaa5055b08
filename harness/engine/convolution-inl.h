// Convolutions and their weights' gradients, compiled once for each instruction set (kernels.cpp includes it several times).
//
// A number of the planes is loaded once into all lanes and multiplied with the weights of every tap that it meets, or with the gradients of
// every pixel that it lies under: a row of K taps over P pixels costs P + K - 1 loads for P K products. Sums stay in registers.
#if defined(MEXBENCH_ENGINE_CONVOLUTION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef MEXBENCH_ENGINE_CONVOLUTION_INL_H
#undef MEXBENCH_ENGINE_CONVOLUTION_INL_H
#else
#define MEXBENCH_ENGINE_CONVOLUTION_INL_H
#endif

#include <hwy/highway.h>

#include "harness/engine/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace mexbench::engine {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;
inline constexpr std::int64_t kLanes = static_cast<std::int64_t>(hn::MaxLanes(Floats()));
inline constexpr bool kManyRegisters = kLanes >= 16;  // 32 of AVX-512 against 16

// Cut off below 0. What is no number stays so.
HWY_INLINE Vector positive(Vector number) {
  const Vector zero = hn::Zero(Floats());
  return hn::IfThenElse(hn::Lt(number, zero), zero, number);
}

// ---- forward: P pixels of one row

template <int K, int P>
HWY_INLINE void convolve_block(const float* HWY_RESTRICT planes, const TapRows& taps, const float* HWY_RESTRICT weights, Vector bias,
                               bool relu, float* HWY_RESTRICT maps) {
  const Floats d;
  Vector sum[P];
  HWY_UNROLL(16) for (int i = 0; i < P; ++i) sum[i] = bias;
  for (std::int64_t row = 0; row < taps.count; ++row) {
    const float* HWY_RESTRICT x = planes + taps.rows[row];
    Vector weight[K];
    HWY_UNROLL(5) for (int k = 0; k < K; ++k) weight[k] = hn::Load(d, weights + (row * K + k) * kLanes);
    HWY_UNROLL(20) for (int t = 0; t < P + K - 1; ++t) {
      const Vector number = hn::Set(d, x[t]);
      HWY_UNROLL(5) for (int k = 0; k < K; ++k) {
        const int pixel = t - k;
        if (pixel >= 0 && pixel < P) sum[pixel] = hn::MulAdd(number, weight[k], sum[pixel]);
      }
    }
  }
  if (relu) {
    HWY_UNROLL(16) for (int i = 0; i < P; ++i) sum[i] = positive(sum[i]);
  }
  HWY_UNROLL(16) for (int i = 0; i < P; ++i) hn::Store(sum[i], d, maps + i * kLanes);
}

template <int K, int P>
void convolve_map(const float* planes, const TapRows& taps, const float* weights, const float* bias, bool relu, float* maps) {
  const Floats d;
  const std::int64_t pixels = taps.height * taps.width;
  for (std::int64_t group = 0; group < taps.groups; ++group) {
    const Vector first = hn::Load(d, bias + group * kLanes);
    for (std::int64_t row = 0; row < taps.height; ++row) {
      const float* const x = planes + row * taps.row_stride;
      float* const out = maps + (group * pixels + row * taps.width) * kLanes;
      // The last block of a row lies over the one before where the width is no multiple of P: it writes the same numbers again.
      for (std::int64_t column = 0; column < taps.width; column += P) {
        const std::int64_t begin = column + P <= taps.width ? column : taps.width - P;
        convolve_block<K, P>(x + begin, taps, weights, first, relu, out + begin * kLanes);
      }
    }
    weights += taps.count * K * kLanes;
  }
}

// Pixels of a block: of those that registers hold, the most that a row of `width` is made of with the fewest numbers computed twice.
inline std::int64_t block_of(std::int64_t width) {
  constexpr std::int64_t kSizes[] = {15, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1};
  constexpr std::int64_t kMost = kManyRegisters ? 15 : 8;
  std::int64_t best = 1;
  std::int64_t best_cost = width * 100;
  for (const std::int64_t size : kSizes) {
    if (size > kMost || size > width) continue;
    const std::int64_t cost = (width + size - 1) / size * (size * 2 + 2);  // two instructions a pixel, and some for each block
    if (cost < best_cost) {
      best_cost = cost;
      best = size;
    }
  }
  return best;
}

template <int K>
void convolve_by(const float* planes, const TapRows& taps, const float* weights, const float* bias, bool relu, float* maps) {
  switch (block_of(taps.width)) {
#define MEXBENCH_BLOCK(P) \
  case P:                 \
    return convolve_map<K, P>(planes, taps, weights, bias, relu, maps)
#if HWY_TARGET <= HWY_AVX3
    MEXBENCH_BLOCK(15);
    MEXBENCH_BLOCK(14);
    MEXBENCH_BLOCK(12);
    MEXBENCH_BLOCK(10);
#endif
    MEXBENCH_BLOCK(8);
    MEXBENCH_BLOCK(7);
    MEXBENCH_BLOCK(6);
    MEXBENCH_BLOCK(5);
    MEXBENCH_BLOCK(4);
    MEXBENCH_BLOCK(3);
    MEXBENCH_BLOCK(2);
#undef MEXBENCH_BLOCK
    default:
      return convolve_map<K, 1>(planes, taps, weights, bias, relu, maps);
  }
}

void convolve(const float* planes, const TapRows& taps, const float* weights, const float* bias, bool relu, float* maps) {
  switch (taps.taps) {
    case 5:
      return convolve_by<5>(planes, taps, weights, bias, relu, maps);
    case 3:
      return convolve_by<3>(planes, taps, weights, bias, relu, maps);
    case 2:
      return convolve_by<2>(planes, taps, weights, bias, relu, maps);
    default:
      return convolve_by<1>(planes, taps, weights, bias, relu, maps);
  }
}

// ---- the gradient of the weights: R rows of K taps at a time, over all pixels

template <int K, int P, int R>
HWY_INLINE void add_products(const float* HWY_RESTRICT planes, const std::size_t* HWY_RESTRICT rows, const float* HWY_RESTRICT gradient,
                             Vector (&sum)[R * K]) {
  const Floats d;
  Vector g[P];
  HWY_UNROLL(8) for (int i = 0; i < P; ++i) g[i] = hn::Load(d, gradient + i * kLanes);
  HWY_UNROLL(16) for (int r = 0; r < R; ++r) {
    const float* HWY_RESTRICT x = planes + rows[r];
    HWY_UNROLL(16) for (int t = 0; t < P + K - 1; ++t) {
      const Vector number = hn::Set(d, x[t]);
      HWY_UNROLL(5) for (int k = 0; k < K; ++k) {
        const int pixel = t - k;
        if (pixel >= 0 && pixel < P) sum[r * K + k] = hn::MulAdd(number, g[pixel], sum[r * K + k]);
      }
    }
  }
}

inline void add_to(double* sums, Vector values) {
  const Floats d;
  alignas(kAlignment) float numbers[kLanes];
  hn::Store(values, d, numbers);
  for (std::int64_t lane = 0; lane < kLanes; ++lane) sums[lane] += numbers[lane];
}

template <int K, int R>
void weights_of_rows(const float* planes, const TapRows& taps, const std::size_t* rows, const float* gradient, double* sums) {
  constexpr int kPixels = K == 1 ? 4 : K;
  Vector sum[R * K];
  HWY_UNROLL(32) for (int i = 0; i < R * K; ++i) sum[i] = hn::Zero(Floats());
  for (std::int64_t row = 0; row < taps.height; ++row) {
    const float* const x = planes + row * taps.row_stride;
    const float* const g = gradient + row * taps.width * kLanes;
    std::int64_t column = 0;
    for (; column + kPixels <= taps.width; column += kPixels) add_products<K, kPixels, R>(x + column, rows, g + column * kLanes, sum);
    for (; column < taps.width; ++column) add_products<K, 1, R>(x + column, rows, g + column * kLanes, sum);
  }
  HWY_UNROLL(32) for (int i = 0; i < R * K; ++i) add_to(sums + i * kLanes, sum[i]);
}

template <int K>
void convolve_weights_by(const float* planes, const TapRows& taps, const float* gradient, double* sums) {
  // R K sums, P gradients and one number are in registers.
  constexpr int kMost = kManyRegisters ? (K == 1 ? 16 : K == 2 ? 12 : K == 3 ? 9 : 5) : (K == 1 ? 8 : K == 2 ? 5 : K == 3 ? 3 : 1);
  constexpr int kSome = kMost >= 9 ? 3 : 1;
  for (std::int64_t group = 0; group < taps.groups; ++group) {
    std::int64_t row = 0;
    for (; row + kMost <= taps.count; row += kMost) {
      weights_of_rows<K, kMost>(planes, taps, taps.rows + row, gradient, sums + row * K * kLanes);
    }
    for (; row + kSome <= taps.count; row += kSome) {
      weights_of_rows<K, kSome>(planes, taps, taps.rows + row, gradient, sums + row * K * kLanes);
    }
    for (; row < taps.count; ++row) weights_of_rows<K, 1>(planes, taps, taps.rows + row, gradient, sums + row * K * kLanes);
    gradient += taps.height * taps.width * kLanes;
    sums += taps.count * K * kLanes;
  }
}

void convolve_weights(const float* planes, const TapRows& taps, const float* gradient, double* sums) {
  switch (taps.taps) {
    case 5:
      return convolve_weights_by<5>(planes, taps, gradient, sums);
    case 3:
      return convolve_weights_by<3>(planes, taps, gradient, sums);
    case 2:
      return convolve_weights_by<2>(planes, taps, gradient, sums);
    default:
      return convolve_weights_by<1>(planes, taps, gradient, sums);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mexbench::engine
HWY_AFTER_NAMESPACE();

#endif
