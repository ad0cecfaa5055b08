// One person's weight, and the limits of the design: scores without each subject, seeds beside subjects as sources of spread, the smallest
// difference that the subjects here resolve, and how many another one would take.
#pragma once

#include <string>
#include <vector>

#include "reports/comparisons.h"
#include "reports/notes.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// Fills in ReportView::influence. The view's models, comparisons, spreads and subjects are there already; a model that stands in no
// comparison and is not INVALID gets a group of its own.
void add_influence(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view);

// Of a group, and of the seeds: made from the numbers of the view.
[[nodiscard]] std::vector<std::string> influence_sentences(const ReportView& view, const InfluenceGroup& group);
[[nodiscard]] std::vector<std::string> spread_sentences(const ReportView& view);

}  // namespace mexbench::reports
