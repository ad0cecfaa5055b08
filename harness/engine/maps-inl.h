// What happens to maps between convolutions, compiled once for each instruction set.
#if defined(MEXBENCH_ENGINE_MAPS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef MEXBENCH_ENGINE_MAPS_INL_H
#undef MEXBENCH_ENGINE_MAPS_INL_H
#else
#define MEXBENCH_ENGINE_MAPS_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "harness/engine/convolution-inl.h"
#include "harness/engine/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace mexbench::engine {
namespace HWY_NAMESPACE {

using Words = hn::Rebind<std::int32_t, Floats>;
using Bytes = hn::Rebind<std::uint8_t, Floats>;

void relu(float* x, std::int64_t count) {
  const Floats d;
  for (std::int64_t i = 0; i < count; i += kLanes) hn::Store(positive(hn::Load(d, x + i)), d, x + i);
}

void relu_backward(float* gradient, const float* y, std::int64_t count) {
  const Floats d;
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const auto flows = hn::Gt(hn::Load(d, y + i), hn::Zero(d));
    hn::Store(hn::IfThenElseZero(flows, hn::Load(d, gradient + i)), d, gradient + i);
  }
}

void apply_mask(float* x, const std::uint8_t* mask, float factor, std::int64_t count) {
  const Floats d;
  const Words words;
  const Bytes bytes;
  const Vector factors = hn::Set(d, factor);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const auto kept = hn::RebindMask(d, hn::Ne(hn::PromoteTo(words, hn::LoadU(bytes, mask + i)), hn::Zero(words)));
    hn::Store(hn::IfThenElseZero(kept, hn::Mul(hn::Load(d, x + i), factors)), d, x + i);
  }
}

// The mean of each lane.
HWY_INLINE void means_of(const float* HWY_RESTRICT x, std::int64_t pixels, float* HWY_RESTRICT out) {
  const Floats d;
  double sums[kLanes] = {};
  constexpr std::int64_t kStretch = 32;  // numbers that one float32 sum takes
  for (std::int64_t begin = 0; begin < pixels; begin += kStretch) {
    Vector sum = hn::Zero(d);
    for (std::int64_t i = begin; i < std::min(pixels, begin + kStretch); ++i) sum = hn::Add(sum, hn::Load(d, x + i * kLanes));
    add_to(sums, sum);
  }
  for (std::int64_t lane = 0; lane < kLanes; ++lane) out[lane] = static_cast<float>(sums[lane] / static_cast<double>(pixels));
}

// Sums of deviations from the mean of the clips before (of the first clip: its own), so that float32 is enough for a stretch of them.
// Between stretches and clips the sums are doubles and join as Chan, Golub and LeVeque (1979) join them.
void moments(const float* maps, std::int64_t groups, std::int64_t pixels, std::int64_t clips, double* mean, double* squares) {
  const Floats d;
  constexpr std::int64_t kStretch = 32;
  const auto count = static_cast<double>(pixels);
  const double before = static_cast<double>(clips) * count;
  for (std::int64_t group = 0; group < groups; ++group) {
    const float* const x = maps + group * pixels * kLanes;
    alignas(kAlignment) float origins[kLanes];
    if (clips == 0) {
      means_of(x, pixels, origins);
    } else {
      for (std::int64_t lane = 0; lane < kLanes; ++lane) origins[lane] = static_cast<float>(mean[lane]);
    }
    const Vector origin = hn::Load(d, origins);
    double sums[kLanes] = {};
    double sums_of_squares[kLanes] = {};
    for (std::int64_t begin = 0; begin < pixels; begin += kStretch) {
      const std::int64_t end = std::min(pixels, begin + kStretch);
      Vector sum[2] = {hn::Zero(d), hn::Zero(d)};
      Vector square[2] = {hn::Zero(d), hn::Zero(d)};
      std::int64_t i = begin;
      for (; i + 2 <= end; i += 2) {
        const Vector a = hn::Sub(hn::Load(d, x + i * kLanes), origin);
        const Vector b = hn::Sub(hn::Load(d, x + (i + 1) * kLanes), origin);
        sum[0] = hn::Add(sum[0], a);
        sum[1] = hn::Add(sum[1], b);
        square[0] = hn::MulAdd(a, a, square[0]);
        square[1] = hn::MulAdd(b, b, square[1]);
      }
      if (i < end) {
        const Vector a = hn::Sub(hn::Load(d, x + i * kLanes), origin);
        sum[0] = hn::Add(sum[0], a);
        square[0] = hn::MulAdd(a, a, square[0]);
      }
      add_to(sums, hn::Add(sum[0], sum[1]));
      add_to(sums_of_squares, hn::Add(square[0], square[1]));
    }
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      const double deviation = sums[lane] / count;
      const double apart = static_cast<double>(origins[lane]) + deviation - mean[lane];
      mean[lane] += apart * (count / (before + count));
      squares[lane] += sums_of_squares[lane] - sums[lane] * deviation + apart * apart * (before * count / (before + count));
    }
    mean += kLanes;
    squares += kLanes;
  }
}

void affine(const float* x, std::int64_t groups, std::int64_t pixels, const float* mean, const float* scale, const float* shift,
            float* out) {
  const Floats d;
  for (std::int64_t group = 0; group < groups; ++group) {
    const Vector m = hn::Load(d, mean + group * kLanes);
    const Vector a = hn::Load(d, scale + group * kLanes);
    const Vector b = hn::Load(d, shift + group * kLanes);
    const std::int64_t begin = group * pixels * kLanes;
    for (std::int64_t i = begin; i < begin + pixels * kLanes; i += kLanes) {
      hn::Store(hn::MulAdd(hn::Sub(hn::Load(d, x + i), m), a, b), d, out + i);
    }
  }
}

// In double precision, as LibTorch: what is summed up cancels.
void norm_sums(const float* gradient, const float* x, std::int64_t groups, std::int64_t pixels, const double* mean, double* sums,
               double* products) {
  for (std::int64_t group = 0; group < groups; ++group) {
    alignas(kAlignment) double sum[kLanes] = {};
    alignas(kAlignment) double product[kLanes] = {};
    alignas(kAlignment) double middle[kLanes];
    for (std::int64_t lane = 0; lane < kLanes; ++lane) middle[lane] = mean[group * kLanes + lane];
    for (std::int64_t i = 0; i < pixels; ++i) {
      const float* HWY_RESTRICT g = gradient + (group * pixels + i) * kLanes;
      const float* HWY_RESTRICT number = x + (group * pixels + i) * kLanes;
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        const auto wide = static_cast<double>(g[lane]);
        sum[lane] += wide;
        product[lane] += wide * (static_cast<double>(number[lane]) - middle[lane]);
      }
    }
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      sums[group * kLanes + lane] += sum[lane];
      products[group * kLanes + lane] += product[lane];
    }
  }
}

void norm_input(float* gradient, const float* x, std::int64_t groups, std::int64_t pixels, const float* mean, const float* scale,
                const float* constant, const float* slope, bool relu) {
  const Floats d;
  for (std::int64_t group = 0; group < groups; ++group) {
    const Vector m = hn::Load(d, mean + group * kLanes);
    const Vector a = hn::Load(d, scale + group * kLanes);
    const Vector b = hn::Load(d, constant + group * kLanes);
    const Vector c = hn::Load(d, slope + group * kLanes);
    const std::int64_t begin = group * pixels * kLanes;
    for (std::int64_t i = begin; i < begin + pixels * kLanes; i += kLanes) {
      const Vector number = hn::Load(d, x + i);
      Vector out = hn::MulAdd(hn::Load(d, gradient + i), a, hn::MulAdd(hn::Sub(number, m), c, b));
      if (relu) out = hn::IfThenElseZero(hn::Gt(number, hn::Zero(d)), out);
      hn::Store(out, d, gradient + i);
    }
  }
}

void lane_sums(const float* maps, std::int64_t groups, std::int64_t pixels, double* sums) {
  const Floats d;
  constexpr std::int64_t kStretch = 64;
  for (std::int64_t group = 0; group < groups; ++group) {
    for (std::int64_t begin = 0; begin < pixels; begin += kStretch) {
      const std::int64_t end = std::min(pixels, begin + kStretch);
      Vector sum = hn::Zero(d);
      for (std::int64_t i = begin; i < end; ++i) sum = hn::Add(sum, hn::Load(d, maps + (group * pixels + i) * kLanes));
      add_to(sums + group * kLanes, sum);
    }
  }
}

// The part of a window that lies in the map.
struct Reach {
  std::int64_t begin, end;
};
inline Reach reach_of(std::int64_t out, std::int64_t extent, const Windows& windows) {
  const std::int64_t first = out * windows.stride - windows.padding;
  return {std::max<std::int64_t>(first, 0), std::min(first + windows.kernel, extent)};
}

template <bool kSigned>
HWY_INLINE void max_pool_window(const float* HWY_RESTRICT x, const Windows& windows, Reach rows, Reach columns, Vector signs, bool relu,
                                std::int64_t first_position, float* HWY_RESTRICT out, std::uint8_t* HWY_RESTRICT positions) {
  const Floats d;
  const Words words;
  Vector value = hn::Load(d, x + (rows.begin * windows.width + columns.begin) * kLanes);
  Vector best = kSigned ? hn::Mul(value, signs) : value;
  auto position = hn::Set(words, static_cast<std::int32_t>(first_position));
  for (std::int64_t row = rows.begin; row < rows.end; ++row) {
    const float* HWY_RESTRICT line = x + row * windows.width * kLanes;
    const std::int64_t line_position = first_position + (row - rows.begin) * windows.kernel - columns.begin;
    for (std::int64_t column = columns.begin; column < columns.end; ++column) {
      const Vector number = hn::Load(d, line + column * kLanes);
      const Vector candidate = kSigned ? hn::Mul(number, signs) : number;
      const auto above = hn::Gt(candidate, best);
      best = hn::IfThenElse(above, candidate, best);
      if (kSigned) value = hn::IfThenElse(above, number, value);
      position = hn::IfThenElse(hn::RebindMask(words, above), hn::Set(words, static_cast<std::int32_t>(line_position + column)), position);
    }
  }
  if (!kSigned) value = best;
  hn::Store(value, d, out);
  if (positions == nullptr) return;
  if (relu) {
    const auto flat = hn::Not(hn::Gt(value, hn::Zero(d)));
    position = hn::IfThenElse(hn::RebindMask(words, flat), hn::Set(words, static_cast<std::int32_t>(kNoGradient)), position);
  }
  hn::StoreU(hn::DemoteTo(Bytes(), position), Bytes(), positions);
}

// A whole window of a known size, nothing written but the registers.
template <int K, bool kSigned>
HWY_INLINE void max_pool_whole(const float* HWY_RESTRICT x, std::int64_t line, Vector signs, bool relu, float* HWY_RESTRICT out,
                               std::uint8_t* HWY_RESTRICT positions) {
  const Floats d;
  const Words words;
  Vector value = hn::Load(d, x);
  Vector best = kSigned ? hn::Mul(value, signs) : value;
  auto position = hn::Zero(words);
  HWY_UNROLL(3) for (int row = 0; row < K; ++row) {
    HWY_UNROLL(3) for (int column = 0; column < K; ++column) {
      if (row + column == 0) continue;
      const Vector number = hn::Load(d, x + row * line + column * kLanes);
      const Vector candidate = kSigned ? hn::Mul(number, signs) : number;
      const auto above = hn::Gt(candidate, best);
      best = hn::IfThenElse(above, candidate, best);
      if (kSigned) value = hn::IfThenElse(above, number, value);
      position = hn::IfThenElse(hn::RebindMask(words, above), hn::Set(words, row * K + column), position);
    }
  }
  if (!kSigned) value = best;
  hn::Store(value, d, out);
  if (positions == nullptr) return;
  if (relu) {
    const auto flat = hn::Not(hn::Gt(value, hn::Zero(d)));
    position = hn::IfThenElse(hn::RebindMask(words, flat), hn::Set(words, static_cast<std::int32_t>(kNoGradient)), position);
  }
  hn::StoreU(hn::DemoteTo(Bytes(), position), Bytes(), positions);
}

template <bool kSigned>
void max_pool_map(const float* x, const Windows& windows, Vector signs, bool relu, float* out, std::uint8_t* positions) {
  const std::int64_t line = windows.width * kLanes;
  for (std::int64_t row = 0; row < windows.out_height; ++row) {
    const Reach rows = reach_of(row, windows.height, windows);
    for (std::int64_t column = 0; column < windows.out_width; ++column) {
      const Reach columns = reach_of(column, windows.width, windows);
      const std::int64_t at = row * windows.out_width + column;
      float* const to = out + at * kLanes;
      std::uint8_t* const position = positions == nullptr ? nullptr : positions + at * kLanes;
      const bool whole = rows.end - rows.begin == windows.kernel && columns.end - columns.begin == windows.kernel;
      const float* const from = x + rows.begin * line + columns.begin * kLanes;
      if (whole && windows.kernel == 3) {
        max_pool_whole<3, kSigned>(from, line, signs, relu, to, position);
      } else if (whole && windows.kernel == 2) {
        max_pool_whole<2, kSigned>(from, line, signs, relu, to, position);
      } else {
        const std::int64_t above = rows.begin - (row * windows.stride - windows.padding);
        const std::int64_t left = columns.begin - (column * windows.stride - windows.padding);
        max_pool_window<kSigned>(x, windows, rows, columns, signs, relu, above * windows.kernel + left, to, position);
      }
    }
  }
}

void max_pool(const float* x, std::int64_t groups, const Windows& windows, const float* signs, bool relu, float* out,
              std::uint8_t* positions) {
  const Floats d;
  for (std::int64_t group = 0; group < groups; ++group) {
    const Vector ones = hn::Set(d, 1.0F);
    const Vector sign = signs == nullptr ? ones : hn::Load(d, signs + group * kLanes);
    if (hn::AllTrue(d, hn::Eq(sign, ones))) {
      max_pool_map<false>(x, windows, sign, relu, out, positions);
    } else {
      max_pool_map<true>(x, windows, sign, relu, out, positions);
    }
    x += windows.height * windows.width * kLanes;
    out += windows.out_height * windows.out_width * kLanes;
    if (positions != nullptr) positions += windows.out_height * windows.out_width * kLanes;
  }
}

// The numbers that every pixel of a group gets before pooling gives its share.
struct Ground {
  Vector mean, constant, slope;
  bool norm, relu;

  HWY_INLINE Vector at(const float* x) const {
    const Floats d;
    if (!norm) return hn::Zero(d);
    const Vector number = hn::Load(d, x);
    const Vector value = hn::MulAdd(hn::Sub(number, mean), slope, constant);
    return relu ? hn::IfThenElseZero(hn::Gt(number, hn::Zero(d)), value) : value;
  }
};

// Windows that do not overlap: each row of the map is written once. K: their size; 0: windows.kernel.
template <int K, bool kNorm>
void unpool_apart(const float* HWY_RESTRICT gradient, const std::uint8_t* HWY_RESTRICT positions, const float* HWY_RESTRICT x,
                  const Ground& ground, Vector scale, const Windows& windows, float* HWY_RESTRICT out, double* sums) {
  const Floats d;
  const Words words;
  const std::int64_t kernel = K == 0 ? windows.kernel : K;
  for (std::int64_t row = 0; row < windows.height; ++row) {
    const std::int64_t line = row * windows.width * kLanes;
    const std::int64_t out_row = (row + windows.padding) / windows.stride;
    const std::int64_t window_row = row + windows.padding - out_row * windows.stride;
    Vector sum = hn::Zero(d);
    std::int64_t column = 0;
    const auto fill_to = [&](std::int64_t end) HWY_ATTR {
      for (; column < end; ++column) {
        const Vector value = ground.at(x + line + column * kLanes);
        sum = hn::Add(sum, value);
        hn::Store(value, d, out + line + column * kLanes);
      }
    };
    if (out_row < windows.out_height && window_row < kernel) {
      for (std::int64_t window = 0; window < windows.out_width; ++window) {
        const std::int64_t at = (out_row * windows.out_width + window) * kLanes;
        const auto position = hn::PromoteTo(words, hn::LoadU(Bytes(), positions + at));
        Vector g = hn::Load(d, gradient + at);
        if (kNorm) g = hn::Mul(g, scale);
        const std::int64_t first = window * windows.stride - windows.padding;
        const auto put = [&](std::int64_t i) HWY_ATTR {
          const auto here = hn::Eq(position, hn::Set(words, static_cast<std::int32_t>(window_row * kernel + i)));
          const std::int64_t to = line + (first + i) * kLanes;
          Vector value = hn::IfThenElseZero(hn::RebindMask(d, here), g);
          if (kNorm) value = hn::Add(ground.at(x + to), value);
          sum = hn::Add(sum, value);
          hn::Store(value, d, out + to);
        };
        if (K > 0 && first >= 0 && first + K <= windows.width) {
          fill_to(first);
          HWY_UNROLL(3) for (int i = 0; i < K; ++i) put(i);
          column = first + K;
        } else {
          fill_to(std::max<std::int64_t>(first, 0));
          for (std::int64_t i = std::max<std::int64_t>(-first, 0); i < kernel && first + i < windows.width; ++i) put(i);
          column = std::min(first + kernel, windows.width);
        }
      }
    }
    fill_to(windows.width);
    if (sums != nullptr) add_to(sums, sum);
  }
}

// Windows that overlap: rows are begun when the first window reaches them, and added to by each.
void unpool_over(const float* HWY_RESTRICT gradient, const std::uint8_t* HWY_RESTRICT positions, const float* HWY_RESTRICT x,
                 const Ground& ground, Vector scale, const Windows& windows, float* HWY_RESTRICT out, double* sums) {
  const Floats d;
  const Words words;
  for (std::int64_t i = 0; i < windows.height * windows.width * kLanes; i += kLanes) hn::Store(ground.at(x + i), d, out + i);
  for (std::int64_t row = 0; row < windows.out_height; ++row) {
    const Reach rows = reach_of(row, windows.height, windows);
    const std::int64_t top = row * windows.stride - windows.padding;
    for (std::int64_t column = 0; column < windows.out_width; ++column) {
      const Reach columns = reach_of(column, windows.width, windows);
      const std::int64_t left = column * windows.stride - windows.padding;
      const std::int64_t at = (row * windows.out_width + column) * kLanes;
      const auto position = hn::PromoteTo(words, hn::LoadU(Bytes(), positions + at));
      Vector g = hn::Load(d, gradient + at);
      if (ground.norm) g = hn::Mul(g, scale);
      for (std::int64_t r = rows.begin; r < rows.end; ++r) {
        float* HWY_RESTRICT line = out + r * windows.width * kLanes;
        for (std::int64_t c = columns.begin; c < columns.end; ++c) {
          const auto here = hn::Eq(position, hn::Set(words, static_cast<std::int32_t>((r - top) * windows.kernel + c - left)));
          hn::Store(hn::Add(hn::Load(d, line + c * kLanes), hn::IfThenElseZero(hn::RebindMask(d, here), g)), d, line + c * kLanes);
        }
      }
    }
  }
  if (sums != nullptr) lane_sums(out, 1, windows.height * windows.width, sums);
}

template <bool kNorm>
void unpool(const float* gradient, const std::uint8_t* positions, const float* x, const Ground& ground, Vector scale,
            const Windows& windows, float* out, double* sums) {
  if (windows.stride < windows.kernel) return unpool_over(gradient, positions, x, ground, scale, windows, out, sums);
  if (windows.kernel == 3) return unpool_apart<3, kNorm>(gradient, positions, x, ground, scale, windows, out, sums);
  if (windows.kernel == 2) return unpool_apart<2, kNorm>(gradient, positions, x, ground, scale, windows, out, sums);
  unpool_apart<0, kNorm>(gradient, positions, x, ground, scale, windows, out, sums);
}

void max_pool_backward(const Kernels::Unpool& from, std::int64_t groups, const Windows& windows, float* input, double* sums) {
  const Floats d;
  const bool norm = from.scale != nullptr;
  const std::int64_t numbers = windows.height * windows.width * kLanes;
  const std::int64_t out_numbers = windows.out_height * windows.out_width * kLanes;
  for (std::int64_t group = 0; group < groups; ++group) {
    const auto lanes_of = [&](const float* of) HWY_ATTR { return norm ? hn::Load(d, of + group * kLanes) : hn::Zero(d); };
    const Ground ground{lanes_of(from.mean), lanes_of(from.constant), lanes_of(from.slope), norm, from.relu};
    const float* const x = norm ? from.x + group * numbers : nullptr;
    (norm ? unpool<true> : unpool<false>)(from.gradient + group * out_numbers, from.positions + group * out_numbers, x, ground,
                                          lanes_of(from.scale), windows, input + group * numbers,
                                          sums == nullptr ? nullptr : sums + group * kLanes);
  }
}

void average_pool(const float* x, std::int64_t groups, const Windows& windows, float* out) {
  const Floats d;
  const Vector share = hn::Set(d, 1.0F / static_cast<float>(windows.kernel * windows.kernel));
  for (std::int64_t group = 0; group < groups; ++group) {
    for (std::int64_t row = 0; row < windows.out_height; ++row) {
      for (std::int64_t column = 0; column < windows.out_width; ++column) {
        const float* const first = x + (row * windows.stride * windows.width + column * windows.stride) * kLanes;
        Vector sum = hn::Zero(d);
        for (std::int64_t r = 0; r < windows.kernel; ++r) {
          for (std::int64_t c = 0; c < windows.kernel; ++c) sum = hn::Add(sum, hn::Load(d, first + (r * windows.width + c) * kLanes));
        }
        hn::Store(hn::Mul(sum, share), d, out);
        out += kLanes;
      }
    }
    x += windows.height * windows.width * kLanes;
  }
}

void average_pool_backward(const float* gradient, std::int64_t groups, const Windows& windows, float* input) {
  const Floats d;
  const std::int64_t numbers = windows.height * windows.width * kLanes;
  std::memset(input, 0, static_cast<std::size_t>(groups * numbers) * sizeof(float));
  const Vector share = hn::Set(d, 1.0F / static_cast<float>(windows.kernel * windows.kernel));
  for (std::int64_t group = 0; group < groups; ++group) {
    for (std::int64_t row = 0; row < windows.out_height; ++row) {
      for (std::int64_t column = 0; column < windows.out_width; ++column) {
        const Vector g = hn::Mul(hn::Load(d, gradient), share);
        gradient += kLanes;
        float* const first = input + (row * windows.stride * windows.width + column * windows.stride) * kLanes;
        for (std::int64_t r = 0; r < windows.kernel; ++r) {
          for (std::int64_t c = 0; c < windows.kernel; ++c) {
            float* const to = first + (r * windows.width + c) * kLanes;
            hn::Store(hn::Add(hn::Load(d, to), g), d, to);
          }
        }
      }
    }
    input += numbers;
  }
}

void to_planes(const float* maps, const Kernels::Corner& corner, float* planes, std::int64_t row_stride, std::int64_t plane_stride) {
  for (std::int64_t first = 0; first < corner.channels; first += kLanes) {
    const std::int64_t lanes = std::min(kLanes, corner.channels - first);
    for (std::int64_t row = 0; row < corner.height; ++row) {
      const float* HWY_RESTRICT from = maps + row * corner.map_width * kLanes;
      float* HWY_RESTRICT to = planes + first * plane_stride + row * row_stride;
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        for (std::int64_t column = 0; column < corner.width; ++column) to[lane * plane_stride + column] = from[column * kLanes + lane];
      }
    }
    maps += corner.map_pixels * kLanes;
  }
}

template <typename Number>
void to_maps_of(const Number* HWY_RESTRICT planes, std::int64_t channels, std::int64_t pixels, Number* HWY_RESTRICT maps) {
  for (std::int64_t first = 0; first < channels; first += kLanes) {
    const std::int64_t lanes = std::min(kLanes, channels - first);
    if (lanes < kLanes) std::memset(maps, 0, static_cast<std::size_t>(pixels * kLanes) * sizeof(Number));
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      const Number* HWY_RESTRICT plane = planes + (first + lane) * pixels;
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) maps[pixel * kLanes + lane] = plane[pixel];
    }
    maps += pixels * kLanes;
  }
}

void to_maps(const float* planes, std::int64_t channels, std::int64_t pixels, float* maps) { to_maps_of(planes, channels, pixels, maps); }

void mask_to_maps(const std::uint8_t* planes, std::int64_t channels, std::int64_t pixels, std::uint8_t* maps) {
  to_maps_of(planes, channels, pixels, maps);
}

}  // namespace HWY_NAMESPACE
}  // namespace mexbench::engine
HWY_AFTER_NAMESPACE();

#endif
