#include "harness/engine/description.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace mexbench::engine {
namespace {

std::string text_of(const Shape& shape) { return fmt::format("({}, {}, {})", shape.channels, shape.height, shape.width); }

[[noreturn]] void refuse(const Layer& layer, const std::string& why) {
  const std::string name = layer.name.empty() ? std::string() : fmt::format(" '{}'", layer.name);
  throw std::invalid_argument(fmt::format("{}{}: {}", to_string(layer.kind), name, why));
}

// Height or width that a window gives.
std::int64_t windows(const Layer& layer, std::int64_t extent) {
  const std::int64_t room = extent + 2 * layer.padding - layer.kernel;
  return room < 0 ? 0 : room / layer.stride + 1;
}

void slide(Layer& layer, const Shape& given) {
  if (layer.kernel < 1 || layer.stride < 1 || layer.padding < 0) refuse(layer, "kernel and stride are at least 1, padding at least 0");
  layer.shape.height = windows(layer, given.height);
  layer.shape.width = windows(layer, given.width);
  if (layer.shape.pixels() == 0) refuse(layer, fmt::format("a window of {} does not fit into {}", layer.kernel, text_of(given)));
}

}  // namespace

std::string_view to_string(Layer::Kind kind) {
  switch (kind) {
    case Layer::Kind::kInput:
      return "input";
    case Layer::Kind::kChannels:
      return "channels";
    case Layer::Kind::kConvolution:
      return "convolution";
    case Layer::Kind::kRelu:
      return "ReLU";
    case Layer::Kind::kBatchNorm:
      return "batch norm";
    case Layer::Kind::kMaxPool:
      return "max pooling";
    case Layer::Kind::kAveragePool:
      return "average pooling";
    case Layer::Kind::kDropout:
      return "dropout";
    case Layer::Kind::kMapDropout:
      return "map dropout";
    case Layer::Kind::kConcatenate:
      return "concatenation";
    case Layer::Kind::kLinear:
      return "linear";
  }
  return "layer";
}

Description::Description(Shape input) {
  Layer layer;
  layer.shape = input;
  if (input.channels < 1 || input.height < 1 || input.width < 1) refuse(layer, fmt::format("{} has an extent below 1", text_of(input)));
  layers_.push_back(std::move(layer));
}

Value Description::add(Layer layer) {
  layers_.push_back(std::move(layer));
  return {static_cast<std::int32_t>(layers_.size()) - 1};
}

Value Description::channels(Value from, std::int64_t first, std::int64_t count) {
  Layer layer{.kind = Layer::Kind::kChannels, .name = "", .from = {from.layer}, .shape = shape(from), .first = first};
  if (first < 0 || count < 1 || first + count > layer.shape.channels) {
    refuse(layer, fmt::format("{} from {} on of {}", count, first, text_of(layer.shape)));
  }
  layer.shape.channels = count;
  return add(std::move(layer));
}

Value Description::convolution(std::string name, Value from, Convolution options) {
  Layer layer{.kind = Layer::Kind::kConvolution,
              .name = std::move(name),
              .from = {from.layer},
              .shape = {.channels = options.maps},
              .kernel = options.kernel,
              .padding = options.padding};
  if (options.maps < 1) refuse(layer, "at least one map");
  slide(layer, shape(from));
  return add(std::move(layer));
}

Value Description::relu(Value from) { return add({.kind = Layer::Kind::kRelu, .name = "", .from = {from.layer}, .shape = shape(from)}); }

Value Description::batch_norm(std::string name, Value from) {
  return add({.kind = Layer::Kind::kBatchNorm, .name = std::move(name), .from = {from.layer}, .shape = shape(from)});
}

Value Description::max_pool(Value from, Pooling options) {
  Layer layer{.kind = Layer::Kind::kMaxPool,
              .name = "",
              .from = {from.layer},
              .shape = shape(from),
              .kernel = options.kernel,
              .stride = options.stride,
              .padding = options.padding};
  if (options.padding > options.kernel / 2) refuse(layer, "padding is at most half the kernel");
  slide(layer, shape(from));
  return add(std::move(layer));
}

Value Description::average_pool(Value from, Pooling options) {
  Layer layer{.kind = Layer::Kind::kAveragePool,
              .name = "",
              .from = {from.layer},
              .shape = shape(from),
              .kernel = options.kernel,
              .stride = options.stride,
              .padding = options.padding};
  if (options.padding != 0) refuse(layer, "no padding");
  slide(layer, shape(from));
  return add(std::move(layer));
}

Value Description::dropout(Value from, double probability) {
  Layer layer{.kind = Layer::Kind::kDropout, .name = "", .from = {from.layer}, .shape = shape(from), .probability = probability};
  if (!(probability >= 0.0 && probability < 1.0)) refuse(layer, fmt::format("a probability of {}, need one in [0, 1)", probability));
  return add(std::move(layer));
}

Value Description::map_dropout(Value from, double probability) {
  const Value out = dropout(from, probability);
  layers_.back().kind = Layer::Kind::kMapDropout;
  return out;
}

Value Description::concatenate(std::span<const Value> from) {
  Layer layer{.kind = Layer::Kind::kConcatenate, .name = "", .from = {}, .shape = {}};
  if (from.empty()) refuse(layer, "of nothing");
  layer.shape = shape(from.front());
  layer.shape.channels = 0;
  for (const Value value : from) {
    const Shape& given = shape(value);
    if (given.height != layer.shape.height || given.width != layer.shape.width) {
      refuse(layer, fmt::format("maps of {}x{} and of {}x{}", layer.shape.height, layer.shape.width, given.height, given.width));
    }
    layer.shape.channels += given.channels;
    layer.from.push_back(value.layer);
  }
  return add(std::move(layer));
}

Value Description::linear(std::string name, Value from, std::int64_t units) {
  Layer layer{.kind = Layer::Kind::kLinear, .name = std::move(name), .from = {from.layer}, .shape = {units, 1, 1}};
  if (units < 1) refuse(layer, "at least one unit");
  return add(std::move(layer));
}

}  // namespace mexbench::engine
