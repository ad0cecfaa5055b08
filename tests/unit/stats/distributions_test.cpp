#include "harness/stats/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mexbench::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void expect_close(double ours, double known) { EXPECT_NEAR(ours, known, 1e-12 * std::abs(known)); }

// From scipy.stats 1.10.1: norm, chi2, f, binomtest. Quantiles of t from mpmath 1.2.1 to 30 digits: those of SciPy 1.10.1 are right to
// 11 digits only for few degrees (12.706204736432095 for one, where tan(0.475 pi) = 12.706204736174694).
TEST(Distributions, NormalEqualsScipyInTheTailsToo) {
  expect_close(normal_cdf(-8.0), 6.22096057427174e-16);
  expect_close(normal_cdf(-1.959963984540054), 0.025);
  expect_close(normal_cdf(0.5), 0.6914624612740131);
  expect_close(normal_cdf(3.0), 0.9986501019683699);
  EXPECT_EQ(normal_cdf(-kInfinity), 0.0);
  EXPECT_EQ(normal_cdf(kInfinity), 1.0);
  expect_close(normal_quantile(1e-10), -6.361340902404056);
  expect_close(normal_quantile(0.025), -1.9599639845400545);
  expect_close(normal_quantile(0.8), 0.8416212335729143);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
}

TEST(Distributions, StudentsTEqualsMpmathForFractionalDegreesToo) {
  expect_close(t_quantile(0.975, 1), 12.706204736174693);
  expect_close(t_quantile(0.975, 2.5), 3.5746548420036818);
  expect_close(t_quantile(0.975, 24), 2.0638985616280254);
  expect_close(t_quantile(0.001, 67), -3.2163855173477322);
  expect_close(t_quantile(0.6, 1000), 0.25341451583949871);
}

TEST(Distributions, ChiSquaredEqualsScipy) {
  EXPECT_EQ(chi_squared_survival(0.0, 3), 1.0);
  expect_close(chi_squared_survival(3.841458820694124, 1), 0.04999999999999989);
  expect_close(chi_squared_survival(12.5, 4), 0.013995792487650894);
  expect_close(chi_squared_survival(200.0, 2), 3.7200759760208177e-44);
}

TEST(Distributions, FishersFEqualsScipy) {
  EXPECT_EQ(f_survival(0.0, 2, 8), 1.0);
  expect_close(f_survival(1.7, 3, 57), 0.1772340835919899);
  expect_close(f_survival(9.5, 4, 16), 0.0003938211621990849);
  expect_close(f_survival(60.0, 2.5, 30), 4.471266512840296e-12);
  EXPECT_EQ(f_survival(kInfinity, 2, 8), 0.0);
}

TEST(Distributions, BinomialEqualsScipyAndIsOneInTheMiddle) {
  expect_close(binomial_two_sided(0, 5), 0.0625);
  EXPECT_EQ(binomial_two_sided(5, 10), 1.0);
  expect_close(binomial_two_sided(2, 17), 0.002349853515625);
  EXPECT_EQ(binomial_two_sided(2, 17), binomial_two_sided(15, 17));
  expect_close(binomial_two_sided(40, 120), 0.00033040001839131815);
  EXPECT_EQ(binomial_two_sided(0, 0), 1.0);
}

}  // namespace
}  // namespace mexbench::stats
