#include "harness/eval/curves.h"

#include <gmock/gmock.h>

namespace mexbench::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::vector<std::string> kClasses{"neg", "pos"};
using Truths = std::map<core::ClipId, data::Truth>;
const Truths kFirst{{core::ClipId("d/a/1"), data::Truth::one_class(0)}, {core::ClipId("d/a/2"), data::Truth::one_class(1)}};
const Truths kSecond{{core::ClipId("d/b/1"), data::Truth::one_class(1)}};

EpochScores epoch(std::int64_t number, double loss, std::map<core::ClipId, std::vector<float>> scores) {
  return {.phase = "train", .epoch = number, .train_loss = loss, .validation = std::nullopt, .scores = std::move(scores)};
}
const std::vector<float> kNeg{2.0F, 1.0F}, kPos{1.0F, 2.0F};

// Fold a records epochs 1, 2 and 3 and gets 1, 2 and 2 of 2 right; fold b records 2 alone and gets its clip right.
Curves made() {
  CurvesBuilder builder(kClasses);
  builder.add(core::FoldId("d/a"), 3,
              std::vector<EpochScores>{epoch(1, 0.9, {{core::ClipId("d/a/1"), kNeg}, {core::ClipId("d/a/2"), kNeg}}),
                                       epoch(2, 0.5, {{core::ClipId("d/a/1"), kNeg}, {core::ClipId("d/a/2"), kPos}}),
                                       epoch(3, 0.1, {{core::ClipId("d/a/1"), kPos}, {core::ClipId("d/a/2"), kPos}})},
              kFirst);
  builder.add(core::FoldId("d/b"), 2, std::vector<EpochScores>{epoch(2, 0.7, {{core::ClipId("d/b/1"), kPos}})}, kSecond);
  return builder.build();
}

TEST(Curves, LossIsTheMeanOfTheFoldsThatRecordedTheEpoch) {
  const Curves curves = made();
  ASSERT_THAT(curves.epochs, SizeIs(3));
  EXPECT_EQ(curves.epochs[0].folds, 1);
  EXPECT_DOUBLE_EQ(curves.epochs[0].train_loss, 0.9);
  EXPECT_EQ(curves.epochs[1].folds, 2);
  EXPECT_DOUBLE_EQ(curves.epochs[1].train_loss, 0.6);
  // Linear between the order statistics 0.5 and 0.7.
  EXPECT_NEAR(curves.epochs[1].loss_low, 0.505, 1e-12);
  EXPECT_NEAR(curves.epochs[1].loss_high, 0.695, 1e-12);
}

// Epoch 2: all three right, UF1 1. Epoch 3: fold a answers pos twice, fold b stands with its epoch 2. neg: TP 0, FN 1, F1 0;
// pos: TP 2, FP 1, F1 4/5; UF1 0.4.
TEST(Curves, FoldThatHasEndedStandsWithItsLastEpoch) {
  const Curves curves = made();
  EXPECT_EQ(curves.epochs[0].test_uf1, core::Figure::undefined("fold 'd/b' has recorded no epoch so far"));
  EXPECT_DOUBLE_EQ(curves.epochs[1].test_uf1.value.value(), 1.0);
  EXPECT_DOUBLE_EQ(curves.epochs[2].test_uf1.value.value(), 0.4);
  EXPECT_EQ(curves.epochs_trained.at(core::FoldId("d/b")), 2);
}

TEST(Curves, ReadBackFromJsonUnchanged) {
  const Curves curves = made();
  const auto read = curves_from_json(to_json(curves), "curves.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(*read, curves);
  EXPECT_FALSE(curves_from_json(nlohmann::json::array(), "curves.json"));
  EXPECT_THAT(curves_from_json({{"epoch", 3}}, "curves.json").error().render(), HasSubstr("curves.json"));
}

}  // namespace
}  // namespace mexbench::eval
