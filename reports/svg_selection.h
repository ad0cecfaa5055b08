// The figure of the section on selection.
#pragma once

#include <string>

#include "reports/svg.h"
#include "reports/view.h"

namespace mexbench::reports {

// Left, over the number of epochs kept from (logarithmic), the UF1 of a guesser that looks at nothing: mean, and a band where 95 % of its
// draws fall. Right, on the same scale, each model of the curve: a dot at its honest UF1, a triangle where its best epochs per test
// subject are, a diamond for each published figure that was chosen so; behind them the guesser's band at that model's number of epochs.
// On a phone the right part stands below the left. `curve` has a point with a UF1.
[[nodiscard]] std::string selection_svg(const ReportView& view, const SelectionGroup& group, const GuessCurve& curve,
                                        FigureWidth fits = FigureWidth::kPage);

}  // namespace mexbench::reports
