// McNemar's test on the clips that exactly one of two models got right (McNemar, "Note on the sampling error of the difference between
// correlated proportions or percentages", Psychometrika 12(2), 1947). A REFERENCE ONLY, to be compared with papers that print it.
//
// It takes every clip for an independent draw. Clips of one person are not: on made-up corpora in the shape of the 68 subjects of MEGC
// 2019, with no difference between the models, tests on clips called 12 to 21 % of comparisons significant at a level of 5 %. Conclusions
// rest on tests whose unit is the subject: permutation, bootstrap, Wilcoxon.
#pragma once

#include <cstdint>

namespace mexbench::stats {

// What a report must print beside these figures.
inline constexpr const char* kMcNemarLabel = "clip-level reference: clips of one person are not independent";

struct McNemar {
  std::int64_t only_first = 0;   // clips that only the first model got right
  std::int64_t only_second = 0;  // clips that only the second model got right
  double exact_p = 1.0;          // two-sided binomial test of only_first against a half; 1 without discordant clips
  // (|b - c| - 1)^2 / (b + c), the continuity correction of Edwards ("Note on the 'correction for continuity' in testing the significance
  // of the difference between correlated proportions", Psychometrika 13(3), 1948). 0 when b = c, as R's mcnemar.test has it: a correction
  // must not make a difference of none into one. statsmodels corrects there too, and gives 1 / (b + c).
  double chi_squared = 0.0;
  double chi_squared_p = 1.0;  // one degree of freedom
};

// Counts at or above 0.
[[nodiscard]] McNemar mcnemar(std::int64_t only_first, std::int64_t only_second);

}  // namespace mexbench::stats
