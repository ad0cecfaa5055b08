#include "harness/stats/power.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using testing::counts_of;
using testing::must_make;
using testing::subject_of;

// z of 0.975 and 0.8 by SciPy 1.10.1: 1.959963984540054 + 0.8416212335729143 = 2.801585218112968; of 0.995 and 0.9: 2.575829303548901 +
// 1.2815515655446004.
TEST(Power, SmallestDifferenceIsTheSumOfTwoNormalQuantiles) {
  EXPECT_NEAR(smallest_difference(0.03), 2.801585218112968 * 0.03, 1e-14);
  EXPECT_NEAR(smallest_difference(0.03, {.alpha = 0.01, .power = 0.9}), (2.575829303548901 + 1.2815515655446004) * 0.03, 1e-14);
  EXPECT_EQ(smallest_difference(0.0), 0.0);
}

// 68 subjects resolve 0.10; half of that takes four times as many. 40 * 1.5^2 is 90 exactly, 68 * (0.1/0.07)^2 = 138.8.
TEST(Power, SubjectsGrowWithTheSquareOfTheRatioAndAreRoundedUp) {
  EXPECT_EQ(subjects_needed(68, 0.10, 0.05), 272);
  EXPECT_EQ(subjects_needed(68, 0.10, -0.05), 272);
  EXPECT_EQ(subjects_needed(40, 0.15, 0.10), 90);
  EXPECT_EQ(subjects_needed(68, 0.10, 0.07), 139);
  EXPECT_EQ(subjects_needed(68, 0.10, 0.0), std::nullopt);
  EXPECT_EQ(subjects_needed(68, 0.10, 1e-12), std::nullopt);
}

// Accuracies of the seeds 3/4, 2/4 and 1/4: deviation 1/4.
TEST(Power, SeedsAndSubjectsSpreadApart) {
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2")},
                                         {{.name = "m", .seeds = 3, .counts = {1,       0, 0, 1, 1, 0, 1, 0, /*2*/ 1, 0, 1, 0, 1, 0, 1, 0,
                                                                               /*3*/ 0, 1, 1, 0, 1, 0, 1, 0}},
                                          {.name = "n", .seeds = 1, .counts = {1, 0, 0, 1, 1, 0, 1, 0}}});
  const Bootstrap drawn = bootstrap(counts);
  const Spread three = spread(counts, drawn, 0, Metric::kAccuracy);
  EXPECT_EQ(three.seeds, 3U);
  EXPECT_DOUBLE_EQ(three.seed_deviation.value.value(), 0.25);
  EXPECT_EQ(three.subject_error.value, drawn.models[0].accuracy.standard_error);
  EXPECT_EQ(spread(counts, drawn, 1, Metric::kAccuracy).seed_deviation, Figure::undefined("there is one seed"));
}

TEST(Power, ResolutionOfEveryPairComesFromThePairedError) {
  const SubjectCounts counts = counts_of(reference_cases()[0]);
  const Bootstrap drawn = bootstrap(counts);
  const auto all = resolutions(counts, drawn, Metric::kUf1);
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Interval& interval = drawn.pairs[i].difference.uf1;
    EXPECT_EQ(all[i].difference, interval.estimate);
    EXPECT_EQ(all[i].standard_error.value, interval.standard_error);
    EXPECT_EQ(all[i].smallest.value, smallest_difference(*interval.standard_error));
    const double ratio = *all[i].smallest.value / *interval.estimate.value;
    EXPECT_EQ(all[i].subjects_needed, static_cast<std::int64_t>(std::ceil(7.0 * ratio * ratio)));
  }
  const SubjectCounts alone =
      must_make({"a", "b"}, {subject_of("d", "d/1")},
                {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 1}}, {.name = "n", .seeds = 1, .counts = {0, 1, 0, 1}}});
  const auto none = resolutions(alone, bootstrap(alone), Metric::kUf1);
  EXPECT_EQ(none[0].smallest, Figure::undefined("there is one subject: all draws are alike"));
  EXPECT_EQ(none[0].subjects_needed, std::nullopt);
}

}  // namespace
}  // namespace mexbench::stats
