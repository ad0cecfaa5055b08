// The floor of every group of clips: what answers score that look at no image (eval/floor.h).
#pragma once

#include <vector>

#include "reports/notes.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// Fills the floors of view.scopes and view.floorless. `runs` are the complete ones, in the order of view.runs; needs view.runs and
// view.scopes.
void add_floors(const std::vector<const Run*>& runs, Notes& notes, ReportView& view);

}  // namespace mexbench::reports
