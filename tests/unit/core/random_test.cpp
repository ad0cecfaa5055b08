#include "harness/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace mexbench::core {
namespace {

// Computed with an independent implementation of SplitMix64 and xoshiro256++ (Python integers).
TEST(RandomStream, EqualsTheReferenceGenerator) {
  RandomStream zero(0);
  EXPECT_EQ(zero.next(), 0x53175d61490b23dfULL);
  EXPECT_EQ(zero.next(), 0x61da6f3dc380d507ULL);
  EXPECT_EQ(zero.next(), 0x5c0fdf91ec9a7bfcULL);
  EXPECT_EQ(zero.next(), 0x02eebf8c3bbe5e1aULL);
  RandomStream other(42);
  EXPECT_EQ(other.next(), 0xd0764d4f4476689fULL);
  EXPECT_EQ(other.next(), 0x519e4174576f3791ULL);
}

TEST(RandomStream, DerivedSeedIsTheHashOfItsThreeNames) {
  const FoldId fold("casme2/sub01");
  EXPECT_EQ(derive_seed(Seed{7}, fold, "shuffle"), 0x2a1915937e61bc4aULL);  // Python's hashlib
  const std::set<std::uint64_t> all{derive_seed(Seed{7}, fold, "shuffle"), derive_seed(Seed{8}, fold, "shuffle"),
                                    derive_seed(Seed{7}, FoldId("casme2/sub02"), "shuffle"), derive_seed(Seed{7}, fold, "init"),
                                    derive_seed(Seed{7}, FoldId("casme2/sub01s"), "huffle")};
  EXPECT_EQ(all.size(), 5U);
}

TEST(RandomStream, UniformStaysInsideItsRange) {
  RandomStream draw(1);
  double sum = 0.0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = draw.uniform(-2.0, 3.0);
    ASSERT_GE(value, -2.0);
    ASSERT_LT(value, 3.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 1e5, 0.5, 0.03);  // 6 standard errors
}

// Chi-square with bound-1 degrees of freedom; the limits are the 99.99 % points.
TEST(RandomStream, BelowIsUniform) {
  RandomStream draw(2);
  for (const auto& [bound, limit] : {std::pair<std::uint64_t, double>{2, 15.2}, {3, 18.5}, {7, 27.9}, {10, 33.8}}) {
    std::vector<double> counts(bound, 0.0);
    for (int i = 0; i < 70'000; ++i) counts.at(draw.below(bound)) += 1.0;
    const double expected = 70'000.0 / static_cast<double>(bound);
    double chi = 0.0;
    for (const double count : counts) chi += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi, limit) << bound;
  }
  EXPECT_EQ(draw.below(1), 0U);
}

// With bound = 3 * 2^62 a plain remainder would give the lowest third half of all draws.
TEST(RandomStream, BelowIsUnbiasedForHugeBounds) {
  RandomStream draw(3);
  constexpr std::uint64_t kThird = std::uint64_t{1} << 62U;
  std::array<int, 3> counts{};
  for (int i = 0; i < 30'000; ++i) ++counts.at(draw.below(3 * kThird) / kThird);
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(RandomStream, NormalHasItsMoments) {
  RandomStream draw(4);
  constexpr int kDraws = 200'000;
  double m1 = 0.0;
  double m2 = 0.0;
  double m3 = 0.0;
  double m4 = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw.normal();
    ASSERT_TRUE(std::isfinite(x));
    m1 += x;
    m2 += x * x;
    m3 += x * x * x;
    m4 += x * x * x * x;
  }
  EXPECT_NEAR(m1 / kDraws, 0.0, 0.015);
  EXPECT_NEAR(m2 / kDraws, 1.0, 0.02);
  EXPECT_NEAR(m3 / kDraws, 0.0, 0.05);
  EXPECT_NEAR(m4 / kDraws, 3.0, 0.15);
}

// The least and the greatest bounds, powers of two, and bounds of which many values are rejected (just above half of 2^63).
TEST(Below, DrawsWhatTheStreamDraws) {
  for (const std::uint64_t bound :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{28}, std::uint64_t{64}, std::uint64_t{1'000'003},
        (std::uint64_t{1} << 62U) + 1, (std::uint64_t{1} << 63U) - 1, std::uint64_t{1} << 63U}) {
    RandomStream one(bound);
    RandomStream other(bound);
    const Below below(bound);
    for (int i = 0; i < 20'000; ++i) ASSERT_EQ(below(one), other.below(bound)) << bound << ", draw " << i;
  }
}

// Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)); Beta(1, 1) is uniform, so that a quarter lies below 1/4.
TEST(RandomStream, SymmetricBetaHasItsMomentsForSmallAndLargeShapes) {
  constexpr int kDraws = 40000;
  for (const double a : {0.01, 0.2, 1.0, 4.0, 50.0}) {
    RandomStream draw(9);
    double sum = 0.0, squares = 0.0;
    int below_a_quarter = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = draw.symmetric_beta(a);
      ASSERT_TRUE(x >= 0.0 && x <= 1.0) << a;
      sum += x;
      squares += (x - 0.5) * (x - 0.5);
      if (x < 0.25) ++below_a_quarter;
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 0.015) << a;
    EXPECT_NEAR(squares / kDraws, 1.0 / (4.0 * (2.0 * a + 1.0)), 0.003) << a;
    if (a == 1.0) {
      EXPECT_NEAR(below_a_quarter, kDraws / 4.0, 500);
    }
  }
}

// Gamma(a): mean a, variance a; the exponential is Gamma(1), and 1 - 1/e of it lies below 1. Limits: 6 standard errors of the mean, and
// of the variance, whose own variance is (3 a^2 + 6 a - a^2) / draws.
TEST(RandomStream, GammaAndExponentialHaveTheirMoments) {
  constexpr int kDraws = 100'000;
  const auto check = [](double shape, auto&& draw_one) {
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = draw_one();
      ASSERT_TRUE(x >= 0.0 && std::isfinite(x)) << shape;
      sum += x;
      squares += (x - shape) * (x - shape);
    }
    EXPECT_NEAR(sum / kDraws, shape, 6.0 * std::sqrt(shape / kDraws)) << shape;
    EXPECT_NEAR(squares / kDraws, shape, 6.0 * std::sqrt((2.0 * shape * shape + 6.0 * shape) / kDraws)) << shape;
  };
  RandomStream draw(10);
  for (const double shape : {0.1, 0.5, 1.0, 3.0, 40.0}) check(shape, [&] { return draw.gamma(shape); });
  check(1.0, [&] { return draw.exponential(); });
  int below_one = 0;
  for (int i = 0; i < kDraws; ++i) below_one += draw.exponential() < 1.0 ? 1 : 0;
  EXPECT_NEAR(below_one, kDraws * 0.632121, 6.0 * std::sqrt(kDraws * 0.632121 * 0.367879));
}

TEST(RandomStream, ShuffleIsAPermutationAndEveryOrderComes) {
  RandomStream draw(5);
  std::vector<int> values(257);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  draw.shuffle(std::span(shuffled));
  EXPECT_NE(shuffled, values);
  EXPECT_TRUE(std::is_permutation(shuffled.begin(), shuffled.end(), values.begin()));

  std::map<std::array<int, 3>, int> orders;
  for (int i = 0; i < 6000; ++i) {
    std::array<int, 3> three{0, 1, 2};
    draw.shuffle(std::span<int>(three));
    ++orders[three];
  }
  EXPECT_EQ(orders.size(), 6U);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 150);
  draw.shuffle(std::span<int>());
}

}  // namespace
}  // namespace mexbench::core
