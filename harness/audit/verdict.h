// What an audit ends in: rules, each passed, broken or not checked, and the verdict that follows from them. run_rules.h lists the rules.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::audit {

inline constexpr std::size_t kMostExamples = 5;

enum class RuleStatus { kPassed, kBroken, kNotChecked };
[[nodiscard]] std::string_view to_string(RuleStatus status);  // "passed", "broken", "not-checked"

struct RuleResult {
  std::string rule;
  RuleStatus status = RuleStatus::kNotChecked;
  std::string detail;
};

[[nodiscard]] RuleResult passed(std::string rule, std::string detail);
[[nodiscard]] RuleResult not_checked(std::string rule, std::string detail);

// Counts what breaks a rule and keeps the first few to name.
class Finding {
 public:
  void add(std::string example) {
    if (count_++ < kMostExamples) examples_.push_back(std::move(example));
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  // "3 clips were ..: example, example and 1 more", of at least one.
  [[nodiscard]] std::string told(std::string_view one, std::string_view many) const;
  // Broken, and told so; `when_passed` when nothing was found.
  [[nodiscard]] RuleResult result(std::string rule, std::string_view one, std::string_view many, std::string when_passed) const;

 private:
  std::size_t count_ = 0;
  std::vector<std::string> examples_;
};

enum class Verdict { kValid, kInvalid, kUnaudited };
[[nodiscard]] std::string_view to_string(Verdict verdict);  // "VALID", "INVALID", "UNAUDITED"

struct Audit {
  Verdict verdict = Verdict::kUnaudited;
  std::vector<std::string> reasons;  // one per broken rule; else one that names what was not checked
  std::vector<RuleResult> rules;     // in the order of run_rules.h
};

// INVALID when a rule is broken; VALID when there are rules and all of them passed; else UNAUDITED. With the reasons.
[[nodiscard]] Audit verdict_of(std::vector<RuleResult> rules);

// audit.json, schema "mexbench.audit/1" (docs/file-formats.md). Reading fails with kData when the verdict does not follow from the rules.
[[nodiscard]] nlohmann::json to_json(const Audit& audit);
[[nodiscard]] core::Result<Audit> audit_from_json(const nlohmann::json& source, const std::string& file);

}  // namespace mexbench::audit
