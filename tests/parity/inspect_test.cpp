// Every card's parameters and FLOPs are those of its network, and the published networks that train in part are found out.
#include "harness/train/inspect.h"

#include <gmock/gmock.h>

#include "models/modules.h"
#include "models/registry.h"
#include "parity/support.h"

namespace mexbench::models {
namespace {

std::vector<std::int64_t> clip_of(const ModelCard& card) {
  return {static_cast<std::int64_t>(card.input.channels.size()), card.input.height, card.input.width};
}

class Inspected : public testing::TestWithParam<std::string> {};

TEST_P(Inspected, CardAgreesWithItsNetwork) {
  const ModelCard& card = *find_model(GetParam());
  const auto make = factory(card.name, nlohmann::json::object());
  ASSERT_TRUE(make) << make.error().render();
  const auto cost = train::cost_of(*make, clip_of(card));
  ASSERT_TRUE(cost) << cost.error().render();
  const std::string command = "'mexbench inspect model " + card.name + " --table totals' gives the numbers for its card.cpp and card.yaml";
  EXPECT_EQ(card.parameters, cost->parameters) << command;
  EXPECT_EQ(card.flops, cost->flops) << command;
  std::int64_t counted = 0;
  for (const train::Layer& layer : cost->layers) {
    EXPECT_THAT(layer.not_counted, testing::IsEmpty()) << layer.name << " " << layer.kind << ": harness/train/flops.cpp needs a rule";
    counted += layer.parameters;
  }
  EXPECT_LE(counted, cost->parameters);
}

INSTANTIATE_TEST_SUITE_P(Models, Inspected, testing::ValuesIn(parity::names_of_networks()), [](const auto& model) { return model.param; });

train::Untrained untrained_of(const std::string& model, const nlohmann::json& params, std::int64_t side) {
  const auto make = factory(model, params);
  EXPECT_TRUE(make) << make.error().render();
  const auto untrained = train::find_untrained(*make, {3, side, side});
  EXPECT_TRUE(untrained) << untrained.error().render();
  return *untrained;
}

std::int64_t numbers(const std::vector<train::NoGradient>& list) {
  std::int64_t out = 0;
  for (const train::NoGradient& entry : list) out += entry.numbers;
  return out;
}

// Blocks of one position attend to themselves alone: queries and keys, two thirds of every to_qkv, do nothing. With dim d, heads h and
// head size s = d / h (rounded down) these are 2 * h * s * d numbers a layer; both double from level to level.
TEST(HtNetInspected, QueriesAndKeysNeverTrainAtThePublishedSize) {
  const nlohmann::json params = {{"dim", 8}, {"heads", 3}, {"block_repeats", {2, 1, 3}}};
  const train::Untrained at_28 = untrained_of("htnet", params, 28);
  EXPECT_THAT(at_28.unused, testing::IsEmpty());
  ASSERT_EQ(at_28.no_gradient.size(), 6U);
  EXPECT_EQ(at_28.no_gradient.front().parameter, "layers.0.0.layers.0.0.fn.to_qkv.weight");
  EXPECT_EQ(at_28.no_gradient.front().where, "0 to 11 of dimension 0");
  EXPECT_EQ(numbers(at_28.no_gradient), 2 * (2 * 6 * 8) + 1 * (2 * 12 * 16) + 3 * (2 * 24 * 32));

  // Four positions a block: there is something to attend to.
  nlohmann::json larger = params;
  larger["image_size"] = 56;
  const train::Untrained at_56 = untrained_of("htnet", larger, 56);
  EXPECT_THAT(at_56.unused, testing::IsEmpty());
  EXPECT_THAT(at_56.no_gradient, testing::IsEmpty());
}

TEST(RcnInspected, PartsThatThePublishedForwardPassNeverCallsAreUnused) {
  const train::Untrained dense = untrained_of("rcn_s", {{"featuremaps", 8}}, 28);
  EXPECT_EQ(numbers(dense.unused), 8 * 8 * 9 + 8 + 8 + 8);  // conv3: kernel, bias, batch norm
  EXPECT_THAT(dense.unused.front().parameter, testing::HasSubstr("dbl.0.conv3."));
  EXPECT_THAT(dense.no_gradient, testing::IsEmpty());
  const train::Untrained embedded = untrained_of("rcn_f", {{"featuremaps", 8}}, 28);
  EXPECT_EQ(numbers(embedded.unused), 2 * 3 * 9 + 2 + 2 + 2);  // stream3
  EXPECT_THAT(embedded.unused.front().parameter, testing::StartsWith("stream3."));
  EXPECT_THAT(embedded.no_gradient, testing::IsEmpty());
  const train::Untrained wide = untrained_of("rcn_w", {{"featuremaps", 8}}, 28);
  EXPECT_THAT(wide.unused, testing::IsEmpty());
  EXPECT_THAT(wide.no_gradient, testing::IsEmpty());
}

}  // namespace
}  // namespace mexbench::models
