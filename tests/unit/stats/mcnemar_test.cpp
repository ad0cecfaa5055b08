#include "harness/stats/mcnemar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/statistics/rank_cases.h"

namespace mexbench::stats {
namespace {

// statsmodels 0.13.5, mcnemar(exact=True) and mcnemar(exact=False, correction=True).
TEST(McNemar, EqualsStatsmodels) {
  for (const McNemarCase& known : mcnemar_cases()) {
    const McNemar ours = mcnemar(known.only_first, known.only_second);
    EXPECT_NEAR(ours.exact_p, known.exact_p, 1e-12);
    EXPECT_NEAR(ours.chi_squared, known.chi_squared, 1e-12);
    EXPECT_NEAR(ours.chi_squared_p, known.chi_squared_p, 1e-12);
    const McNemar exchanged = mcnemar(known.only_second, known.only_first);
    EXPECT_EQ(exchanged.exact_p, ours.exact_p);
    EXPECT_EQ(exchanged.chi_squared, ours.chi_squared);
  }
}

TEST(McNemar, WithoutADifferenceThereIsNoEvidence) {
  for (const std::int64_t clips : {0, 1, 40}) {
    const McNemar same = mcnemar(clips, clips);
    EXPECT_EQ(same.exact_p, 1.0);
    EXPECT_EQ(same.chi_squared, 0.0);
    EXPECT_EQ(same.chi_squared_p, 1.0);
  }
}

TEST(McNemar, SaysThatItIsAReference) { EXPECT_THAT(kMcNemarLabel, ::testing::HasSubstr("not independent")); }

}  // namespace
}  // namespace mexbench::stats
