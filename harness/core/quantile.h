// The one definition of a percentile that mexbench uses: linear between the two nearest order statistics, type 7 of Hyndman and Fan
// ("Sample quantiles in statistical packages", The American Statistician 50(4), 1996), the default of NumPy and R.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>

namespace mexbench::core {

// `share` is in [0, 1], `values` hold at least one number and no NaN. They are reordered (std::nth_element), so the time is linear.
[[nodiscard]] inline double quantile(std::span<double> values, double share) {
  assert(!values.empty() && share >= 0.0 && share <= 1.0);
  const double at = share * static_cast<double>(values.size() - 1);
  const auto before = static_cast<std::ptrdiff_t>(std::floor(at));
  const auto place = values.begin() + before;
  std::nth_element(values.begin(), place, values.end());
  const auto behind = std::min_element(place + 1, values.end());
  if (behind == values.end()) return *place;
  return *place + (at - std::floor(at)) * (*behind - *place);
}

}  // namespace mexbench::core
