#include "reports/audits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/audit/run_rules.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports {
namespace {

// Runs by model, with their seeds. `places` ascend.
std::string runs_in_words(const std::vector<std::size_t>& places, const std::vector<RunView>& runs) {
  if (places.size() == runs.size()) return places.size() == 1 ? "the run" : fmt::format("all {} runs", places.size());
  std::vector<std::pair<std::string, std::vector<std::string>>> models;
  for (const std::size_t place : places) {
    const RunView& run = runs[place];
    if (models.empty() || models.back().first != run.model) models.push_back({run.model, {}});
    models.back().second.push_back(fmt::format("{}", run.seed));
  }
  std::string out;
  for (const auto& [model, seeds] : models) {
    out += fmt::format("{}{}, seed{} {}", out.empty() ? "" : "; ", model, seeds.size() > 1 ? "s" : "", listed(seeds));
  }
  return out;
}

}  // namespace

std::vector<ReasonView> reasons_of(const std::vector<RunView>& runs) {
  std::vector<std::pair<ReasonView, std::vector<std::size_t>>> found;
  for (std::size_t place = 0; place < runs.size(); ++place) {
    for (const std::string& reason : runs[place].reasons) {
      auto at = std::find_if(found.begin(), found.end(),
                             [&](const auto& entry) { return entry.first.verdict == runs[place].verdict && entry.first.reason == reason; });
      if (at == found.end()) {
        at = found.insert(found.end(), {ReasonView{.verdict = runs[place].verdict, .reason = reason, .runs = {}}, {}});
      }
      at->second.push_back(place);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first.verdict < b.first.verdict; });
  std::vector<ReasonView> out;
  for (auto& [reason, places] : found) {
    reason.runs = runs_in_words(places, runs);
    out.push_back(std::move(reason));
  }
  return out;
}

std::vector<RuleView> rules_of(const ReportView& view) {
  std::vector<RuleView> out;
  std::vector<std::map<std::pair<audit::RuleStatus, std::string>, std::vector<std::size_t>>> findings;  // per rule
  for (std::size_t place = 0; place < view.runs.size(); ++place) {
    for (const audit::RuleResult& rule : view.runs[place].audit_rules) {
      auto at = std::find_if(out.begin(), out.end(), [&](const RuleView& one) { return one.rule == rule.rule; });
      if (at == out.end()) {
        at = out.insert(out.end(), RuleView{.rule = rule.rule, .findings = {}});
        findings.emplace_back();
      }
      ++(rule.status == audit::RuleStatus::kPassed ? at->passed : rule.status == audit::RuleStatus::kBroken ? at->broken : at->not_checked);
      if (rule.status != audit::RuleStatus::kPassed)
        findings[static_cast<std::size_t>(at - out.begin())][{rule.status, rule.detail}].push_back(place);
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (const auto& [what, places] : findings[i]) {
      out[i].findings.push_back(
          {.status = std::string(audit::to_string(what.first)), .detail = what.second, .runs = runs_in_words(places, view.runs)});
    }
  }
  const auto place = [](const RuleView& rule) { return std::find(audit::kRuleOrder.begin(), audit::kRuleOrder.end(), rule.rule); };
  std::stable_sort(out.begin(), out.end(), [&](const RuleView& a, const RuleView& b) { return place(a) < place(b); });
  return out;
}

}  // namespace mexbench::reports
