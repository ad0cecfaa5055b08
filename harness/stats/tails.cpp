#include "harness/stats/tails.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mexbench::stats {
namespace {

constexpr std::size_t kBins = 2048;

// Where a percentile of n sorted numbers lies: between `rank` and the one behind it (core/quantile.h).
struct Place {
  std::size_t rank = 0;
  std::size_t behind = 0;  // rank itself for the last
  double share = 0.0;      // of the way to it
};

Place place_of(double share, std::size_t n) {
  assert(share >= 0.0 && share <= 1.0);
  const double at = share * static_cast<double>(n - 1);
  const auto rank = static_cast<std::size_t>(std::floor(at));
  return {.rank = rank, .behind = std::min(rank + 1, n - 1), .share = at - std::floor(at)};
}

// The numbers counted into bins of equal width. A number's bin never falls as the number grows, so ranks go from bin to bin.
class Bins {
 public:
  explicit Bins(std::span<const double> values) : values_(values), bin_of_(values.size()) {
    double least = values.front();
    double most = values.front();
    for (const double value : values) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
    const double scale = most > least ? static_cast<double>(kBins) / (most - least) : 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto bin = static_cast<std::size_t>((values[i] - least) * scale);
      bin_of_[i] = static_cast<std::uint16_t>(std::min(bin, kBins - 1));
      ++counts_.at(bin_of_[i]);
    }
  }

  [[nodiscard]] double value_at(const Place& place) const {
    std::size_t before = 0;  // numbers in bins before `first`
    std::size_t first = 0;
    while (before + counts_.at(first) <= place.rank) before += counts_.at(first++);
    std::size_t last = first;
    for (std::size_t until = before + counts_.at(first); until <= place.behind; until += counts_.at(last)) ++last;
    // Appended without a branch: whether a number is wanted can't be guessed.
    std::vector<double> wanted(values_.size() + 1);
    std::size_t count = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      wanted[count] = values_[i];
      count += static_cast<std::size_t>(bin_of_[i] >= first) & static_cast<std::size_t>(bin_of_[i] <= last);
    }
    std::sort(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(count));
    const double value = wanted[place.rank - before];
    return place.behind == place.rank ? value : value + place.share * (wanted[place.behind - before] - value);
  }

 private:
  std::span<const double> values_;
  std::vector<std::uint16_t> bin_of_;
  std::array<std::uint32_t, kBins> counts_{};
};

}  // namespace

Tails tails_of(std::span<const double> values, double low, double high) {
  assert(!values.empty());
  const Bins bins(values);
  return {.low = bins.value_at(place_of(low, values.size())), .high = bins.value_at(place_of(high, values.size()))};
}

}  // namespace mexbench::stats
