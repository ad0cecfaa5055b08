// The inner loops of the engine, one set of them for each instruction set, chosen when the program runs. Private to this room.
//
// Images lie in memory in one of two ways:
//   planes  (channel, row, column), as everywhere else: what a convolution reads, with zeros around, and what a linear layer reads;
//   maps    (group, row, column, lane): `lanes` channels side by side fill one vector register. What a convolution gives. Lanes beyond
//           the last channel hold zeros, or numbers that nothing reads.
// Numbers of one clip at a time; sums over clips are kept in double precision by whoever calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mexbench::engine {

inline constexpr std::size_t kAlignment = 64;  // bytes: of every buffer that a kernel gets, and of every clip in it
inline constexpr std::int64_t kMostLanes = 16;

// A convolution as sums over rows of taps: kernel row `i` begins at planes[rows[i]] for the first pixel and is `taps` wide.
struct TapRows {
  const std::size_t* rows = nullptr;
  std::int64_t count = 0;
  std::int64_t taps = 0;        // 1, 2, 3 or 5
  std::int64_t row_stride = 0;  // of the planes
  std::int64_t height = 0;      // of the maps
  std::int64_t width = 0;
  std::int64_t groups = 0;
};

// Windows of pooling: of a map of height x width.
struct Windows {
  std::int64_t height = 0, width = 0;          // of the larger map
  std::int64_t out_height = 0, out_width = 0;  // of the pooled one
  std::int64_t kernel = 0, stride = 0, padding = 0;
};
inline constexpr std::uint8_t kNoGradient = 255;  // in place of a position in the window: the maximum is where ReLU is flat

struct Matrix {
  const float* numbers = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 0;
};

// The generator's state as LibTorch keeps it: 624 words, of which `next` is the first that was not drawn.
struct TwisterState;

struct Kernels {
  std::string_view name;  // "avx512"
  std::int64_t lanes = 0;

  // maps = planes * weights + bias, cut off below 0 with `relu`. weights: (group, row of taps, tap, lane); bias: (group, lane).
  void (*convolve)(const float* planes, const TapRows& taps, const float* weights, const float* bias, bool relu, float* maps);
  // sums (laid out as weights) += the gradient of the weights.
  void (*convolve_weights)(const float* planes, const TapRows& taps, const float* gradient, double* sums);

  // x = max(x, 0); gradient = 0 where y <= 0; y = x * factor where mask is not 0, else 0.
  void (*relu)(float* x, std::int64_t count);
  void (*relu_backward)(float* gradient, const float* y, std::int64_t count);
  void (*apply_mask)(float* x, const std::uint8_t* mask, float factor, std::int64_t count);

  // Joins the count of pixels, mean and sum of squared deviations of each lane of `maps` to `mean` and `squares` over `clips` clips before.
  void (*moments)(const float* maps, std::int64_t groups, std::int64_t pixels, std::int64_t clips, double* mean, double* squares);
  // out = (x - mean) * scale + shift, each a number for each lane. In place where out is x.
  void (*affine)(const float* x, std::int64_t groups, std::int64_t pixels, const float* mean, const float* scale, const float* shift,
                 float* out);
  // sums += gradient, products += gradient * (x - mean), for each lane.
  void (*norm_sums)(const float* gradient, const float* x, std::int64_t groups, std::int64_t pixels, const double* mean, double* sums,
                    double* products);
  // gradient = gradient * scale + constant + slope * (x - mean), and 0 where x <= 0 with `relu`.
  void (*norm_input)(float* gradient, const float* x, std::int64_t groups, std::int64_t pixels, const float* mean, const float* scale,
                     const float* constant, const float* slope, bool relu);
  void (*lane_sums)(const float* maps, std::int64_t groups, std::int64_t pixels, double* sums);

  // The first number of each window whose product with the lane's sign is largest, and its position in the window (row by row of
  // the whole window); kNoGradient with `relu` where it is not above 0. signs and positions may be null: 1; not wanted.
  void (*max_pool)(const float* x, std::int64_t groups, const Windows& windows, const float* signs, bool relu, float* out,
                   std::uint8_t* positions);
  // input = what `gradient`, times scale, gives back to the positions, on constant + slope * (x - mean) (0 where x <= 0 with `relu`).
  // Without batch norm scale, mean, constant, slope are null. sums (may be null) += input.
  struct Unpool {
    const float* gradient;
    const std::uint8_t* positions;
    const float* x;
    const float* mean;
    const float* scale;
    const float* constant;
    const float* slope;
    bool relu;
  };
  void (*max_pool_backward)(const Unpool& from, std::int64_t groups, const Windows& windows, float* input, double* sums);
  void (*average_pool)(const float* x, std::int64_t groups, const Windows& windows, float* out);
  void (*average_pool_backward)(const float* gradient, std::int64_t groups, const Windows& windows, float* input);

  // One layout from the other. From a corner of maps of `map_pixels` in rows of `map_width` height x width pixels are taken; rows and
  // planes begin row_stride and plane_stride apart.
  struct Corner {
    std::int64_t channels, height, width;
    std::int64_t map_pixels, map_width;
  };
  void (*to_planes)(const float* maps, const Corner& corner, float* planes, std::int64_t row_stride, std::int64_t plane_stride);
  void (*to_maps)(const float* planes, std::int64_t channels, std::int64_t pixels, float* maps);
  void (*mask_to_maps)(const std::uint8_t* planes, std::int64_t channels, std::int64_t pixels, std::uint8_t* maps);

  // out(i, j) = sum over k of a(i, k) b(k, j), over i < rows, k < depth, j < columns; out's rows are out_stride apart. `work` has room for
  // kProductWork numbers (product_blocks.h).
  void (*product)(const Matrix& a, const Matrix& b, std::int64_t rows, std::int64_t depth, std::int64_t columns, float* out,
                  std::int64_t out_stride, float* work);
  // out(i, j) = bias(j) + sum over k of x(i, k) w(j, k): rows of x one by one, so that the bits of a row don't depend on how many there
  // are.
  void (*linear_rows)(const float* x, std::int64_t x_stride, const float* weights, const float* bias, std::int64_t rows, std::int64_t depth,
                      std::int64_t columns, float* out, std::int64_t out_stride);

  // The next word of the generator.
  std::uint32_t (*next)(TwisterState& state);
  // Draws `count` times: 1 when a uniform number of 53 bits is below threshold / 2^53, else 0. All words of a state are made at once.
  void (*draw)(TwisterState& state, std::uint64_t threshold, std::uint8_t* out, std::int64_t count);
};

// Those of the instruction set that instruction_set() names.
[[nodiscard]] const Kernels& kernels();

}  // namespace mexbench::engine
