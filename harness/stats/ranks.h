// Ranks with ties, shared by everything in this room that sorts.
//
// Scores are fractions of small counts, and 2/3 - 1/3 and 1/3 - 0 are the same difference but not the same double. Values whose neighbours
// in sorted order are at most kTie apart therefore have one rank. It is meant for scores on a scale of about 1 (F1, recall, accuracy),
// where real differences between fractions of a corpus are far larger.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mexbench::stats {

inline constexpr double kTie = 1e-12;

// Places of `values` in ascending order; equal doubles keep their order.
[[nodiscard]] std::vector<std::size_t> ascending(std::span<const double> values);

// Values that tie, as a half-open range of places in sorted order.
struct TieGroup {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};
// `order` is ascending(values), or its reverse; neighbours at most `tolerance` apart tie. The groups cover all of it, in order.
[[nodiscard]] std::vector<TieGroup> tie_groups(std::span<const double> values, std::span<const std::size_t> order, double tolerance);

// Rank of every value: the lowest has 1, values that tie (kTie) share the mean of the ranks they cover.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

// Whether every value is a finite number.
[[nodiscard]] bool all_finite(std::span<const double> values);

}  // namespace mexbench::stats
