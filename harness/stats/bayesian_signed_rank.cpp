#include "harness/stats/bayesian_signed_rank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "harness/core/text.h"
#include "harness/stats/ranks.h"

namespace mexbench::stats {
namespace {

using core::Error;
using core::ErrorCode;

// The differences and the prior's 0 in ascending order, and which pairs lie beyond the region. Both ends of a value's partners only move
// down as the value grows: left of `low` the sum is below the region, from `high` on it is above.
struct Sorted {
  std::vector<double> values;
  std::size_t prior = 0;  // place of the prior's 0
  std::vector<std::size_t> low;
  std::vector<std::size_t> high;
};

Sorted sorted_with_prior(std::span<const double> differences, double rope) {
  Sorted out{.values = std::vector<double>(differences.begin(), differences.end())};
  std::sort(out.values.begin(), out.values.end());
  const auto at = std::lower_bound(out.values.begin(), out.values.end(), 0.0);
  out.prior = static_cast<std::size_t>(at - out.values.begin());
  out.values.insert(at, 0.0);
  const double border = 2.0 * rope + kTie;
  for (const double value : out.values) {
    const auto low = std::partition_point(out.values.begin(), out.values.end(), [&](double other) { return value + other < -border; });
    const auto high = std::partition_point(low, out.values.end(), [&](double other) { return value + other <= border; });
    out.low.push_back(static_cast<std::size_t>(low - out.values.begin()));
    out.high.push_back(static_cast<std::size_t>(high - out.values.begin()));
  }
  return out;
}

// E[w_i w_j] = a_i a_j / (A (A + 1)), E[w_i^2] = a_i (a_i + 1) / (A (A + 1)) with the parameters a and their sum A.
RopeShares posterior_mean(const Sorted& sorted, double strength) {
  const std::size_t count = sorted.values.size();
  const double sum = static_cast<double>(count - 1) + strength;
  const auto parameter = [&](std::size_t i) { return i == sorted.prior ? strength : 1.0; };
  RopeShares out;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const double moment = parameter(i) * (parameter(j) + (i == j ? 1.0 : 0.0)) / (sum * (sum + 1.0));
      if (j < sorted.low[i]) out.left += moment;
      if (j >= sorted.high[i]) out.right += moment;
    }
  }
  out.rope = 1.0 - out.left - out.right;
  return out;
}

}  // namespace

core::Result<BayesianSignedRank> bayesian_signed_rank(std::span<const double> differences, double rope, core::RandomStream stream,
                                                      const BayesianOptions& options) {
  assert(options.draws > 0 && options.prior_strength > 0.0);
  if (differences.empty()) return Error(ErrorCode::kData, "there are no differences to compare");
  if (!all_finite(differences)) return Error(ErrorCode::kData, "a difference between two models is not a finite number");
  if (!std::isfinite(rope) || rope <= 0.0) {
    return Error(ErrorCode::kUsage,
                 fmt::format("the region of practical equivalence is {}, a number above 0 is wanted", core::format_double(rope)))
        .hint("it is half as wide as the range of differences that do not matter, such as 0.01 for one point of UF1");
  }
  const Sorted sorted = sorted_with_prior(differences, rope);
  const std::size_t count = sorted.values.size();
  std::vector<double> weights(count);
  std::vector<double> before(count + 1, 0.0);  // sums of the weights ahead of a place
  std::size_t lefts = 0;
  std::size_t rights = 0;
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    for (std::size_t i = 0; i < count; ++i) {
      weights[i] = i == sorted.prior ? stream.gamma(options.prior_strength) : stream.exponential();
      before[i + 1] = before[i] + weights[i];
    }
    // Not normalised: only the largest of the three is asked for.
    double left = 0.0;
    double right = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      left += weights[i] * before[sorted.low[i]];
      right += weights[i] * (before[count] - before[sorted.high[i]]);
    }
    const double within = before[count] * before[count] - left - right;
    if (left > within && left > right) ++lefts;
    if (right > within && right > left) ++rights;
  }
  const auto share = [&](std::size_t draws) { return static_cast<double>(draws) / static_cast<double>(options.draws); };
  return BayesianSignedRank{
      .pairs = differences.size(),
      .rope = rope,
      .prior_strength = options.prior_strength,
      .draws = options.draws,
      .probability = {.left = share(lefts), .rope = share(options.draws - lefts - rights), .right = share(rights)},
      .mean = posterior_mean(sorted, options.prior_strength),
  };
}

}  // namespace mexbench::stats
