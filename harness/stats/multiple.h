// Many comparisons, one error rate: Holm's step-down adjustment (Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6(2), 1979). With the m raw p-values in ascending order p_1 <= ... <= p_m
//
//   adjusted_i = max over j <= i of min(1, (m - j + 1) p_j)
//
// Rejecting where the adjusted value is at most alpha keeps the chance of any false rejection in the family at or below alpha, however the
// tests depend on one another. Nothing is gained from knowing the outcome first: a family is chosen, and named, before the tests are run.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mexbench::stats {

// Adjusted values in the order of the raw ones. They never decrease where the raw ones increase, equal raw ones have equal adjusted
// ones, and none is above 1. The caller has at least one p-value, each from 0 to 1.
[[nodiscard]] std::vector<double> holm(std::span<const double> raw);

// The name travels with the numbers, so that a table can say over what was adjusted.
struct TestFamily {
  std::string name;
  std::vector<double> raw;
  std::vector<double> adjusted;
};

// The same for a family; the caller gives it a name.
[[nodiscard]] TestFamily holm_family(std::string name, std::vector<double> raw);

}  // namespace mexbench::stats
