// What the convention of scoring does to the numbers: stats/conventions.h over the folds of every run, told beside each other.
#pragma once

#include <string>
#include <vector>

#include "reports/comparisons.h"
#include "reports/notes.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// Fills in ReportView::conventions. The view's models and comparisons are there already.
void add_conventions(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view);

// The section in words, made from its numbers: how far the score of a model goes from convention to convention, and whether the models'
// order stays.
[[nodiscard]] std::vector<std::string> convention_sentences(const ReportView& view);

}  // namespace mexbench::reports
