// What the fused engine trains: a shallow network, described layer by layer. Models of models/ supply such descriptions; the engine turns
// them into passes (plan.h). Torch-free.
//
//   Description net({.channels = 2, .height = 28, .width = 28});
//   const Value maps = net.relu(net.convolution("conv1", net.input(), {.maps = 6, .kernel = 3, .padding = 1}));
//   net.linear("fc", net.dropout(net.max_pool(maps, {.kernel = 2, .stride = 2}), 0.5), 3);
//
// Layers mean what LibTorch's layers of the same name mean, with its defaults. Those with numbers of their own are added in the order in
// which the published code constructs them: their names are those of its state dictionary, and the order decides which initial values a
// seeded generator yields. Dropout layers draw in the order in which they are added. The layer that is added last gives the scores.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::engine {

// Of one clip. Of what linear layers give: (units, 1, 1).
struct Shape {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;

  [[nodiscard]] std::int64_t pixels() const { return height * width; }
  [[nodiscard]] std::int64_t numbers() const { return channels * height * width; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

// What a layer gives, by the layer's position.
struct Value {
  std::int32_t layer = 0;
};

struct Layer {
  enum class Kind {
    kInput,
    kChannels,     // some of the channels, from `first` on
    kConvolution,  // square kernel, stride 1, zeros around, bias
    kRelu,
    kBatchNorm,    // over clips, height and width; affine, with running statistics
    kMaxPool,      // square window; the first maximum in reading order gets the gradient
    kAveragePool,  // square window, no padding
    kDropout,      // each number by itself; what stays is divided by 1 - probability
    kMapDropout,   // whole maps
    kConcatenate,  // channels of several values of one height and width
    kLinear,       // of all numbers in the order channel, row, column; bias
  };
  Kind kind = Kind::kInput;
  std::string name;                // of layers with numbers: "conv1" has conv1.weight and conv1.bias
  std::vector<std::int32_t> from;  // positions of the layers that it takes
  Shape shape;                     // of what it gives
  std::int64_t first = 0;          // kChannels
  std::int64_t kernel = 0, stride = 1, padding = 0;
  double probability = 0.0;  // that a number or a map is dropped
  double epsilon = 1.0e-5;   // kBatchNorm: added to the variance
  double momentum = 0.1;     // kBatchNorm: share of a batch in the running statistics
};
[[nodiscard]] std::string_view to_string(Layer::Kind kind);  // "convolution"

struct Convolution {
  std::int64_t maps = 0;
  std::int64_t kernel = 0;
  std::int64_t padding = 0;
};
struct Pooling {
  std::int64_t kernel = 0;
  std::int64_t stride = 0;
  std::int64_t padding = 0;  // max pooling only; at most half the kernel
};

// Building one throws std::invalid_argument, naming layer and shapes, when a layer does not fit what it is given.
class Description {
 public:
  explicit Description(Shape input);

  [[nodiscard]] Value input() const { return {0}; }
  Value channels(Value from, std::int64_t first, std::int64_t count);
  Value convolution(std::string name, Value from, Convolution options);
  Value relu(Value from);
  Value batch_norm(std::string name, Value from);
  Value max_pool(Value from, Pooling options);
  Value average_pool(Value from, Pooling options);
  Value dropout(Value from, double probability);
  Value map_dropout(Value from, double probability);
  Value concatenate(std::span<const Value> from);
  Value linear(std::string name, Value from, std::int64_t units);

  [[nodiscard]] std::span<const Layer> layers() const { return layers_; }
  [[nodiscard]] const Shape& shape(Value value) const { return layers_[static_cast<std::size_t>(value.layer)].shape; }
  [[nodiscard]] std::int64_t scores() const { return layers_.back().shape.numbers(); }  // of a clip

 private:
  Value add(Layer layer);

  std::vector<Layer> layers_;
};

}  // namespace mexbench::engine
