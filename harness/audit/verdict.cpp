#include "harness/audit/verdict.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/text.h"

namespace mexbench::audit {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

RuleResult passed(std::string rule, std::string detail) {
  return {.rule = std::move(rule), .status = RuleStatus::kPassed, .detail = std::move(detail)};
}

RuleResult not_checked(std::string rule, std::string detail) {
  return {.rule = std::move(rule), .status = RuleStatus::kNotChecked, .detail = std::move(detail)};
}

std::string Finding::told(std::string_view one, std::string_view many) const {
  std::string out = fmt::format("{} {}: {}", count_, count_ == 1 ? one : many, core::join(examples_, ", "));
  if (count_ > examples_.size()) out += fmt::format(" and {} more", count_ - examples_.size());
  return out;
}

RuleResult Finding::result(std::string rule, std::string_view one, std::string_view many, std::string when_passed) const {
  if (count_ == 0) return passed(std::move(rule), std::move(when_passed));
  return {.rule = std::move(rule), .status = RuleStatus::kBroken, .detail = told(one, many)};
}

std::string_view to_string(RuleStatus status) {
  switch (status) {
    case RuleStatus::kPassed:
      return "passed";
    case RuleStatus::kBroken:
      return "broken";
    case RuleStatus::kNotChecked:
      break;
  }
  return "not-checked";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid:
      return "VALID";
    case Verdict::kInvalid:
      return "INVALID";
    case Verdict::kUnaudited:
      break;
  }
  return "UNAUDITED";
}

Audit verdict_of(std::vector<RuleResult> rules) {
  Audit out;
  std::vector<std::string> unchecked;
  for (const RuleResult& rule : rules) {
    if (rule.status == RuleStatus::kBroken) out.reasons.push_back(fmt::format("{}: {}", rule.rule, rule.detail));
    if (rule.status == RuleStatus::kNotChecked) unchecked.push_back(rule.rule);
  }
  if (!out.reasons.empty()) {
    out.verdict = Verdict::kInvalid;
  } else if (!unchecked.empty()) {
    out.reasons.push_back(fmt::format("not every rule was checked: {}", core::join(unchecked, ", ")));
  } else if (rules.empty()) {
    out.reasons.emplace_back("no rule was checked");
  } else {
    out.verdict = Verdict::kValid;
  }
  out.rules = std::move(rules);
  return out;
}

json to_json(const Audit& audit) {
  json rules = json::array();
  for (const RuleResult& rule : audit.rules) {
    rules.push_back({{"rule", rule.rule}, {"status", to_string(rule.status)}, {"detail", rule.detail}});
  }
  return {{"schema", "mexbench.audit/1"}, {"verdict", to_string(audit.verdict)}, {"reasons", audit.reasons}, {"rules", std::move(rules)}};
}

core::Result<Audit> audit_from_json(const json& source, const std::string& file) {
  try {
    if (const json& schema = source.at("schema"); schema != "mexbench.audit/1") {
      return Error::in_file(ErrorCode::kData, file, fmt::format("schema is {}, \"mexbench.audit/1\" is wanted", schema.dump()));
    }
    std::vector<RuleResult> rules;
    for (const json& entry : source.at("rules")) {
      RuleResult rule{.rule = entry.at("rule"), .status = RuleStatus::kNotChecked, .detail = entry.at("detail")};
      const std::string status = entry.at("status");
      if (status == to_string(RuleStatus::kPassed)) {
        rule.status = RuleStatus::kPassed;
      } else if (status == to_string(RuleStatus::kBroken)) {
        rule.status = RuleStatus::kBroken;
      } else if (status != to_string(RuleStatus::kNotChecked)) {
        return Error::in_file(ErrorCode::kData, file, fmt::format("rule '{}' has the unknown status '{}'", rule.rule, status));
      }
      rules.push_back(std::move(rule));
    }
    Audit audit = verdict_of(std::move(rules));
    if (source.at("verdict") != to_string(audit.verdict)) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("verdict is {}, its rules give \"{}\"", source.at("verdict").dump(), to_string(audit.verdict)));
    }
    audit.reasons = source.at("reasons").get<std::vector<std::string>>();
    return audit;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("is not an audit file: {}", problem.what()));
  }
}

}  // namespace mexbench::audit
