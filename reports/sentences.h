// The summary in words, made from the numbers. Each form of sentence has its test; none claims more than the numbers show: without
// intervals no model is called better than another, and what is INVALID is called so before its size.
#pragma once

#include <string>
#include <vector>

#include "reports/view.h"

namespace mexbench::reports {

// Reads runs, models, scopes, published, incomplete and notes of the view.
[[nodiscard]] std::vector<std::string> summary_sentences(const ReportView& view);

}  // namespace mexbench::reports
