#include "harness/stats/multiple.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "data/statistics/rank_cases.h"
#include "harness/core/random.h"

namespace mexbench::stats {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

// statsmodels 0.13.5, multipletests(method="holm").
TEST(Holm, EqualsStatsmodelsInTheOrderOfTheInput) {
  for (const HolmCase& known : holm_cases()) {
    const std::vector<double> ours = holm(known.raw);
    ASSERT_EQ(ours.size(), known.adjusted.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], known.adjusted[i], 1e-15) << known.raw[i];
  }
}

// Sorted: 3 x 0.01, then 2 x 0.02 = 0.04, then 1 x 0.03, which may not be below what came before.
TEST(Holm, AdjustedValuesNeverDecrease) {
  EXPECT_THAT(holm(std::vector{0.03, 0.01, 0.02}), ElementsAre(DoubleNear(0.04, 1e-15), DoubleNear(0.03, 1e-15), DoubleNear(0.04, 1e-15)));
}

TEST(Holm, EqualRawValuesGetEqualAdjustedOnesAndNoneIsAboveOne) {
  core::RandomStream draw(1);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<double> raw(1 + draw.below(12));
    for (double& p : raw) p = static_cast<double>(draw.below(6)) / 5.0;
    const std::vector<double> adjusted = holm(raw);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      EXPECT_GE(adjusted[i], raw[i]);
      EXPECT_LE(adjusted[i], 1.0);
      for (std::size_t j = 0; j < raw.size(); ++j) {
        if (raw[i] <= raw[j]) {
          EXPECT_LE(adjusted[i], adjusted[j]);  // both ways for equal ones
        }
      }
    }
  }
}

TEST(Holm, AFamilyKeepsItsName) {
  const TestFamily family = holm_family("all pairs on casme2", {0.02, 0.5});
  EXPECT_EQ(family.name, "all pairs on casme2");
  EXPECT_THAT(family.raw, ElementsAre(0.02, 0.5));
  EXPECT_THAT(family.adjusted, ElementsAre(0.04, 0.5));
}

}  // namespace
}  // namespace mexbench::stats
