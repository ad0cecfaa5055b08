// Percentiles of latency samples, each with its interval. All times are whole nanoseconds, and every figure is one of the samples: nothing
// is interpolated, no distribution is assumed.
//
// The percentile p of n samples is the nearest-rank one, the order statistic X(k) with k = ceil(n p / 100). Its 95 % interval goes from
// X(l) to X(u), where l is the largest rank with P(B < l) <= 0.025, u the smallest with P(B >= u) <= 0.025, and B is binomial (n, p / 100):
// the number of samples at or below the true percentile (H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, Wiley 2003, section
// 7.1). It covers the true percentile in at least 95 % of runs whatever the distribution, as long as samples are independent; how far they
// are is what the rule `autocorrelation` tells (rules.h).
//
// With few samples such ranks do not exist: nothing was seen beyond p99.9 in 100 samples. Both exist from least_count(p) on, which is 6 for
// the median, 72 for p95, 368 for p99 and 3688 for p99.9. Below it a percentile is undefined, with the reason.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mexbench::latency {

inline constexpr std::array<double, 5> kPercents{50.0, 90.0, 95.0, 99.0, 99.9};

struct Percentile {
  double percent = 0.0;                                   // 99.9
  std::optional<std::int64_t> ns{}, low_ns{}, high_ns{};  // all or none
  std::string reason{};                                   // set exactly when they are not
  friend bool operator==(const Percentile&, const Percentile&) = default;
};

// The fewest samples whose two-sided 95 % interval of this percentile exists; 0 < percent < 100.
[[nodiscard]] std::int64_t least_count(double percent);

// Ranks from 1 to n.
struct RankInterval {
  std::int64_t low = 0, high = 0;
  friend bool operator==(const RankInterval&, const RankInterval&) = default;
};
// Of `count` samples; nothing below least_count(percent).
[[nodiscard]] std::optional<RankInterval> interval_ranks(std::int64_t count, double percent);
// ceil(count percent / 100), at least 1.
[[nodiscard]] std::int64_t nearest_rank(std::int64_t count, double percent);
// The sample of nearest rank for p50, however few there are; at least one.
[[nodiscard]] double median_of(std::span<const std::int64_t> samples);

// `sorted` ascends.
[[nodiscard]] Percentile percentile(std::span<const std::int64_t> sorted, double percent);

// What all samples of a series give. At least one sample.
struct Summary {
  std::int64_t count = 0;
  std::vector<Percentile> percentiles;  // of kPercents
  double mean_ns = 0.0;
  std::int64_t min_ns = 0, max_ns = 0;
  friend bool operator==(const Summary&, const Summary&) = default;
};
[[nodiscard]] Summary summarise(std::vector<std::int64_t> samples);

}  // namespace mexbench::latency
