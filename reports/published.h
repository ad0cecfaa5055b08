// Published results beside ours: which of them can be compared, how far apart they are, and what stands in the way of a comparison.
#pragma once

#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

// Fills view.published from what the runs recorded, once for each result and model it stands beside. Needs view.models. A difference is
// ours minus published, formed only between scores of the same datasets; everything else becomes a caution.
void add_published(const ReportData& data, ReportView& view);

}  // namespace mexbench::reports
