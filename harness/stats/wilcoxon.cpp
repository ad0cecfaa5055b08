#include "harness/stats/wilcoxon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

#include "harness/stats/distributions.h"
#include "harness/stats/ranks.h"

namespace mexbench::stats {
namespace {

using core::Error;
using core::ErrorCode;

// P(sum of the ranks that come up positive <= at_most), twice, at most 1.
double exact_two_sided(std::span<const double> ranks, double at_most) {
  std::vector<std::size_t> doubled;
  for (const double rank : ranks) doubled.push_back(static_cast<std::size_t>(std::lround(2.0 * rank)));
  const std::size_t total = std::accumulate(doubled.begin(), doubled.end(), std::size_t{0});
  std::vector<double> ways(total + 1, 0.0);  // ways[s]: choices of signs whose doubled positive ranks sum to s
  ways[0] = 1.0;
  std::size_t reached = 0;
  for (const std::size_t rank : doubled) {
    reached += rank;
    for (std::size_t sum = reached; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  const auto last = ways.begin() + std::lround(2.0 * at_most) + 1;
  const double share = std::ldexp(std::accumulate(ways.begin(), last, 0.0), -static_cast<int>(ranks.size()));
  return std::min(1.0, 2.0 * share);
}

double normal_two_sided(std::span<const double> ranks, double smaller) {
  double mean = 0.0;
  double variance = 0.0;
  for (const double rank : ranks) {
    mean += rank / 2.0;
    variance += rank * rank / 4.0;
  }
  return std::min(1.0, 2.0 * normal_cdf((smaller - mean) / std::sqrt(variance)));
}

}  // namespace

core::Result<SignedRank> wilcoxon_signed_rank(std::span<const double> differences, ZeroRule zeros, std::size_t exact_up_to) {
  assert(exact_up_to <= kMostExactPairs);
  if (!all_finite(differences)) return Error(ErrorCode::kData, "a difference between two models is not a finite number");
  SignedRank out{.pairs = differences.size()};
  std::vector<double> kept;  // magnitudes to rank
  std::vector<int> signs;
  for (const double difference : differences) {
    const bool zero = std::abs(difference) <= kTie;
    if (zero) ++out.zeros;
    if (zero && zeros == ZeroRule::kDrop) continue;
    kept.push_back(std::abs(difference));
    signs.push_back(zero ? 0 : (difference > 0.0 ? 1 : -1));
  }
  if (out.zeros == out.pairs) {
    out.reason = out.pairs == 0 ? "there are no pairs" : fmt::format("all {} differences are 0", out.pairs);
    return out;
  }

  const std::vector<double> all_ranks = average_ranks(kept);
  std::vector<double> ranks;  // of the differences that are not 0
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (signs[i] == 0) continue;
    ranks.push_back(all_ranks[i]);
    (signs[i] > 0 ? out.positive : out.negative) += all_ranks[i];
  }
  const double smaller = std::min(out.positive, out.negative);
  out.method = ranks.size() <= exact_up_to ? SignedRankMethod::kExact : SignedRankMethod::kNormal;
  out.p = out.method == SignedRankMethod::kExact ? exact_two_sided(ranks, smaller) : normal_two_sided(ranks, smaller);
  return out;
}

double smallest_wilcoxon_p(std::size_t pairs) {
  return pairs == 0 ? 1.0 : std::ldexp(1.0, 1 - static_cast<int>(std::min<std::size_t>(pairs, 2000)));
}

}  // namespace mexbench::stats
