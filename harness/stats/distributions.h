// The few distributions that the tests of this room stand on, by Boost.Math (Maddock, Bristow et al.; in double precision, so that
// machines with another long double get the same digits). Arguments outside the stated range are programmer errors. Relative errors are
// below 1e-12 over all that is tested, tails included.
#pragma once

#include <cstdint>

namespace mexbench::stats {

// P(Z <= z) of the standard normal distribution; any z, infinite ones too.
[[nodiscard]] double normal_cdf(double z);
// The z with P(Z <= z) = p; 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);
// The t with P(T <= t) = p of Student's distribution; 0 < p < 1, degrees > 0.
[[nodiscard]] double t_quantile(double p, double degrees);
// P(X > x) of chi-squared; x >= 0, degrees > 0.
[[nodiscard]] double chi_squared_survival(double x, double degrees);
// P(X > x) of Fisher's F; x >= 0, degrees > 0. An infinite x gives 0.
[[nodiscard]] double f_survival(double x, double numerator_degrees, double denominator_degrees);
// Exact two-sided p of `successes` among `trials` fair coins: twice the smaller tail, at most 1. No trials: 1.
[[nodiscard]] double binomial_two_sided(std::int64_t successes, std::int64_t trials);
// P(B <= successes) and P(B > successes) of the binomial distribution; trials >= 0, 0 < p < 1, -1 <= successes <= trials.
[[nodiscard]] double binomial_cdf(std::int64_t successes, std::int64_t trials, double p);
[[nodiscard]] double binomial_survival(std::int64_t successes, std::int64_t trials, double p);

}  // namespace mexbench::stats
