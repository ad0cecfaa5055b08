// The only file that includes Boost.Math: its headers take seconds to compile.
#include "harness/stats/distributions.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>

namespace mexbench::stats {
namespace {

using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Policy>;

}  // namespace

double normal_cdf(double z) {
  assert(!std::isnan(z));
  return boost::math::cdf(Normal(), z);
}

double normal_quantile(double p) {
  assert(p > 0.0 && p < 1.0);
  return boost::math::quantile(Normal(), p);
}

double t_quantile(double p, double degrees) {
  assert(p > 0.0 && p < 1.0 && degrees > 0.0);
  return boost::math::quantile(boost::math::students_t_distribution<double, Policy>(degrees), p);
}

double chi_squared_survival(double x, double degrees) {
  assert(x >= 0.0 && degrees > 0.0);
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared_distribution<double, Policy>(degrees), x));
}

double f_survival(double x, double numerator_degrees, double denominator_degrees) {
  assert(x >= 0.0 && numerator_degrees > 0.0 && denominator_degrees > 0.0);
  if (std::isinf(x)) return 0.0;  // Boost.Math refuses it
  const boost::math::fisher_f_distribution<double, Policy> f(numerator_degrees, denominator_degrees);
  return boost::math::cdf(boost::math::complement(f, x));
}

double binomial_two_sided(std::int64_t successes, std::int64_t trials) {
  assert(successes >= 0 && successes <= trials);
  if (trials == 0) return 1.0;
  const boost::math::binomial_distribution<double, Policy> fair(static_cast<double>(trials), 0.5);
  const auto tail = static_cast<double>(std::min(successes, trials - successes));
  return std::min(1.0, 2.0 * boost::math::cdf(fair, tail));
}

double binomial_cdf(std::int64_t successes, std::int64_t trials, double p) {
  assert(successes >= -1 && successes <= trials && p > 0.0 && p < 1.0);
  if (successes < 0) return 0.0;  // Boost.Math refuses it
  return boost::math::cdf(boost::math::binomial_distribution<double, Policy>(static_cast<double>(trials), p),
                          static_cast<double>(successes));
}

double binomial_survival(std::int64_t successes, std::int64_t trials, double p) {
  assert(successes >= -1 && successes <= trials && p > 0.0 && p < 1.0);
  if (successes < 0) return 1.0;
  return boost::math::cdf(boost::math::complement(boost::math::binomial_distribution<double, Policy>(static_cast<double>(trials), p),
                                                  static_cast<double>(successes)));
}

}  // namespace mexbench::stats
