// How much a choice of the epoch on the test subjects would have flattered: the inflation gap of every model whose epochs were recorded,
// and the null curve of that choice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/comparisons.h"
#include "reports/notes.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// Fills in ReportView::selection. The models, scopes and published results of the view are there already.
void add_selection(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view);

// Whether a published selection rule says that the epoch was chosen on the test data: it begins with "best epoch" or has the words
// "selection on the test data".
[[nodiscard]] bool chosen_on_test(std::string_view rule);

// Numbers of epochs at which the curve is drawn: 1, 2, 5, 10, 20, 50 ... below `most`, and `most`.
[[nodiscard]] std::vector<std::int64_t> epoch_grid(std::int64_t most);

// The section in words, made from its numbers.
[[nodiscard]] std::vector<std::string> selection_sentences(const ReportView& view);

}  // namespace mexbench::reports
