// Bayesian signed-rank test (Benavoli, Corani, Demsar, Zaffalon, "Time for a change: a tutorial for comparing multiple classifiers through
// Bayesian analysis", JMLR 18(77), 2017): how likely is it that one model is better than the other by more than makes a difference in
// practice?
//
// Differences z_1 ... z_n, one for each person or dataset, are draws from an unknown distribution with a Dirichlet process prior of
// strength s, all of it at z_0 = 0. The posterior weighs the n + 1 values by (w_0, w_1, ..., w_n) ~ Dirichlet(s, 1, ..., 1), and one draw
// of the weights gives the chances that the mean of two differences lies beyond or within the region of practical equivalence [-r, r]:
//
//   left  = sum_ij w_i w_j [z_i + z_j < -2r]     right = sum_ij w_i w_j [z_i + z_j > 2r]     rope = 1 - left - right
//
// The three probabilities of the result are the shares of draws in which left, rope or right is the largest. They say what a p-value does
// not: that two models are practically the same. Their Monte-Carlo standard error is sqrt(q (1 - q) / draws), at most 0.0023 for 50,000.
//
// A sum on the border counts for the region, as in the paper (the Python package baycomp gives half of it to the side); borders have the
// width of kTie (ranks.h). The region has to be wider than nothing.
//
// Cost: each draw takes n gamma variates and one pass, because the pairs beyond the region are a prefix or suffix of the sorted values:
// 50,000 draws for 68 differences take 0.03 s, nearly all of it for the variates (tests/bench/stats_bench.cpp).
#pragma once

#include <cstddef>
#include <span>

#include "harness/core/random.h"
#include "harness/core/result.h"

namespace mexbench::stats {

inline constexpr std::size_t kPosteriorDraws = 50'000;
inline constexpr double kPriorStrength = 0.5;

// Shares that sum to 1. Left: the differences are below the region, so the second model is better; right: the first is.
struct RopeShares {
  double left = 0.0;
  double rope = 0.0;
  double right = 0.0;
};

struct BayesianSignedRank {
  std::size_t pairs = 0;
  double rope = 0.0;  // r
  double prior_strength = kPriorStrength;
  std::size_t draws = 0;
  RopeShares probability;  // that this is the largest of the three
  RopeShares mean;         // posterior means of left, rope and right: exact, from the moments of the Dirichlet distribution
};

struct BayesianOptions {
  double prior_strength = kPriorStrength;  // > 0
  std::size_t draws = kPosteriorDraws;     // > 0
};

// `differences` are first - second, and `rope` is in their unit. Equal streams give equal results, in any order of the differences. Fails
// with kData when there are none or one is not finite, and with kUsage when `rope` is not a finite number above 0.
[[nodiscard]] core::Result<BayesianSignedRank> bayesian_signed_rank(std::span<const double> differences, double rope,
                                                                    core::RandomStream stream, const BayesianOptions& options = {});

}  // namespace mexbench::stats
