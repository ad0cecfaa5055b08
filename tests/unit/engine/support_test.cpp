#include "harness/engine/support.h"

#include <gmock/gmock.h>

namespace mexbench::engine {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json recipe(const std::string& loss = "cross_entropy", const std::string& numerics = "contiguous") {
  return {{"epochs", 3}, {"loss", {{"name", loss}, {"label_smoothing", 0.1}}}, {"numerics", numerics}, {"class_weights", "balanced"}};
}

std::string chosen(Wish wish, const Candidate& candidate) {
  const auto choice = choose(wish, candidate);
  if (choice) return in_words(*choice);
  EXPECT_EQ(choice.error().code(), core::ErrorCode::kUsage);
  return choice.error().render();
}

TEST(ChoiceOfEngine, AutoTakesTheFusedEngineWhereverItCan) {
  EXPECT_EQ(chosen(Wish::kAuto, {.train = recipe()}), "engine fused");
  EXPECT_EQ(chosen(Wish::kAuto, {.obstacle = "softmax at the end", .train = recipe()}), "engine libtorch: softmax at the end");
  EXPECT_EQ(chosen(Wish::kAuto, {.train = recipe("focal")}), "engine libtorch: loss 'focal'");
  EXPECT_EQ(chosen(Wish::kAuto, {.train = recipe("capsule_margin")}), "engine libtorch: loss 'capsule_margin'");
  EXPECT_EQ(chosen(Wish::kAuto, {.train = recipe("cross_entropy", "channels_last")}),
            "engine libtorch: numerics 'channels_last' is a setting of LibTorch's");
}

TEST(ChoiceOfEngine, LoadedWeightsStayOnLibTorchUnlessTheFusedEngineIsAskedFor) {
  EXPECT_EQ(chosen(Wish::kAuto, {}),
            "engine libtorch: loaded weights are evaluated on LibTorch, as published; 'engine: fused' answers faster");
  EXPECT_EQ(chosen(Wish::kFused, {}), "engine fused: as set");
  // What could not answer faster is not advertised.
  EXPECT_EQ(chosen(Wish::kAuto, {.obstacle = "not a network of ours"}), "engine libtorch: not a network of ours");
}

TEST(ChoiceOfEngine, WhatIsAskedForIsGivenOrRefusedWithTheReasonAndTheWayOut) {
  EXPECT_EQ(chosen(Wish::kLibTorch, {.train = recipe()}), "engine libtorch: as set");
  EXPECT_EQ(chosen(Wish::kLibTorch, {.obstacle = "softmax at the end", .train = recipe()}), "engine libtorch: as set");
  EXPECT_EQ(chosen(Wish::kFused, {.train = recipe()}), "engine fused: as set");
  const auto refused = choose(Wish::kFused, {.obstacle = "softmax at the end", .train = recipe()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
  EXPECT_EQ(refused.error().message(), "'engine: fused' does not go with it: softmax at the end");
  EXPECT_EQ(refused.error().diagnostics().front().hint, "use 'engine: auto'");
  EXPECT_THAT(chosen(Wish::kFused, {.train = recipe("focal")}), HasSubstr("'engine: fused' does not go with it: loss 'focal'"));
}

TEST(ChoiceOfEngine, WordsOfTheSettingAreRead) {
  EXPECT_EQ(wish_from("auto"), Wish::kAuto);
  EXPECT_EQ(wish_from("libtorch"), Wish::kLibTorch);
  EXPECT_EQ(wish_from("fused"), Wish::kFused);
}

}  // namespace
}  // namespace mexbench::engine
