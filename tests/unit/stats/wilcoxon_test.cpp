#include "harness/stats/wilcoxon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "data/statistics/rank_cases.h"
#include "harness/core/random.h"
#include "harness/stats/ranks.h"

namespace mexbench::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SignedRank test_of(std::vector<double> differences, ZeroRule zeros = ZeroRule::kDrop, std::size_t exact_up_to = kMostExactPairs) {
  auto result = wilcoxon_signed_rank(differences, zeros, exact_up_to);
  EXPECT_TRUE(result) << result.error().render();
  return std::move(result).value();
}

TEST(Ranks, TiesShareTheMeanOfTheirRanks) {
  EXPECT_THAT(average_ranks(std::vector{0.3, 0.1, 0.3, 0.2, 0.3}), ElementsAre(4, 1, 4, 2, 4));
  EXPECT_THAT(average_ranks(std::vector<double>{}), ElementsAre());
}

TEST(Ranks, RoundingOfFractionsDoesNotBreakATie) {
  const double upper = 2.0 / 3.0 - 1.0 / 3.0;
  const double lower = 1.0 / 3.0 - 0.0 / 3.0;
  const double sum = 0.1 + 0.2 - 0.3;
  ASSERT_NE(0.8 - 0.7, 0.1);
  ASSERT_NE(sum, 0.0);
  EXPECT_THAT(average_ranks(std::vector{0.8 - 0.7, 0.1, upper, lower}), ElementsAre(1.5, 1.5, 3.5, 3.5));
  EXPECT_EQ(test_of({sum, 0.2}).zeros, 1U);
}

// SciPy 1.10.1, and every choice of signs where SciPy has no exact distribution (make_rank_cases.py).
TEST(Wilcoxon, EqualsScipyAndTheEnumerationOfAllSigns) {
  for (const WilcoxonCase& known : wilcoxon_cases()) {
    const SignedRank ours = test_of(known.differences, known.pratt != 0 ? ZeroRule::kPratt : ZeroRule::kDrop, known.exact_up_to);
    EXPECT_EQ(ours.pairs, known.differences.size());
    EXPECT_EQ(ours.positive, known.positive);
    EXPECT_EQ(ours.negative, known.negative);
    EXPECT_NEAR(ours.p, known.p, 1e-12 * known.p) << ours.pairs << " pairs, pratt " << known.pratt;
    EXPECT_EQ(ours.method, known.exact_up_to == 0 ? SignedRankMethod::kNormal : SignedRankMethod::kExact);
  }
}

// Sets of different ranks that sum to 0, 1, ... 9: 1, 1, 1, 2, 2, 3, 4, 5, 6, 8. So 25 of 1024 choices of signs reach at most 8, and 33 at
// most 9: the printed tables say 8 for ten pairs at a level of 5 %.
TEST(Wilcoxon, TenPairsAreResolvedAtASumOfEight) {
  EXPECT_EQ(test_of({1, 2, 3, 4, 5, 6, 7, -8, 9, 10}).p, 50.0 / 1024.0);
  EXPECT_EQ(test_of({1, 2, 3, 4, 5, 6, 7, 8, -9, 10}).p, 66.0 / 1024.0);
}

TEST(Wilcoxon, CountsUpToFiftyPairsAndApproximatesBeyond) {
  std::vector<double> differences;
  for (int i = 1; i <= 50; ++i) differences.push_back(i % 3 == 0 ? -i : i);
  const SignedRank counted = test_of(differences);
  EXPECT_EQ(counted.method, SignedRankMethod::kExact);
  EXPECT_NEAR(counted.p, test_of(differences, ZeroRule::kDrop, 49).p, 0.002);
  differences.push_back(51);
  EXPECT_EQ(test_of(differences).method, SignedRankMethod::kNormal);
  differences.back() = 0.0;  // 50 pairs and a zero
  EXPECT_EQ(test_of(differences).method, SignedRankMethod::kExact);
  EXPECT_EQ(test_of(differences).p, counted.p);
}

TEST(Wilcoxon, OrderAndUnitChangeNothingAndTheSignOnlyTheSums) {
  std::vector<double> differences;
  core::RandomStream draw(3);
  for (int i = 0; i < 68; ++i) differences.push_back(static_cast<double>(draw.below(13)) / 12.0 - 0.4);
  for (const ZeroRule zeros : {ZeroRule::kDrop, ZeroRule::kPratt}) {
    const SignedRank before = test_of(differences, zeros);
    std::vector<double> other = differences;
    draw.shuffle(std::span(other));
    for (double& difference : other) difference *= -3.0;
    const SignedRank after = test_of(other, zeros);
    EXPECT_EQ(after.positive, before.negative);
    EXPECT_EQ(after.negative, before.positive);
    EXPECT_NEAR(after.p, before.p, 1e-12);
  }
}

TEST(Wilcoxon, NothingButZerosIsNoEvidence) {
  for (const ZeroRule zeros : {ZeroRule::kDrop, ZeroRule::kPratt}) {
    const SignedRank same = test_of({0.0, 0.0, -0.0}, zeros);
    EXPECT_EQ(same.p, 1.0);
    EXPECT_EQ(same.zeros, 3U);
    EXPECT_EQ(same.method, SignedRankMethod::kNone);
    EXPECT_EQ(same.reason, "all 3 differences are 0");
  }
  EXPECT_EQ(test_of({}).reason, "there are no pairs");
  EXPECT_EQ(test_of({0.1}).p, 1.0);
  EXPECT_EQ(test_of({0.1}).reason, "");
}

TEST(Wilcoxon, NoPValueIsBelowThatOfPairsThatAllAgree) {
  EXPECT_EQ(smallest_wilcoxon_p(0), 1.0);
  EXPECT_EQ(smallest_wilcoxon_p(5), 0.0625);
  EXPECT_EQ(test_of({1, 2, 3, 4, 5}).p, smallest_wilcoxon_p(5));
  EXPECT_EQ(test_of({1, 1, 1, 1, 1, 1}).p, smallest_wilcoxon_p(6));
}

TEST(Wilcoxon, RefusesWhatIsNoNumber) {
  for (const double wrong : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto result = wilcoxon_signed_rank(std::vector{0.1, wrong});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), core::ErrorCode::kData);
    EXPECT_THAT(result.error().message(), HasSubstr("not a finite number"));
  }
}

// Ties of few values, zeros among them: the exact distribution is conditional on both, so the level holds. 4 standard errors.
TEST(Wilcoxon, KeepsItsLevelUnderTheNullWithTiesAndZeros) {
  constexpr int kRepeats = 4000;
  core::RandomStream draw(11);
  for (const std::size_t exact_up_to : {std::size_t{50}, std::size_t{0}}) {
    int rejected = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      std::vector<double> differences;
      for (int i = 0; i < 26; ++i) differences.push_back((static_cast<double>(draw.below(9)) - 4.0) / 8.0);
      if (test_of(differences, ZeroRule::kDrop, exact_up_to).p <= 0.05) ++rejected;
    }
    EXPECT_NEAR(rejected, 0.05 * kRepeats, 4.0 * std::sqrt(0.05 * 0.95 * kRepeats)) << exact_up_to;
  }
}

}  // namespace
}  // namespace mexbench::stats
