#include "harness/stats/mcnemar.h"

#include <cassert>
#include <cstdlib>

#include "harness/stats/distributions.h"

namespace mexbench::stats {

McNemar mcnemar(std::int64_t only_first, std::int64_t only_second) {
  assert(only_first >= 0 && only_second >= 0);
  McNemar out{.only_first = only_first, .only_second = only_second};
  const std::int64_t discordant = only_first + only_second;
  out.exact_p = binomial_two_sided(only_first, discordant);
  if (only_first == only_second) return out;
  const auto beyond = static_cast<double>(std::abs(only_first - only_second) - 1);
  out.chi_squared = beyond * beyond / static_cast<double>(discordant);
  out.chi_squared_p = chi_squared_survival(out.chi_squared, 1.0);
  return out;
}

}  // namespace mexbench::stats
