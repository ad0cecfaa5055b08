#include "harness/latency/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "harness/stats/distributions.h"

namespace mexbench::latency {
namespace {

constexpr double kTail = 0.025;  // on either side of a 95 % interval

}  // namespace

std::int64_t least_count(double percent) {
  assert(percent > 0.0 && percent < 100.0);
  const double share = percent / 100.0;
  // Rank n ends the interval when P(B = n) = share^n <= kTail, rank 1 begins it when P(B = 0) = (1 - share)^n <= kTail.
  return static_cast<std::int64_t>(std::ceil(std::log(kTail) / std::log(std::max(share, 1.0 - share))));
}

std::int64_t nearest_rank(std::int64_t count, double percent) {
  // Of 1000 samples p99.9 is rank 999, though 99.9 / 100 * 1000 is a little more in floating point.
  constexpr double kRounding = 1e-9;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(static_cast<double>(count) * percent / 100.0 - kRounding)));
}

double median_of(std::span<const std::int64_t> samples) {
  assert(!samples.empty());
  std::vector<std::int64_t> sorted(samples.begin(), samples.end());
  const auto middle = sorted.begin() + nearest_rank(static_cast<std::int64_t>(sorted.size()), 50.0) - 1;
  std::nth_element(sorted.begin(), middle, sorted.end());
  return static_cast<double>(*middle);
}

std::optional<RankInterval> interval_ranks(std::int64_t count, double percent) {
  if (count < least_count(percent)) return std::nullopt;
  const double share = percent / 100.0;
  // The first rank of [begin, end) for which `reached` holds, which it does from there on.
  const auto first = [](std::int64_t begin, std::int64_t end, const auto& reached) {
    while (begin < end) {
      const std::int64_t middle = begin + (end - begin) / 2;
      if (reached(middle)) {
        end = middle;
      } else {
        begin = middle + 1;
      }
    }
    return begin;
  };
  const auto below = [&](std::int64_t rank) { return stats::binomial_cdf(rank - 1, count, share); };          // P(B < rank)
  const auto at_least = [&](std::int64_t rank) { return stats::binomial_survival(rank - 1, count, share); };  // P(B >= rank)
  const std::int64_t low = first(1, count + 1, [&](std::int64_t rank) { return below(rank) > kTail; }) - 1;
  const std::int64_t high = first(1, count, [&](std::int64_t rank) { return at_least(rank) <= kTail; });
  return RankInterval{.low = std::max<std::int64_t>(low, 1), .high = high};
}

Percentile percentile(std::span<const std::int64_t> sorted, double percent) {
  const auto count = static_cast<std::int64_t>(sorted.size());
  const auto ranks = interval_ranks(count, percent);
  if (!ranks) {
    return {.percent = percent,
            .reason = fmt::format("{} samples, at least {} are needed for an interval of p{:g}", count, least_count(percent), percent)};
  }
  const auto at = [&](std::int64_t rank) { return sorted[static_cast<std::size_t>(rank - 1)]; };
  return {.percent = percent, .ns = at(nearest_rank(count, percent)), .low_ns = at(ranks->low), .high_ns = at(ranks->high)};
}

Summary summarise(std::vector<std::int64_t> samples) {
  assert(!samples.empty());
  std::sort(samples.begin(), samples.end());
  Summary out;
  out.count = static_cast<std::int64_t>(samples.size());
  for (const double percent : kPercents) out.percentiles.push_back(percentile(samples, percent));
  out.mean_ns = std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  out.min_ns = samples.front();
  out.max_ns = samples.back();
  return out;
}

}  // namespace mexbench::latency
