// Against core::quantile, which sorts: the same bits.
#include "harness/stats/tails.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "harness/core/quantile.h"
#include "harness/core/random.h"

namespace mexbench::stats {
namespace {

void expect_quantiles(const std::vector<double>& values) {
  for (const double low : {0.0, 0.005, 0.025, 0.25, 0.5}) {
    const Tails tails = tails_of(values, low, 1.0 - low);
    std::vector<double> sorted = values;
    EXPECT_EQ(tails.low, core::quantile(sorted, low)) << values.size() << " numbers, " << low;
    EXPECT_EQ(tails.high, core::quantile(sorted, 1.0 - low)) << values.size() << " numbers, " << low;
  }
}

std::vector<double> drawn(std::size_t count, const auto& draw) {
  core::RandomStream stream(count);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(draw(stream));
  return out;
}

TEST(Tails, AreTheQuantilesOfDifferentNumbers) {
  for (const std::size_t count : {1U, 2U, 3U, 10U, 41U, 1000U, 9973U})
    expect_quantiles(drawn(count, [](core::RandomStream& stream) { return stream.normal(); }));
}

TEST(Tails, AreTheQuantilesOfNumbersWithManyEqualOnes) {
  for (const std::size_t count : {2U, 17U, 1000U, 10'000U})
    expect_quantiles(drawn(count, [](core::RandomStream& stream) { return static_cast<double>(stream.below(7)) / 7.0; }));
}

TEST(Tails, OfEqualNumbersAreThatNumber) { expect_quantiles(std::vector<double>(100, 0.7250)); }

// Nearly all of the numbers share one bin.
TEST(Tails, AreTheQuantilesBesideAFarOutlier) {
  std::vector<double> values = drawn(5000, [](core::RandomStream& stream) { return stream.uniform(); });
  values[1234] = 1.0e12;
  values[4321] = -1.0e9;
  expect_quantiles(values);
}

// The difference of the ends is not a whole number of the least steps that a double has.
TEST(Tails, AreTheQuantilesOfNeighbouringDoubles) {
  std::vector<double> values;
  for (double value = 1.0; values.size() < 5000; value = std::nextafter(value, 2.0)) values.push_back(value);
  expect_quantiles(values);
}

}  // namespace
}  // namespace mexbench::stats
