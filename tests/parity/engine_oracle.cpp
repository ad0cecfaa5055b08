#include "parity/engine_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace mexbench::parity {
namespace {

namespace F = torch::nn::functional;
using engine::Description;
using engine::Layer;
using engine::Value;
using Kind = Layer::Kind;

constexpr double kFar = std::numeric_limits<double>::infinity();

bool has_numbers(const Layer& layer) {
  return layer.kind == Kind::kConvolution || layer.kind == Kind::kBatchNorm || layer.kind == Kind::kLinear;
}

// The distance between the two largest numbers of each window; infinite where both are what ReLU cut off.
torch::Tensor gaps(const torch::Tensor& input, const Layer& layer) {
  const double lowest = -std::numeric_limits<double>::infinity();
  const torch::Tensor padded = torch::constant_pad_nd(input, {layer.padding, layer.padding, layer.padding, layer.padding}, lowest)
                                   .reshape({-1, 1, input.size(2) + 2 * layer.padding, input.size(3) + 2 * layer.padding});
  const torch::Tensor windows = padded.unfold(2, layer.kernel, layer.stride).unfold(3, layer.kernel, layer.stride).flatten(4).squeeze(1);
  if (windows.size(-1) < 2) return torch::ones({1}, torch::kFloat64);
  const torch::Tensor two = std::get<0>(windows.topk(2, -1));
  const torch::Tensor first = two.select(-1, 0), second = two.select(-1, 1);
  return torch::where((first == second) & (first == 0.0), torch::full_like(first, kFar), first - second);
}

}  // namespace

Masks draw_masks(const Description& description, std::int64_t clips) {
  Masks masks(description.layers().size());
  for (std::size_t at = 0; at < masks.size(); ++at) {
    const Layer& layer = description.layers()[at];
    const bool maps = layer.kind == Kind::kMapDropout;
    if ((layer.kind != Kind::kDropout && !maps) || layer.probability == 0.0) continue;
    const torch::Tensor drawn = torch::empty({clips, layer.shape.channels, maps ? 1 : layer.shape.height, maps ? 1 : layer.shape.width})
                                    .bernoulli_(1.0 - layer.probability);
    masks[at] = drawn.to(torch::kFloat64) / (1.0 - layer.probability);
  }
  return masks;
}

Oracle::Oracle(const Description& description, const engine::Network& network, torch::ScalarType type)
    : layers_(description.layers().begin(), description.layers().end()),
      first_parameter_(layers_.size(), -1),
      first_running_(layers_.size(), -1),
      type_(type) {
  const model::StateDict state = network.state();
  for (const engine::Parameter& parameter : network.parameters()) {
    torch::Tensor values = torch::from_blob(parameter.values.data(), parameter.shape, torch::kFloat32).clone().to(type);
    parameters_.push_back(values.set_requires_grad(true));
  }
  std::vector<bool> normed(layers_.size(), false);  // goes into a batch norm and nowhere else
  for (const Layer& layer : layers_) {
    if (layer.kind == Kind::kBatchNorm) normed[static_cast<std::size_t>(layer.from.front())] = true;
  }
  std::int64_t next = 0;
  for (std::size_t at = 0; at < layers_.size(); ++at) {
    if (!has_numbers(layers_[at])) continue;
    first_parameter_[at] = next;
    next += 2;
    without_effect_.push_back(false);
    without_effect_.push_back(normed[at]);
    if (layers_[at].kind != Kind::kBatchNorm) continue;
    first_running_[at] = static_cast<std::int64_t>(running_.size());
    for (const char* const what : {"running_mean", "running_var"}) {
      const std::vector<float> values = state.find(layers_[at].name + "." + what)->to_float32();
      running_.push_back(torch::tensor(values).to(type));
    }
  }
}

void Oracle::watch(const torch::Tensor& distances, const torch::Tensor& numbers) {
  if (type_ != torch::kFloat64) return;
  const double scale = numbers.abs().max().item<double>();
  if (scale > 0.0) closest_ = std::min(closest_, distances.min().item<double>() / scale);
}

torch::Tensor Oracle::forward(const torch::Tensor& input, const Masks* masks) {
  closest_ = 1.0;
  std::vector<torch::Tensor> values(layers_.size());
  for (std::size_t at = 0; at < layers_.size(); ++at) {
    const Layer& layer = layers_[at];
    const torch::Tensor given = layer.from.empty() ? input.to(type_) : values[static_cast<std::size_t>(layer.from.front())];
    const auto parameter = [&](std::int64_t which) { return parameters_[static_cast<std::size_t>(first_parameter_[at] + which)]; };
    switch (layer.kind) {
      case Kind::kInput:
        values[at] = given;
        break;
      case Kind::kChannels:
        values[at] = given.narrow(1, layer.first, layer.shape.channels);
        break;
      case Kind::kConvolution:
        values[at] = torch::conv2d(given, parameter(0), parameter(1), /*stride=*/1, /*padding=*/layer.padding);
        break;
      case Kind::kRelu: {
        const torch::Tensor size = given.detach().abs();
        watch(torch::where(size == 0.0, torch::full_like(size, kFar), size), size);
        values[at] = torch::relu(given);
        break;
      }
      case Kind::kBatchNorm: {
        torch::Tensor mean = running_[static_cast<std::size_t>(first_running_[at])];
        torch::Tensor variance = running_[static_cast<std::size_t>(first_running_[at] + 1)];
        values[at] = torch::batch_norm(given, parameter(0), parameter(1), mean, variance, masks != nullptr, layer.momentum, layer.epsilon,
                                       /*cudnn_enabled=*/false);
        break;
      }
      case Kind::kMaxPool:
        watch(gaps(given.detach(), layer), given.detach());
        values[at] = torch::max_pool2d(given, layer.kernel, layer.stride, layer.padding);
        break;
      case Kind::kAveragePool:
        values[at] = torch::avg_pool2d(given, layer.kernel, layer.stride);
        break;
      case Kind::kDropout:
      case Kind::kMapDropout: {
        const bool drops = masks != nullptr && (*masks)[at].defined();
        const auto shaped = [&] { return given.dim() == 2 ? (*masks)[at].flatten(1) : (*masks)[at]; };
        values[at] = drops ? given * shaped().to(type_) : given;
        break;
      }
      case Kind::kConcatenate: {
        std::vector<torch::Tensor> parts;
        for (const std::int32_t from : layer.from) parts.push_back(values[static_cast<std::size_t>(from)]);
        values[at] = torch::cat(parts, 1);
        break;
      }
      case Kind::kLinear:
        values[at] = torch::linear(given.flatten(1), parameter(0), parameter(1));
        break;
    }
  }
  return values.back();
}

// ---- descriptions

namespace {

std::int64_t between(core::RandomStream& stream, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(high - low + 1)));
}
bool chance(core::RandomStream& stream, double probability) { return stream.uniform() < probability; }

class Builder {
 public:
  Builder(core::RandomStream& stream, engine::Shape input) : stream_(stream), net_(input) {}

  // One or two convolutions with what stands behind them.
  Value stage(Value value, const std::string& prefix) {
    const std::int64_t count = between(stream_, 1, 2);
    for (std::int64_t i = 1; i <= count; ++i) {
      const engine::Shape& given = net_.shape(value);
      const std::int64_t kernel = std::min({between(stream_, 1, 5), given.height, given.width});
      const std::string number = std::to_string(i);
      value = net_.convolution(
          prefix + "conv" + number, value,
          {.maps = between(stream_, 1, chance(stream_, 0.2) ? 40 : 18), .kernel = kernel, .padding = between(stream_, 0, 2)});
      const std::int64_t order = between(stream_, 0, 4);  // ReLU alone, norm alone, ReLU first, norm first, none
      if (order == 0 || order == 2) value = net_.relu(value);
      if (order >= 1 && order <= 3) value = net_.batch_norm(prefix + "bn" + number, value);
      if (order == 3) value = net_.relu(value);
      value = pooled(value);
      if (chance(stream_, 0.3)) value = net_.dropout(value, 0.4);
      if (chance(stream_, 0.15)) value = net_.map_dropout(value, 0.25);
    }
    return value;
  }
  Value pooled(Value value) {
    const engine::Shape& given = net_.shape(value);
    const std::int64_t kernel = std::min({between(stream_, 1, 3), given.height, given.width});
    const std::int64_t stride = between(stream_, 1, 3);
    if (chance(stream_, 0.55)) {
      return net_.max_pool(value, {.kernel = kernel, .stride = stride, .padding = kernel > 1 && chance(stream_, 0.5) ? 1 : 0});
    }
    if (chance(stream_, 0.4)) return net_.average_pool(value, {.kernel = kernel, .stride = stride});
    return value;
  }
  Value head(Value value, std::int64_t classes) {
    const std::int64_t hidden = between(stream_, 0, 2);
    for (std::int64_t i = 0; i < hidden; ++i) {
      value = net_.linear("fc" + std::to_string(i), value, between(stream_, 2, 40));
      if (chance(stream_, 0.7)) value = net_.relu(value);
      if (chance(stream_, 0.4)) value = net_.dropout(value, 0.5);
    }
    return net_.linear("fc", value, classes);
  }

  Description& net() { return net_; }

 private:
  core::RandomStream& stream_;
  Description net_;
};

// Streams that do the same to the same value, as STSTNet's: each with its own number of maps.
Value twins(core::RandomStream& stream, Description& net) {
  const std::int64_t count = between(stream, 2, 3), kernel = between(stream, 1, 3), padding = between(stream, 0, 2);
  const bool norm_first = chance(stream, 0.5);
  std::vector<Value> streams;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    Value value = net.convolution("conv" + number, net.input(), {.maps = between(stream, 1, 9), .kernel = kernel, .padding = padding});
    if (norm_first) {
      value = net.relu(net.batch_norm("bn" + number, value));
    } else {
      value = net.batch_norm("bn" + number, net.relu(value));
    }
    streams.push_back(net.dropout(net.max_pool(value, {.kernel = 2, .stride = 2, .padding = padding > 0 ? 1 : 0}), 0.5));
  }
  return net.concatenate(streams);
}

}  // namespace

Description random_description(core::RandomStream& stream, std::int64_t classes) {
  const std::int64_t channels = between(stream, 1, 4);
  const bool small = chance(stream, 0.8);
  const auto side = [&] { return between(stream, 5, small ? 16 : 34); };
  const std::int64_t height = side(), width = side();
  Builder builder(stream, {.channels = channels, .height = height, .width = width});
  Description& net = builder.net();
  Value value = net.input();
  const std::int64_t form = between(stream, 0, 3);
  if (form == 0) {
    value = builder.pooled(twins(stream, net));
  } else if (form == 1 && channels > 1) {  // one stream for some of the channels, one for the others, side by side before a linear layer
    const std::int64_t some = between(stream, 1, channels - 1);
    std::vector<Value> streams;
    for (const auto& [first, count] : {std::pair{std::int64_t{0}, some}, std::pair{some, channels - some}}) {
      Value part = net.convolution("s" + std::to_string(first) + ".conv", net.channels(net.input(), first, count),
                                   {.maps = between(stream, 1, 18), .kernel = 3, .padding = 1});
      part = net.max_pool(net.relu(part), {.kernel = 2, .stride = 2});
      streams.push_back(part);
    }
    value = net.concatenate(streams);
  } else {
    value = builder.stage(value, "");
  }
  builder.head(value, classes);
  return net;
}

std::string text_of(const Description& description) {
  std::string out;
  for (const Layer& layer : description.layers()) {
    out += fmt::format("{} {} ({}, {}, {}) k{} s{} p{} drop {}; ", to_string(layer.kind), layer.name, layer.shape.channels,
                       layer.shape.height, layer.shape.width, layer.kernel, layer.stride, layer.padding, layer.probability);
  }
  return out;
}

Description ststnet(double dropout) {
  Description net({.channels = 3, .height = 28, .width = 28});
  std::array<Value, 3> streams;
  constexpr std::array<std::int64_t, 3> kMaps{3, 5, 8};
  for (std::size_t i = 0; i < 3; ++i) {
    streams[i] = net.convolution("conv" + std::to_string(i + 1), net.input(), {.maps = kMaps[i], .kernel = 3, .padding = 2});
  }
  for (std::size_t i = 0; i < 3; ++i) streams[i] = net.batch_norm("bn" + std::to_string(i + 1), net.relu(streams[i]));
  for (Value& stream : streams) stream = net.dropout(net.max_pool(stream, {.kernel = 3, .stride = 3, .padding = 1}), dropout);
  net.linear("fc", net.average_pool(net.concatenate(streams), {.kernel = 2, .stride = 2}), 3);
  return net;
}

Description offapexnet(double dropout) {
  Description net({.channels = 2, .height = 28, .width = 28});
  Value value = net.convolution("conv1", net.input(), {.maps = 6, .kernel = 3, .padding = 1});
  value = net.max_pool(net.relu(value), {.kernel = 2, .stride = 2});
  value = net.max_pool(net.relu(net.convolution("conv2", value, {.maps = 16, .kernel = 3, .padding = 1})), {.kernel = 2, .stride = 2});
  value = net.relu(net.linear("fc1", net.dropout(value, dropout), 1024));
  net.linear("fc", net.dropout(value, dropout), 3);
  return net;
}

Description sssnet(double dropout) {
  Description net({.channels = 3, .height = 64, .width = 64});
  Value value =
      net.max_pool(net.relu(net.convolution("conv1", net.input(), {.maps = 32, .kernel = 5, .padding = 0})), {.kernel = 3, .stride = 3});
  value = net.map_dropout(net.batch_norm("bn1", value), dropout);
  value = net.max_pool(net.relu(net.convolution("conv2", value, {.maps = 64, .kernel = 3, .padding = 0})), {.kernel = 2, .stride = 2});
  value = net.relu(net.linear("fc1", net.map_dropout(net.batch_norm("bn2", value), dropout), 256));
  net.linear("fc", net.dropout(value, dropout), 3);
  return net;
}

}  // namespace mexbench::parity
