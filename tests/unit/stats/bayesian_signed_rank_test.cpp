#include "harness/stats/bayesian_signed_rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "data/statistics/rank_cases.h"

namespace mexbench::stats {
namespace {

using ::testing::HasSubstr;

BayesianSignedRank posterior_of(const std::vector<double>& differences, double rope, std::uint64_t seed = 1,
                                const BayesianOptions& options = {}) {
  auto result = bayesian_signed_rank(differences, rope, core::RandomStream(seed), options);
  EXPECT_TRUE(result) << result.error().render();
  return std::move(result).value();
}

// Five standard errors of a share of draws, and of a second one that was drawn too.
double five_errors(double share, double draws, double other_draws = std::numeric_limits<double>::infinity()) {
  return 5.0 * std::sqrt(share * (1.0 - share) * (1.0 / draws + 1.0 / other_draws)) + 1e-12;
}

// NumPy 1.24.2: all pairs of each of 400,000 draws of random.dirichlet; means from the moments, as matrices.
TEST(BayesianSignedRank, EqualsPlainNumpyWithinTheErrorOfBoth) {
  for (const BayesianCase& known : bayesian_cases()) {
    const BayesianSignedRank ours = posterior_of(known.differences, known.rope, 1, {.prior_strength = known.strength});
    EXPECT_EQ(ours.pairs, known.differences.size());
    const std::array<double, 3> probability{ours.probability.left, ours.probability.rope, ours.probability.right};
    const std::array<double, 3> mean{ours.mean.left, ours.mean.rope, ours.mean.right};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(probability[i], known.probability[i], five_errors(known.probability[i], kPosteriorDraws, kBayesianDraws)) << i;
      EXPECT_NEAR(mean[i], known.mean[i], 1e-12) << i;
    }
  }
}

// All n differences above 2r: only the prior's pair with itself is not on the right, so right = 1 - w_0^2 with w_0 ~ Beta(s, n), and the
// probability is P(w_0 < sqrt(1/2)). Between r and 2r every pair with the prior is inside: right = (1 - w_0)^2, P(w_0 < 1 - sqrt(1/2)).
// scipy.special.betainc 1.10.1 of (0.5, n, 0.7071...) and (0.5, n, 0.2928...).
TEST(BayesianSignedRank, DifferencesBeyondTheRegionLeaveWhatThePriorAllows) {
  struct Known {
    std::size_t n;
    double beyond_twice, beyond_once;
  };
  for (const Known& known : {Known{.n = 1, .beyond_twice = 0.8408964152537148, .beyond_once = 0.541196100146197},
                             Known{.n = 3, .beyond_twice = 0.9910944095840856, .beyond_once = 0.8340120851061539},
                             Known{.n = 10, .beyond_twice = 0.9999990439191703, .beyond_once = 0.9907057507472997}}) {
    const double twice = posterior_of(std::vector(known.n, 0.5), 0.1).probability.right;
    const double once = posterior_of(std::vector(known.n, 0.15), 0.1).probability.right;
    EXPECT_NEAR(twice, known.beyond_twice, five_errors(known.beyond_twice, kPosteriorDraws)) << known.n;
    EXPECT_NEAR(once, known.beyond_once, five_errors(known.beyond_once, kPosteriorDraws)) << known.n;
  }
}

TEST(BayesianSignedRank, DifferencesInsideTheRegionAreEquivalenceForSure) {
  const BayesianSignedRank same = posterior_of({0.0, 0.01, -0.01, 0.004}, 0.01);  // two on the border, which belongs to the region
  EXPECT_EQ(same.probability.rope, 1.0);
  EXPECT_NEAR(same.mean.rope, 1.0, 1e-15);
  // 0.8 - 0.7 is a little more than 0.1, by rounding alone.
  EXPECT_EQ(posterior_of({0.8 - 0.7, 0.7 - 0.8}, 0.1).probability.rope, 1.0);
}

TEST(BayesianSignedRank, SidesChangePlacesWithTheSign) {
  std::vector<double> differences = bayesian_cases()[1].differences;
  const BayesianSignedRank before = posterior_of(differences, 0.01);
  for (double& difference : differences) difference = -difference;
  const BayesianSignedRank after = posterior_of(differences, 0.01);
  EXPECT_NEAR(after.probability.left, before.probability.right, five_errors(before.probability.right, kPosteriorDraws, kPosteriorDraws));
  EXPECT_NEAR(after.mean.left, before.mean.right, 1e-12);
  EXPECT_NEAR(after.mean.right, before.mean.left, 1e-12);
}

TEST(BayesianSignedRank, OrderChangesNothingAndTheSeedOnlyTheLastDigits) {
  std::vector<double> differences = bayesian_cases()[2].differences;
  const BayesianSignedRank before = posterior_of(differences, 0.02, 5);
  core::RandomStream draw(2);
  draw.shuffle(std::span(differences));
  const BayesianSignedRank after = posterior_of(differences, 0.02, 5);
  EXPECT_EQ(after.probability.left, before.probability.left);
  EXPECT_EQ(after.probability.right, before.probability.right);
  const BayesianSignedRank other = posterior_of(differences, 0.02, 6);
  EXPECT_NE(other.probability.rope, before.probability.rope);
  EXPECT_NEAR(other.probability.rope, before.probability.rope, five_errors(before.probability.rope, kPosteriorDraws, kPosteriorDraws));
  EXPECT_NEAR(before.probability.left + before.probability.rope + before.probability.right, 1.0, 1e-12);
}

TEST(BayesianSignedRank, RefusesNoDifferencesNoNumbersAndNoRegion) {
  const auto run = [](const std::vector<double>& differences, double rope) {
    return bayesian_signed_rank(differences, rope, core::RandomStream(1));
  };
  const auto none = run({}, 0.01);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), core::ErrorCode::kData);
  ASSERT_FALSE(run({0.1, std::nan("")}, 0.01));
  for (const double rope : {0.0, -0.01, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto wrong = run({0.1, 0.2}, rope);
    ASSERT_FALSE(wrong) << rope;
    EXPECT_EQ(wrong.error().code(), core::ErrorCode::kUsage);
    EXPECT_THAT(wrong.error().message(), HasSubstr("a number above 0 is wanted"));
  }
}

}  // namespace
}  // namespace mexbench::stats
