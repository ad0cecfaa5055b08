// What changed between two models: settings, environments, inputs, and the clips that one got right and the other did not.
#pragma once

#include <cstddef>
#include <vector>

#include "reports/comparisons.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// `first` and `second` are places in view.models. Clips are compared in the first run (smallest seed) of each.
[[nodiscard]] ChangesView changes_between(std::size_t first, std::size_t second, const std::vector<ModelRuns>& models,
                                          const ReportView& view);

// Fills in ReportView::changes: of every compared pair where there are few, else of the two best of each comparison.
void add_changes(const std::vector<ModelRuns>& models, ReportView& view);

}  // namespace mexbench::reports
