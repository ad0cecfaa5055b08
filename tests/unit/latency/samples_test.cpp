#include "harness/latency/samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "data/latency/rank_cases.h"
#include "harness/core/random.h"

namespace mexbench::latency {
namespace {

TEST(LatencyRanks, AreThoseThatTryingEveryRankGives) {
  for (const test::RankCase& one : test::kRankCases) {
    const auto ranks = interval_ranks(one.count, one.percent);
    ASSERT_EQ(ranks.has_value(), one.low != 0) << one.count << " " << one.percent;
    if (!ranks) continue;
    EXPECT_EQ(ranks->low, one.low) << one.count << " " << one.percent;
    EXPECT_EQ(ranks->high, one.high) << one.count << " " << one.percent;
  }
}

TEST(LatencyRanks, LeastCountIsTheFirstWithAnInterval) {
  // 0.5^6 = 0.016, 0.95^72 = 0.0249, 0.99^368 = 0.0248, 0.999^3688 = 0.02497; one sample less is above 0.025.
  EXPECT_EQ(least_count(50.0), 6);
  EXPECT_EQ(least_count(90.0), 36);
  EXPECT_EQ(least_count(95.0), 72);
  EXPECT_EQ(least_count(99.0), 368);
  EXPECT_EQ(least_count(99.9), 3688);
  for (const double percent : kPercents) {
    EXPECT_TRUE(interval_ranks(least_count(percent), percent).has_value()) << percent;
    EXPECT_FALSE(interval_ranks(least_count(percent) - 1, percent).has_value()) << percent;
  }
}

TEST(LatencyRanks, NearestRankIsNotMovedByRounding) {
  EXPECT_EQ(nearest_rank(1000, 99.9), 999);
  EXPECT_EQ(nearest_rank(1001, 99.9), 1000);
  EXPECT_EQ(nearest_rank(10, 50.0), 5);
  EXPECT_EQ(nearest_rank(11, 50.0), 6);
  EXPECT_EQ(nearest_rank(3, 1.0), 1);
}

TEST(LatencyPercentiles, AreSamplesAndNeverGuesses) {
  std::vector<std::int64_t> samples;
  for (std::int64_t i = 100; i >= 1; --i) samples.push_back(i * 10);  // 10, 20, ..., 1000, out of order
  const Summary summary = summarise(samples);
  ASSERT_EQ(summary.percentiles.size(), kPercents.size());
  EXPECT_EQ(summary.count, 100);
  EXPECT_EQ(summary.min_ns, 10);
  EXPECT_EQ(summary.max_ns, 1000);
  EXPECT_DOUBLE_EQ(summary.mean_ns, 505.0);
  EXPECT_EQ(summary.percentiles[0].ns, 500);  // rank 50
  EXPECT_EQ(summary.percentiles[0].low_ns, 400);
  EXPECT_EQ(summary.percentiles[0].high_ns, 610);
  EXPECT_EQ(summary.percentiles[2].ns, 950);
  const Percentile& p99 = summary.percentiles[3];
  EXPECT_FALSE(p99.ns || p99.low_ns || p99.high_ns);
  EXPECT_EQ(p99.reason, "100 samples, at least 368 are needed for an interval of p99");
}

// Whatever the distribution: a log-normal one, and one with ties.
TEST(LatencyPercentiles, IntervalsCoverTheTruthAtLeastAsOftenAsTheySay) {
  constexpr int kDraws = 1000;
  constexpr double kLogNormalP95 = 5.180251602233015;  // exp(1.6448536269514722)
  core::RandomStream random(7);
  int median_covered = 0;
  int p95_covered = 0;
  int tied_covered = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<std::int64_t> samples;
    std::vector<std::int64_t> tied;
    for (int i = 0; i < 300; ++i) {
      samples.push_back(static_cast<std::int64_t>(std::exp(random.normal()) * 1e6));
      tied.push_back(static_cast<std::int64_t>(random.below(4)));  // median 1, 2 or between: any of [1, 2]
    }
    const Summary summary = summarise(samples);
    median_covered += *summary.percentiles[0].low_ns <= 1'000'000 && 1'000'000 <= *summary.percentiles[0].high_ns ? 1 : 0;
    const auto truth = static_cast<std::int64_t>(kLogNormalP95 * 1e6);
    p95_covered += *summary.percentiles[2].low_ns <= truth && truth <= *summary.percentiles[2].high_ns ? 1 : 0;
    const Percentile middle = summarise(tied).percentiles[0];
    tied_covered += *middle.low_ns <= 2 && *middle.high_ns >= 1 ? 1 : 0;
  }
  // 0.95 less three standard errors of 1000 draws (0.0069).
  EXPECT_GE(median_covered, 930);
  EXPECT_GE(p95_covered, 930);
  EXPECT_LE(median_covered, 985);  // nor are they needlessly wide
  EXPECT_LE(p95_covered, 985);
  EXPECT_GE(tied_covered, 930);
}

}  // namespace
}  // namespace mexbench::latency
