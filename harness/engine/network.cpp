#include "harness/engine/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "harness/engine/passes.h"
#include "harness/engine/plan.h"
#include "harness/engine/random.h"
#include "harness/model/fresh.h"

namespace mexbench::engine {
namespace {

using Kind = Layer::Kind;

bool has_numbers(const Layer& layer) {
  return layer.kind == Kind::kConvolution || layer.kind == Kind::kBatchNorm || layer.kind == Kind::kLinear;
}

// Numbers that one output of a layer is a sum over.
std::int64_t fan_in(const Layer& layer, const Shape& given) {
  return layer.kind == Kind::kLinear ? given.numbers() : given.channels * layer.kernel * layer.kernel;
}

std::vector<std::int64_t> weight_shape(const Layer& layer, const Shape& given) {
  switch (layer.kind) {
    case Kind::kConvolution:
      return {layer.shape.channels, given.channels, layer.kernel, layer.kernel};
    case Kind::kLinear:
      return {layer.shape.channels, given.numbers()};
    default:
      return {layer.shape.channels};
  }
}

std::int64_t count_of(const std::vector<std::int64_t>& shape) {
  std::int64_t out = 1;
  for (const std::int64_t extent : shape) out *= extent;
  return out;
}

model::TensorData float_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  model::TensorData out{.name = std::move(name), .dtype = model::DType::kFloat32, .shape = std::move(shape), .bytes = {}};
  out.bytes.resize(values.size_bytes());
  std::memcpy(out.bytes.data(), values.data(), values.size_bytes());
  return out;
}

// The numbers of an integer scalar.
std::int64_t integer_of(const model::TensorData& tensor) {
  if (tensor.dtype == model::DType::kInt64 && tensor.bytes.size() == sizeof(std::int64_t)) {
    std::int64_t out = 0;
    std::memcpy(&out, tensor.bytes.data(), sizeof out);
    return out;
  }
  return static_cast<std::int64_t>(tensor.to_float32().front());
}

}  // namespace

struct Network::Numbers {
  std::vector<Layer> description;
  std::vector<Parameter> parameters;
  std::vector<LayerNumbers> layers;  // of the description
  std::vector<float> values, gradients;
  LibTorchRandom random;
  Aligned<float> prepared;  // of one clip
  std::unique_ptr<Passes> passes;

  [[nodiscard]] const Shape& given(const Layer& layer) const { return description[static_cast<std::size_t>(layer.from.front())].shape; }
};

Network::Network(const Description& description, LossOptions loss) : numbers_(std::make_unique<Numbers>()) {
  Numbers& own = *numbers_;
  own.description.assign(description.layers().begin(), description.layers().end());
  own.layers.resize(own.description.size());
  std::int64_t total = 0;
  for (const Layer& layer : own.description) {
    if (has_numbers(layer)) total += count_of(weight_shape(layer, own.given(layer))) + layer.shape.channels;
  }
  own.values.resize(static_cast<std::size_t>(total));
  own.gradients.resize(own.values.size());
  std::size_t first = 0;
  const auto add = [&](std::string name, std::vector<std::int64_t> shape) {
    const auto count = static_cast<std::size_t>(count_of(shape));
    own.parameters.push_back({.name = std::move(name),
                              .shape = std::move(shape),
                              .values = std::span(own.values).subspan(first, count),
                              .gradient = std::span(own.gradients).subspan(first, count)});
    first += count;
    return own.parameters.size() - 1;
  };
  for (std::size_t at = 0; at < own.description.size(); ++at) {
    const Layer& layer = own.description[at];
    if (!has_numbers(layer)) continue;
    const Parameter& weight = own.parameters[add(layer.name + ".weight", weight_shape(layer, own.given(layer)))];
    LayerNumbers& numbers = own.layers[at];
    numbers.weight = weight.values;
    numbers.weight_gradient = weight.gradient;
    const Parameter& bias = own.parameters[add(layer.name + ".bias", {layer.shape.channels})];
    numbers.bias = bias.values;
    numbers.bias_gradient = bias.gradient;
    if (layer.kind != Kind::kBatchNorm) continue;
    numbers.running_mean.resize(numbers.weight.size());
    numbers.running_variance.resize(numbers.weight.size());
  }
  own.passes = std::make_unique<Passes>(make_plan(description, kernels().lanes), own.layers, std::move(loss));
  own.prepared = Aligned<float>(own.passes->prepared_numbers());
  initialise();
}

Network::~Network() = default;

void Network::seed(std::uint64_t seed) { numbers_->random.seed(seed); }

void Network::initialise() {
  Numbers& own = *numbers_;
  for (std::size_t at = 0; at < own.description.size(); ++at) {
    const Layer& layer = own.description[at];
    LayerNumbers& numbers = own.layers[at];
    if (layer.kind == Kind::kBatchNorm) {
      std::fill(numbers.weight.begin(), numbers.weight.end(), 1.0F);
      std::fill(numbers.bias.begin(), numbers.bias.end(), 0.0F);
      std::fill(numbers.running_mean.begin(), numbers.running_mean.end(), 0.0F);
      std::fill(numbers.running_variance.begin(), numbers.running_variance.end(), 1.0F);
      numbers.batches = 0;
    } else if (has_numbers(layer)) {
      // He, Zhang, Ren, Sun (ICCV 2015) as LibTorch's layers call it, with a = sqrt(5): in the end both are 1 / sqrt(fan in).
      const double root = std::sqrt(static_cast<double>(fan_in(layer, own.given(layer))));
      const double gain = std::sqrt(2.0 / (1.0 + std::pow(std::sqrt(5.0), 2.0)));
      const double of_weight = std::sqrt(3.0) * (gain / root);
      own.random.uniform(numbers.weight, -of_weight, of_weight);
      own.random.uniform(numbers.bias, -1.0 / root, 1.0 / root);
    }
  }
  parameters_changed();
}

std::span<const Parameter> Network::parameters() const { return numbers_->parameters; }

void Network::parameters_changed() { numbers_->passes->changed(); }

std::int64_t Network::prepared_numbers() const { return numbers_->passes->prepared_numbers(); }

void Network::prepare(const float* clip, float* out) const { numbers_->passes->prepare(clip, out); }

core::Result<double> Network::train(std::span<const float* const> clips, const Targets& targets, core::Profile* profile) {
  for (const Layer& layer : numbers_->description) {
    if (layer.kind == Kind::kBatchNorm && static_cast<std::int64_t>(clips.size()) * numbers_->given(layer).pixels() == 1) {
      return core::Error(core::ErrorCode::kFailed,
                         fmt::format("batch norm '{}' has one number per channel, need at least two in training", layer.name));
    }
  }
  return numbers_->passes->train(clips, targets, numbers_->random, profile);
}

void Network::predict(std::span<const float* const> clips, std::span<float> scores) {
  const std::size_t classes = scores.size() / clips.size();
  for (std::size_t clip = 0; clip < clips.size(); ++clip) numbers_->passes->evaluate(clips[clip], scores.data() + clip * classes);
}

void Network::predict(const float* clips, std::int64_t count, std::span<float> scores) {
  const std::int64_t numbers = numbers_->description.front().shape.numbers();
  const std::int64_t classes = numbers_->description.back().shape.channels;
  for (std::int64_t clip = 0; clip < count; ++clip) {
    prepare(clips + clip * numbers, numbers_->prepared.data());
    numbers_->passes->evaluate(numbers_->prepared.data(), scores.data() + clip * classes);
  }
}

model::StateDict Network::state() const {
  model::StateDict out;
  auto parameter = numbers_->parameters.begin();
  for (std::size_t at = 0; at < numbers_->description.size(); ++at) {
    const Layer& layer = numbers_->description[at];
    if (!has_numbers(layer)) continue;
    for (int i = 0; i < 2; ++i, ++parameter) out.tensors.push_back(float_tensor(parameter->name, parameter->shape, parameter->values));
    if (layer.kind != Kind::kBatchNorm) continue;
    const LayerNumbers& numbers = numbers_->layers[at];
    out.tensors.push_back(float_tensor(layer.name + ".running_mean", {layer.shape.channels}, numbers.running_mean));
    out.tensors.push_back(float_tensor(layer.name + ".running_var", {layer.shape.channels}, numbers.running_variance));
    model::TensorData batches{.name = layer.name + ".num_batches_tracked", .dtype = model::DType::kInt64, .shape = {}, .bytes = {}};
    batches.bytes.resize(sizeof numbers.batches);
    std::memcpy(batches.bytes.data(), &numbers.batches, sizeof numbers.batches);
    out.tensors.push_back(std::move(batches));
  }
  return out;
}

core::Status Network::set_state(const model::StateDict& given, std::string_view file, std::span<const std::string> fresh) {
  const model::StateDict own = state();
  std::vector<std::string> names;
  for (const model::TensorData& tensor : own.tensors) names.push_back(tensor.name);
  MEXBENCH_TRY(model::check_fresh(names, fresh));
  model::StateDict wanted = given;
  std::erase_if(wanted.tensors, [&](const model::TensorData& tensor) { return model::is_fresh(tensor.name, fresh); });
  std::vector<model::ExpectedTensor> expected;
  for (const model::TensorData& tensor : own.tensors) {
    if (model::is_fresh(tensor.name, fresh)) continue;
    const bool counts = tensor.dtype == model::DType::kInt64;
    expected.push_back({.name = tensor.name, .shape = tensor.shape, .floating = !counts, .optional = counts});
  }
  MEXBENCH_TRY(model::check_state_dict(wanted, expected, file));
  for (const model::TensorData& tensor : wanted.tensors) {
    const std::size_t bytes = static_cast<std::size_t>(tensor.numbers()) * model::bytes_per_number(tensor.dtype);
    if (tensor.bytes.size() == bytes) continue;
    return core::Error::in_file(core::ErrorCode::kData, std::string(file),
                                fmt::format("tensor '{}' has {} bytes, need {}", tensor.name, tensor.bytes.size(), bytes));
  }
  for (std::size_t at = 0; at < numbers_->description.size(); ++at) {
    const Layer& layer = numbers_->description[at];
    if (!has_numbers(layer)) continue;
    LayerNumbers& numbers = numbers_->layers[at];
    const auto copy = [&](std::string_view what, std::span<float> to) {
      const model::TensorData* const tensor = wanted.find(fmt::format("{}.{}", layer.name, what));
      if (tensor == nullptr) return;  // stays as it is
      const std::vector<float> values = tensor->to_float32();
      std::copy(values.begin(), values.end(), to.begin());
    };
    copy("weight", numbers.weight);
    copy("bias", numbers.bias);
    if (layer.kind != Kind::kBatchNorm) continue;
    copy("running_mean", numbers.running_mean);
    copy("running_var", numbers.running_variance);
    const model::TensorData* const batches = wanted.find(layer.name + ".num_batches_tracked");
    if (batches != nullptr) numbers.batches = integer_of(*batches);
  }
  parameters_changed();
  return {};
}

}  // namespace mexbench::engine
