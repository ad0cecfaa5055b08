// Descriptions for the fused engine against the LibTorch networks of the same parameters: names, shapes and order of what they hold, and
// the order in which their initial values are drawn.
#include <gmock/gmock.h>

#include "harness/train/network.h"
#include "models/modules.h"
#include "models/registry.h"
#include "unit/models/description_numbers.h"

namespace mexbench::models {
namespace {

struct DescribedCase {
  const char* model;
  nlohmann::json params;
  std::int64_t height;
  std::int64_t width;
};

std::vector<DescribedCase> described_cases() {
  return {{"ststnet", nlohmann::json::object(), 28, 28},
          {"ststnet", {{"in_channels", 2}, {"out_channels", 5}, {"padding", 1}, {"dropout", 0.0}}, 28, 33},
          {"ststnet", {{"in_channels", 7}}, 31, 26},
          {"offapexnet", nlohmann::json::object(), 28, 28},
          {"offapexnet", {{"num_classes", 7}, {"dropout", 0.2}}, 31, 29},
          {"sssnet", nlohmann::json::object(), 64, 64},
          {"sssnet", {{"num_classes", 5}, {"h_dims", {4, 6, 9}}}, 69, 65},
          {"offapexnet_two_stream", nlohmann::json::object(), 28, 28},
          {"offapexnet_two_stream", {{"num_classes", 4}, {"filters", {2, 3}}, {"units", {5, 6}}, {"conv_relu", false}}, 30, 31}};
}

std::vector<NamedShape> shapes_of(const torch::OrderedDict<std::string, torch::Tensor>& tensors) {
  std::vector<NamedShape> out;
  for (const auto& entry : tensors) out.emplace_back(entry.key(), entry.value().sizes().vec());
  return out;
}

struct Pair {
  std::shared_ptr<train::Network> network;
  engine::Description description;
  std::int64_t channels;
};

Pair made(const DescribedCase& one) {
  const ModelCard& card = **model_by_name(one.model);
  const nlohmann::json params = resolve_params(card, one.params).value();
  return {.network = create(one.model, params).value(),
          .description = describe(card, params, one.height, one.width).value(),
          .channels = channel_count(card, params)};
}

TEST(DescriptionsAndNetworks, HoldTheSameTensorsInTheSameOrder) {
  for (const DescribedCase& one : described_cases()) {
    SCOPED_TRACE(std::string(one.model) + " " + one.params.dump());
    const Pair pair = made(one);
    const DescribedNumbers described = numbers_of(pair.description);
    EXPECT_EQ(described.parameters, shapes_of(pair.network->named_parameters()));
    EXPECT_EQ(described.buffers, shapes_of(pair.network->named_buffers()));
    pair.network->eval();
    const torch::NoGradGuard no_gradients;
    const torch::Tensor scores = pair.network->forward(torch::rand({2, pair.channels, one.height, one.width}));
    EXPECT_EQ(scores.sizes().vec(), (std::vector<std::int64_t>{2, pair.description.scores()}));
  }
}

// A seeded generator gives LibTorch's layers, constructed one after the other in the description's order, the network's initial values.
TEST(DescriptionsAndNetworks, DrawInitialValuesInTheSameOrder) {
  constexpr std::uint64_t kSeed = 11;
  for (const DescribedCase& one : described_cases()) {
    SCOPED_TRACE(std::string(one.model) + " " + one.params.dump());
    torch::manual_seed(kSeed);
    const Pair pair = made(one);
    const auto values = pair.network->named_parameters();
    torch::manual_seed(kSeed);
    for (const engine::Layer& layer : pair.description.layers()) {
      const engine::Shape& given =
          layer.from.empty() ? layer.shape : pair.description.layers()[static_cast<std::size_t>(layer.from.front())].shape;
      torch::Tensor weight;
      // The module makes these as arguments of one call, which a C++ compiler evaluates in an order of its own; the description has the
      // published one.
      if (layer.name.starts_with("dense.")) break;
      if (layer.kind == engine::Layer::Kind::kConvolution) {
        weight = torch::nn::Conv2d(torch::nn::Conv2dOptions(given.channels, layer.shape.channels, layer.kernel))->weight;
      } else if (layer.kind == engine::Layer::Kind::kLinear) {
        weight = torch::nn::Linear(given.numbers(), layer.shape.channels)->weight;
      } else {
        continue;
      }
      EXPECT_TRUE(torch::equal(weight, values[layer.name + ".weight"])) << layer.name;
    }
  }
}

}  // namespace
}  // namespace mexbench::models
