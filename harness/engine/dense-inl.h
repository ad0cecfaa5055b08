// Products of matrices, and random numbers, compiled once for each instruction set.
//
// The product is that of Goto and van de Geijn (ACM TOMS 34(3), 2008): a panel of b is laid out for the registers and stays in the second
// cache, a block of a likewise, and the innermost loop adds kRows x 2 registers of sums.
#if defined(MEXBENCH_ENGINE_DENSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef MEXBENCH_ENGINE_DENSE_INL_H
#undef MEXBENCH_ENGINE_DENSE_INL_H
#else
#define MEXBENCH_ENGINE_DENSE_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "harness/engine/convolution-inl.h"
#include "harness/engine/kernels.h"
#include "harness/engine/product_blocks.h"
#include "harness/engine/random.h"

HWY_BEFORE_NAMESPACE();
namespace mexbench::engine {
namespace HWY_NAMESPACE {

inline constexpr std::int64_t kRows = kManyRegisters ? 14 : 6;  // of the innermost block
inline constexpr std::int64_t kColumns = 2 * kLanes;

// b(k, j) for k < depth, j < columns as panels (panel, k, kColumns), filled up with zeros.
inline void pack_columns(const Matrix& b, std::int64_t depth, std::int64_t columns, float* HWY_RESTRICT to) {
  for (std::int64_t first = 0; first < columns; first += kColumns) {
    const std::int64_t count = std::min(kColumns, columns - first);
    if (b.column_stride == 1) {
      for (std::int64_t k = 0; k < depth; ++k, to += kColumns) {
        const float* HWY_RESTRICT from = b.numbers + k * b.row_stride + first;
        for (std::int64_t j = 0; j < count; ++j) to[j] = from[j];
        for (std::int64_t j = count; j < kColumns; ++j) to[j] = 0.0F;
      }
    } else {
      if (count < kColumns) std::memset(to, 0, static_cast<std::size_t>(depth * kColumns) * sizeof(float));
      for (std::int64_t j = 0; j < count; ++j) {
        const float* HWY_RESTRICT from = b.numbers + (first + j) * b.column_stride;
        for (std::int64_t k = 0; k < depth; ++k) to[k * kColumns + j] = from[k * b.row_stride];
      }
      to += depth * kColumns;
    }
  }
}

// a(i, k) as panels (panel, k, kRows), likewise.
inline void pack_rows(const Matrix& a, std::int64_t rows, std::int64_t depth, float* HWY_RESTRICT to) {
  for (std::int64_t first = 0; first < rows; first += kRows) {
    const std::int64_t count = std::min(kRows, rows - first);
    if (count < kRows) std::memset(to, 0, static_cast<std::size_t>(depth * kRows) * sizeof(float));
    if (a.row_stride == 1) {
      for (std::int64_t k = 0; k < depth; ++k) {
        const float* HWY_RESTRICT from = a.numbers + first + k * a.column_stride;
        for (std::int64_t i = 0; i < count; ++i) to[k * kRows + i] = from[i];
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        const float* HWY_RESTRICT from = a.numbers + (first + i) * a.row_stride;
        for (std::int64_t k = 0; k < depth; ++k) to[k * kRows + i] = from[k * a.column_stride];
      }
    }
    to += depth * kRows;
  }
}

HWY_INLINE void product_block(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::int64_t depth, std::int64_t rows,
                              std::int64_t columns, bool first, float* HWY_RESTRICT out, std::int64_t stride) {
  const Floats d;
  Vector sum[kRows][2];
  HWY_UNROLL(14) for (std::int64_t i = 0; i < kRows; ++i) sum[i][0] = sum[i][1] = hn::Zero(d);
  for (std::int64_t k = 0; k < depth; ++k) {
    const Vector b0 = hn::Load(d, b);
    const Vector b1 = hn::Load(d, b + kLanes);
    HWY_UNROLL(14) for (std::int64_t i = 0; i < kRows; ++i) {
      const Vector number = hn::Set(d, a[i]);
      sum[i][0] = hn::MulAdd(number, b0, sum[i][0]);
      sum[i][1] = hn::MulAdd(number, b1, sum[i][1]);
    }
    a += kRows;
    b += kColumns;
  }
  if (rows == kRows && columns == kColumns) {
    HWY_UNROLL(14) for (std::int64_t i = 0; i < kRows; ++i) {
      float* const to = out + i * stride;
      hn::StoreU(first ? sum[i][0] : hn::Add(hn::LoadU(d, to), sum[i][0]), d, to);
      hn::StoreU(first ? sum[i][1] : hn::Add(hn::LoadU(d, to + kLanes), sum[i][1]), d, to + kLanes);
    }
    return;
  }
  alignas(kAlignment) float numbers[kRows * kColumns];
  HWY_UNROLL(14) for (std::int64_t i = 0; i < kRows; ++i) {
    hn::Store(sum[i][0], d, numbers + i * kColumns);
    hn::Store(sum[i][1], d, numbers + i * kColumns + kLanes);
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      out[i * stride + j] = first ? numbers[i * kColumns + j] : out[i * stride + j] + numbers[i * kColumns + j];
    }
  }
}

void product(const Matrix& a, const Matrix& b, std::int64_t rows, std::int64_t depth, std::int64_t columns, float* out,
             std::int64_t out_stride, float* work) {
  float* const b_panels = work;
  float* const a_panels = work + kProductDepth * (kProductColumns + kMostColumns);
  const auto part = [](const Matrix& m, std::int64_t row, std::int64_t column) {
    return Matrix{m.numbers + row * m.row_stride + column * m.column_stride, m.row_stride, m.column_stride};
  };
  for (std::int64_t j0 = 0; j0 < columns; j0 += kProductColumns) {
    const std::int64_t some_columns = std::min(kProductColumns, columns - j0);
    for (std::int64_t k0 = 0; k0 < depth; k0 += kProductDepth) {
      const std::int64_t some_depth = std::min(kProductDepth, depth - k0);
      pack_columns(part(b, k0, j0), some_depth, some_columns, b_panels);
      for (std::int64_t i0 = 0; i0 < rows; i0 += kProductRows) {
        const std::int64_t some_rows = std::min(kProductRows, rows - i0);
        pack_rows(part(a, i0, k0), some_rows, some_depth, a_panels);
        for (std::int64_t j = 0; j < some_columns; j += kColumns) {
          for (std::int64_t i = 0; i < some_rows; i += kRows) {
            product_block(a_panels + i * some_depth, b_panels + j * some_depth, some_depth, std::min(kRows, some_rows - i),
                          std::min(kColumns, some_columns - j), k0 == 0, out + (i0 + i) * out_stride + j0 + j, out_stride);
          }
        }
      }
    }
  }
}

// R rows of x against C of w.
template <int R, int C>
HWY_INLINE void dot_block(const float* HWY_RESTRICT x, std::int64_t x_stride, const float* HWY_RESTRICT weights, const float* bias,
                          std::int64_t depth, float* HWY_RESTRICT out, std::int64_t out_stride) {
  const Floats d;
  Vector sum[R][C];
  HWY_UNROLL(4) for (int r = 0; r < R; ++r) { HWY_UNROLL(4) for (int c = 0; c < C; ++c) sum[r][c] = hn::Zero(d); }
  std::int64_t k = 0;
  for (; k + kLanes <= depth; k += kLanes) {
    Vector w[C];
    HWY_UNROLL(4) for (int c = 0; c < C; ++c) w[c] = hn::LoadU(d, weights + c * depth + k);
    HWY_UNROLL(4) for (int r = 0; r < R; ++r) {
      const Vector number = hn::LoadU(d, x + r * x_stride + k);
      HWY_UNROLL(4) for (int c = 0; c < C; ++c) sum[r][c] = hn::MulAdd(number, w[c], sum[r][c]);
    }
  }
  HWY_UNROLL(4) for (int r = 0; r < R; ++r) {
    HWY_UNROLL(4) for (int c = 0; c < C; ++c) {
      float total = hn::GetLane(hn::SumOfLanes(d, sum[r][c]));
      for (std::int64_t i = k; i < depth; ++i) total += x[r * x_stride + i] * weights[c * depth + i];
      out[r * out_stride + c] = total + bias[c];
    }
  }
}

void linear_rows(const float* x, std::int64_t x_stride, const float* weights, const float* bias, std::int64_t rows, std::int64_t depth,
                 std::int64_t columns, float* out, std::int64_t out_stride) {
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float* const from = x + row * x_stride;
    float* const to = out + row * out_stride;
    std::int64_t column = 0;
    for (; column + 2 <= columns; column += 2) {
      dot_block<4, 2>(from, x_stride, weights + column * depth, bias + column, depth, to + column, out_stride);
    }
    for (; column < columns; ++column) {
      dot_block<4, 1>(from, x_stride, weights + column * depth, bias + column, depth, to + column, out_stride);
    }
  }
  for (; row < rows; ++row) {
    const float* const from = x + row * x_stride;
    float* const to = out + row * out_stride;
    std::int64_t column = 0;
    for (; column + 4 <= columns; column += 4) {
      dot_block<1, 4>(from, x_stride, weights + column * depth, bias + column, depth, to + column, out_stride);
    }
    for (; column < columns; ++column) {
      dot_block<1, 1>(from, x_stride, weights + column * depth, bias + column, depth, to + column, out_stride);
    }
  }
}

// ---- MT19937

inline std::uint32_t twist(std::uint32_t u, std::uint32_t v) {
  constexpr std::uint32_t kHighest = 0x80000000U, kOthers = 0x7fffffffU, kMatrix = 0x9908b0dfU;
  return (((u & kHighest) | (v & kOthers)) >> 1U) ^ ((0U - (v & 1U)) & kMatrix);
}

inline void renew(TwisterState& state) {
  constexpr std::size_t kWords = TwisterState::kWords, kShift = 397, kFirst = kWords - kShift;
  std::uint32_t* HWY_RESTRICT word = state.words.data();
  const auto renew_from = [word](std::size_t begin, std::size_t end, const std::uint32_t* other) HWY_ATTR {
    const hn::ScalableTag<std::uint32_t> d;
    const auto highest = hn::Set(d, 0x80000000U);
    const auto matrix = hn::Set(d, 0x9908b0dfU);
    const auto one = hn::Set(d, 1U);
    const std::size_t lanes = hn::Lanes(d);
    std::size_t i = begin;
    for (; i + lanes <= end; i += lanes, other += lanes) {
      const auto u = hn::LoadU(d, word + i);
      const auto v = hn::LoadU(d, word + i + 1);
      const auto mixed = hn::Or(hn::And(u, highest), hn::AndNot(highest, v));
      const auto odd = hn::Sub(hn::Zero(d), hn::And(v, one));
      const auto twisted = hn::Xor(hn::ShiftRight<1>(mixed), hn::And(odd, matrix));
      hn::StoreU(hn::Xor(hn::LoadU(d, other), twisted), d, word + i);
    }
    for (std::size_t rest = end - i; rest > 0; --rest, ++i) word[i] = *other++ ^ twist(word[i], word[i + 1]);
  };
  renew_from(0, kFirst, word + kShift);
  renew_from(kFirst, kWords - 1, word);
  word[kWords - 1] = word[kShift - 1] ^ twist(word[kWords - 1], word[0]);
  for (std::size_t i = 0; i < kWords; ++i) {
    std::uint32_t y = word[i];
    y ^= y >> 11U;
    y ^= (y << 7U) & 0x9d2c5680U;
    y ^= (y << 15U) & 0xefc60000U;
    state.tempered[i] = y ^ (y >> 18U);
  }
  state.next = 0;
}

std::uint32_t next_word(TwisterState& state) {
  if (state.next == TwisterState::kWords) renew(state);
  return state.tempered[static_cast<std::size_t>(state.next++)];
}

// The first of two words is the high half of a number of 64 bits, of which LibTorch takes the low 53.
void draw(TwisterState& state, std::uint64_t threshold, std::uint8_t* out, std::int64_t count) {
  constexpr std::uint64_t kBits = (std::uint64_t{1} << 53U) - 1;
  while (count > 0) {
    const std::int64_t pairs = std::min(count, (TwisterState::kWords - state.next) / 2);
    const std::uint32_t* HWY_RESTRICT word = state.tempered.data() + state.next;
    for (std::int64_t i = 0; i < pairs; ++i) {
      const std::uint64_t number = ((std::uint64_t{word[2 * i]} << 32U) | word[2 * i + 1]) & kBits;
      out[i] = static_cast<std::uint8_t>(number < threshold);
    }
    state.next += 2 * pairs;
    out += pairs;
    count -= pairs;
    if (count == 0) break;
    const std::uint64_t high = next_word(state);  // the last word of a state and the first of the next one, or the first two
    const std::uint64_t number = ((high << 32U) | next_word(state)) & kBits;
    *out++ = static_cast<std::uint8_t>(number < threshold);
    --count;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mexbench::engine
HWY_AFTER_NAMESPACE();

#endif
