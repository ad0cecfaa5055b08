// What a measurement is held to. A rule has a figure, a threshold that nobody can set, where the threshold comes from, and what to change
// when it is broken; all of it is shown, never the word alone. The layout follows MLPerf's loadgen, whose summary says VALID or INVALID,
// which rule failed and what to do (loadgen/results.cc). rules.h has the rules.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/figure.h"

namespace mexbench::latency {

enum class Bound { kAtLeast, kAtMost };
[[nodiscard]] std::string_view to_string(Bound bound);  // "at least", "at most"

struct Rule {
  std::string name;     // "drift"
  core::Figure figure;  // undefined: the rule was not checked, with the reason
  std::string unit;     // of figure and threshold: "%", "s", "samples"; empty: a plain number
  Bound bound = Bound::kAtMost;
  double threshold = 0.0;
  std::string meaning;  // of the figure: "median of the last third against that of the first"
  std::string source;   // of rule and threshold
  std::string advice;   // what to change when it is broken

  [[nodiscard]] bool broken() const;
  friend bool operator==(const Rule&, const Rule&) = default;
};

// "drift is 12.4 %, at most 5 % is valid: let the machine cool down ..."; of a rule that was not checked, its reason.
[[nodiscard]] std::string in_words(const Rule& rule);

// INVALID when a rule is broken. A rule that could not be checked (one clip can't be repeated) breaks nothing.
[[nodiscard]] bool is_valid(const std::vector<Rule>& rules);
[[nodiscard]] std::string_view verdict_of(const std::vector<Rule>& rules);  // "VALID", "INVALID"

[[nodiscard]] nlohmann::json to_json(const Rule& rule);
// Throws nlohmann::json::exception; what else is wrong goes to `problem` unless that tells something already.
[[nodiscard]] Rule rule_from_json(const nlohmann::json& source, std::string& problem);

}  // namespace mexbench::latency
