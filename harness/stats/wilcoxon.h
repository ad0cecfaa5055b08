// Wilcoxon's signed-rank test (Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945): do paired
// differences lie symmetrically around 0? Here a pair is a person, or a dataset, scored under two models: never a clip, because clips of
// one person are not independent.
//
// The magnitudes of the differences are ranked, ties share the mean of their ranks (ranks.h says what a tie is), and the ranks of the
// positive and of the negative differences are summed to W+ and W-. Under the null hypothesis each rank carries either sign with
// probability 1/2, independently of the others. The two-sided p is P(min(W+, W-) is at most what was seen).
//
//   exact    the distribution of W+ over all 2^m signs of the m differences that are not 0, counted by dynamic programming over twice the
//            ranks, which are integers. Ties, and the gaps that Pratt's zeros leave, are part of it. Without both it equals
//            scipy.stats.wilcoxon(method="exact"); SciPy 1.10 has no exact distribution with them.
//   normal   z = (min(W+, W-) - sum r / 2) / sqrt(sum r^2 / 4), ranks r of the differences that are not 0: the usual variance with its tie
//            correction, written in one sum. No continuity correction: equals scipy.stats.wilcoxon(method="approx").
//
// Limits: with m differences p cannot be below 2^(1-m), so five pairs never reach 0.05 (smallest_wilcoxon_p). It asks about a shift of
// symmetric differences; a gain for a few people that costs many others little is not one.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "harness/core/result.h"

namespace mexbench::stats {

// kDrop: zeros are left out before ranking (Wilcoxon 1945). kPratt: zeros take part in the ranking, and their ranks are then left out
// (Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", JASA 54, 1959).
enum class ZeroRule { kDrop, kPratt };

// kNone: there was nothing to test, p is 1 and `reason` says why.
enum class SignedRankMethod { kExact, kNormal, kNone };

// Counts of signs stay exact in a double up to here.
inline constexpr std::size_t kMostExactPairs = 50;

struct SignedRank {
  std::size_t pairs = 0;  // differences that were given
  std::size_t zeros = 0;  // of them
  double positive = 0.0;  // W+
  double negative = 0.0;  // W-
  double p = 1.0;         // two-sided
  SignedRankMethod method = SignedRankMethod::kNone;
  std::string reason;  // set exactly when method is kNone
};

// `exact_up_to` is the largest number of non-zero differences that is counted rather than approximated, at most kMostExactPairs. Fails
// with kData when a difference is not finite. No differences, or only zeros: p = 1.
[[nodiscard]] core::Result<SignedRank> wilcoxon_signed_rank(std::span<const double> differences, ZeroRule zeros = ZeroRule::kDrop,
                                                            std::size_t exact_up_to = kMostExactPairs);

// 2^(1-pairs), at most 1: the p when all pairs differ in the same direction.
[[nodiscard]] double smallest_wilcoxon_p(std::size_t pairs);

}  // namespace mexbench::stats
