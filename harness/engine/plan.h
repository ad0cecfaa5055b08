// A description turned into passes: lists of steps over buffers whose places are fixed before the first clip. Private to this room.
//
// Steps that need one clip only are joined into a stretch, which runs clip by clip so that what one step writes the next finds in the
// cache. A batch norm's statistics, a linear layer and the loss need all clips of a batch: they stand between stretches. Three things make
// a plan faster than the layers one by one:
//
//   * Streams that do the same to the same value and are concatenated become one stream with all their maps.
//   * ReLU is a part of the convolution before it.
//   * Max pooling comes before the batch norm it follows. A batch norm turns a number r of a map into (r - mean) scale + shift, which grows
//     with r where scale > 0 and falls where scale < 0: the largest number of a window is that of the largest r times the sign of scale.
//     The gradient of the batch norm's input is then a number in one place of each window, on constant + slope (r - mean) everywhere.
//   * Maps that a quick convolution gave are computed again for the backward pass rather than kept: a batch of them leaves the caches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/engine/description.h"
#include "harness/engine/kernels.h"

namespace mexbench::engine {

// A layer of the description, or several that became one: `parts` are their names and channels.
struct Unit {
  struct Part {
    std::string name;
    std::int64_t channels = 0;
    std::int32_t layer = 0;  // position in the description
  };
  Layer layer;  // with the shape of all parts together; `from` holds positions of units
  Shape given;  // of what it takes; of a concatenation's first value
  std::vector<Part> parts;
};

// Merges streams. The first unit is the input, the last gives the scores. Throws std::invalid_argument when a value other than the input is
// used twice, or is not used.
[[nodiscard]] std::vector<Unit> units_of(const Description& description);

enum class Layout { kPlanes, kMaps };  // kernels.h

// Numbers of one clip, in the arena.
struct Buffer {
  std::int64_t numbers = 0;  // float32, a multiple of 16
  bool of_batch = false;     // has a place for every clip of a batch; else one, for the clip at hand
  std::int64_t place = 0;    // see Plan::at()
};

struct Step {
  enum class Kind {
    kPad,           // from -> to: planes with `border` zeros around (or less than nothing), from maps or planes of `shape`
    kConvolve,      // planes `from` (-1: the clip itself) -> maps `to`, by the weights of `unit`
    kConvolveBack,  // planes of the gradient `from` -> maps `to`, the gradient of what `unit` took
    kWeights,       // planes `from` and the gradient `aux` -> sums of `unit`
    kBias,          // the gradient `from` -> sums of `unit`
    kRelu,          // `to`, in place
    kReluBack,      // the gradient `to` by the numbers `from`, in place
    kMask,          // `to` by the mask of `unit`, in place; the first time, when the mask is laid out as `to` is
    kMaskBack,      // the same with the mask as it lies
    kMoments,       // of the maps `from` for `unit`
    kAffine,        // maps `from` -> maps `to`, the batch norm `unit`
    kNormSums,      // the gradient `from` and the maps `aux` for `unit`
    kNormInput,     // the gradient `to`, in place, by the maps `from`
    kMaxPool,       // maps `from` -> maps `to`, positions `aux`; `norm`: the batch norm whose sign counts, or -1
    kMaxPoolBack,   // the gradient `from` and positions `aux` -> `to`; `norm`, whose maps are `extra`, likewise
    kAveragePool,
    kAveragePoolBack,
    kToPlanes,    // maps `from` -> planes `to`, from channel `channel` of it on
    kToMaps,      // planes `from`, from channel `channel` of it on -> maps `to`
    kGather,      // planes `from` -> planes `to`, from channel `channel` of it on
    kScatter,     // planes `from`, from channel `channel` of it on -> planes `to`
    kLinearClip,  // planes `from` -> planes `to` of one clip
    // Of a batch:
    kNormFinish,  // the statistics of `unit`
    kNormBack,    // its gradients
    kLinear,      // planes `from` -> planes `to`
    kLinearBack,  // planes `from` and the gradient `aux` -> the gradient `to` (-1: nobody wants it)
    kLoss,        // scores `from` -> their gradient `to`
  };
  Kind kind = Kind::kPad;
  std::int32_t unit = 0;
  std::int32_t norm = -1;
  std::int32_t from = -1, to = -1, aux = -1, extra = -1;
  Shape shape{};                  // of the only side, or of the smaller
  Layout layout = Layout::kMaps;  // of what is read or changed, where both are possible
  std::int64_t border = 0;
  std::int64_t channel = 0;
  bool relu = false;       // kConvolve: cuts off below 0; of pooling and norms: what they read is ReLU's
  std::int32_t bias = -1;  // kMaxPoolBack: the convolution whose bias gets its sums, or -1
  [[nodiscard]] bool of_batch() const { return kind >= Kind::kNormFinish; }
};

struct Stretch {
  bool of_batch = false;  // one step for all clips; else steps clip by clip
  std::vector<Step> steps;
};

struct Plan {
  std::vector<Unit> units;
  std::int64_t input_border = 0;  // zeros around the prepared clips: the largest padding of a convolution that reads them
  std::vector<Stretch> train;     // forward and backward
  std::vector<Stretch> evaluate;  // one stretch
  std::vector<Buffer> buffers;    // of both
  std::int32_t scores = -1;       // buffer of the scores in `evaluate`
  std::int64_t clip_numbers = 0;  // of the arena: once, and for each clip of a batch
  std::int64_t batch_numbers = 0;

  // Where buffer `index` begins for a clip, in numbers, in an arena for `capacity` clips.
  [[nodiscard]] std::int64_t at(std::int32_t index, std::int64_t clip, std::int64_t capacity) const {
    const Buffer& buffer = buffers[static_cast<std::size_t>(index)];
    return buffer.of_batch ? clip_numbers + buffer.place * capacity + clip * buffer.numbers : buffer.place;
  }
  [[nodiscard]] std::int64_t numbers(std::int64_t capacity) const { return clip_numbers + batch_numbers * capacity; }
};

// `lanes`: of the kernels.
[[nodiscard]] Plan make_plan(const Description& description, std::int64_t lanes);

[[nodiscard]] constexpr std::int64_t round_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace mexbench::engine
