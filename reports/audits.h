// The rules of the audit over all runs of a report: what was checked, what passed, and what did not in which run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mexbench::reports {

struct ReasonView;
struct ReportView;
struct RunView;

// What a rule found in some runs that it did not pass.
struct RuleFinding {
  std::string status;  // broken, not-checked
  std::string detail;
  std::string runs;  // "all 9 runs", "ststnet, seeds 0 and 2"
};

struct RuleView {
  std::string rule;
  std::size_t passed = 0;
  std::size_t broken = 0;
  std::size_t not_checked = 0;
  std::vector<RuleFinding> findings;  // broken ones first
};

// Why runs have their verdict, each reason once, by verdict.
[[nodiscard]] std::vector<ReasonView> reasons_of(const std::vector<RunView>& runs);

// In the order of audit::kRuleOrder, whichever run has them; rules it does not know stand last, as the runs have them.
[[nodiscard]] std::vector<RuleView> rules_of(const ReportView& view);

}  // namespace mexbench::reports
