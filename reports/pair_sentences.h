// Comparisons in words, made from their numbers. "Better" is said of a planned comparison whose adjusted p is below alpha, and of no
// other; what is not resolved says what this design could have seen.
#pragma once

#include <string>

#include "reports/view.h"

namespace mexbench::reports {

// "ststnet is better than majority: UF1 is 0.4512 higher, 95 % interval [0.412, 0.490]; p = 0.0003 after Holm's adjustment over 3 planned
// comparisons (p = 0.0001, 10,000 swaps of subjects)."
[[nodiscard]] std::string pair_sentence(const ReportView& view, const ComparisonView& comparison, const PairView& pair);

// How many of the family's comparisons are resolved.
[[nodiscard]] std::string family_sentence(const ComparisonView& comparison);

// What the critical-difference diagram shows; why there is none.
[[nodiscard]] std::string rank_sentence(const ReportView& view, const ComparisonView& comparison);

// "4 settings differ. Of 442 clips 300 are right under both, 20 only under a, 12 only under b, 110 under neither."
[[nodiscard]] std::string changes_sentence(const ReportView& view, const ChangesView& change);

}  // namespace mexbench::reports
