// Descriptions for the fused engine against the cards; tests/parity/descriptions_test.cpp holds them to the networks.
#include <gmock/gmock.h>

#include "models/registry.h"
#include "unit/models/description_numbers.h"

namespace mexbench::models {
namespace {

using ::testing::ElementsAre;

nlohmann::json params_of(const ModelCard& card, const nlohmann::json& given = nlohmann::json::object()) {
  const auto params = resolve_params(card, given);
  EXPECT_TRUE(params) << params.error().render();
  return *params;
}

std::vector<const ModelCard*> described() {
  std::vector<const ModelCard*> out;
  for (const ModelCard& card : all_models()) {
    if (card.describe != nullptr) out.push_back(&card);
  }
  return out;
}

TEST(Descriptions, AreThereForTheShallowNetworks) {
  std::vector<std::string> names;
  for (const ModelCard* card : described()) names.push_back(card->name);
  EXPECT_THAT(names, ElementsAre("offapexnet", "offapexnet_two_stream", "sssnet", "ststnet"));
}

TEST(Descriptions, HaveTheCardsParametersChannelsAndClasses) {
  for (const ModelCard* card : described()) {
    SCOPED_TRACE(card->name);
    const auto net = describe(*card, params_of(*card), card->input.height, card->input.width);
    ASSERT_TRUE(net) << net.error().render();
    EXPECT_EQ(numbers_of(*net).parameter_count(), card->parameters);
    EXPECT_EQ(net->layers().front().shape, (engine::Shape{.channels = static_cast<std::int64_t>(card->input.channels.size()),
                                                          .height = card->input.height,
                                                          .width = card->input.width}));
    EXPECT_EQ(net->scores(), 3);
    const auto of_seven = describe(*card, params_of(*card, {{card->classes_param, 7}}), card->input.height, card->input.width);
    ASSERT_TRUE(of_seven);
    EXPECT_EQ(of_seven->scores(), 7);
  }
}

TEST(Descriptions, TakeEverySizeThatTheCardTakesWithOneSetOfParameters) {
  constexpr std::int64_t kLargest = 80;
  for (const ModelCard* card : described()) {
    SCOPED_TRACE(card->name);
    const nlohmann::json params = params_of(*card);
    const InputSizes sizes = card->sizes(params);
    int taken = 0;
    for (std::int64_t height = 1; height <= kLargest; ++height) {
      for (std::int64_t width = 1; width <= kLargest; ++width) {
        if (!sizes.take(height, width)) continue;
        const auto net = describe(*card, params, height, width);
        ASSERT_TRUE(net);
        ASSERT_EQ(numbers_of(*net).parameter_count(), card->parameters) << height << "x" << width;
        ++taken;
      }
    }
    EXPECT_GE(taken, 16);
  }
}

TEST(Descriptions, ASoftmaxAtTheEndIsNotExpressed) {
  const ModelCard& card = **model_by_name("sssnet");
  const auto refused = describe(card, params_of(card, {{"softmax", true}}), 64, 64);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "softmax at the end");
}

TEST(Descriptions, OtherModelsSayWhyThereIsNone) {
  const auto why = [](const char* name) {
    const auto refused = describe(**model_by_name(name), nlohmann::json::object(), 28, 28);
    return refused ? "" : refused.error().message();
  };
  EXPECT_EQ(why("htnet"), "the fused engine has no description of it");
  EXPECT_EQ(why("torchscript"), "not a network of ours");
  EXPECT_EQ(why("chance"), "not a network of ours");
}

}  // namespace
}  // namespace mexbench::models
