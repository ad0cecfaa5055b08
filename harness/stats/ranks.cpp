#include "harness/stats/ranks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mexbench::stats {

std::vector<std::size_t> ascending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

std::vector<TieGroup> tie_groups(std::span<const double> values, std::span<const std::size_t> order, double tolerance) {
  std::vector<TieGroup> out;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && std::abs(values[order[end]] - values[order[end - 1]]) <= tolerance) ++end;
    out.push_back({.begin = begin, .end = end});
    begin = end;
  }
  return out;
}

std::vector<double> average_ranks(std::span<const double> values) {
  const std::vector<std::size_t> order = ascending(values);
  std::vector<double> out(values.size());
  for (const TieGroup& group : tie_groups(values, order, kTie)) {
    const double rank = static_cast<double>(group.begin + 1 + group.end) / 2.0;  // mean of begin + 1 ... end
    for (std::size_t i = group.begin; i < group.end; ++i) out[order[i]] = rank;
  }
  return out;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace mexbench::stats
