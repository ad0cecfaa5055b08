// The summary in words, made from the numbers. Each form of sentence has its test; none claims more than the numbers show: a model is
// called better than another only where a planned comparison is resolved (pair_sentences.h), and what is INVALID is called so before its
// size.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/view.h"

namespace mexbench::reports {

// Reads runs, models, scopes, comparisons, published, incomplete and notes of the view.
[[nodiscard]] std::vector<std::string> summary_sentences(const ReportView& view);

// The UF1 that a model must exceed in a group to be above chance: the majority's, or that which 97.5 % of random draws don't exceed, over
// the floors of its runs. Nothing when no floor is known.
[[nodiscard]] std::optional<double> floor_reach(const ScopeGroup& group, const ModelView& model);

}  // namespace mexbench::reports
