// Which model is better, by how much, and can anyone tell: intervals of every score, and every pair of models on the same clips held
// against each other (harness/stats). Everything is worked out here once; the page, the paper's table and the sentences draw from it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reports/notes.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// The complete runs of one model of the view, in the order of ModelView::runs.
using ModelRuns = std::vector<const Run*>;

// Fills in ModelView::intervals, RunView's and ReportView::comparisons. `models` and `runs` go with view.models and view.runs; both,
// and the models' spreads, are there already.
void add_comparisons(const std::vector<ModelRuns>& models, const std::vector<const Run*>& runs, Notes& notes, ReportView& view);

// The figure of the pair the other way round: second minus first.
[[nodiscard]] PairFigure turned(PairFigure figure);

// Models of a comparison from the highest UF1 to the lowest, places in ReportView::models; those without one last.
[[nodiscard]] std::vector<std::size_t> by_uf1(const ReportView& view, const ComparisonView& comparison);

// Two models by themselves, a family of one comparison; nothing when their predictions can't be counted. Notes go into `view`.
[[nodiscard]] std::optional<ComparisonView> compare_pair(std::size_t first, std::size_t second, const std::vector<ModelRuns>& models,
                                                         ReportView& view);

}  // namespace mexbench::reports
