#include "harness/latency/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/eval/figure_json.h"

namespace mexbench::latency {

using nlohmann::json;

std::string_view to_string(Bound bound) { return bound == Bound::kAtLeast ? "at least" : "at most"; }

bool Rule::broken() const {
  if (!figure.value) return false;
  return bound == Bound::kAtLeast ? *figure.value < threshold : *figure.value > threshold;
}

std::string in_words(const Rule& rule) {
  const std::string unit = rule.unit.empty() ? "" : " " + rule.unit;
  if (!rule.figure.value) return fmt::format("{} was not checked: {}", rule.name, rule.figure.reason);
  const std::string seen =
      fmt::format("{} is {:.4g}{}, {} {:g}{} is valid", rule.name, *rule.figure.value, unit, to_string(rule.bound), rule.threshold, unit);
  return rule.broken() ? fmt::format("{}: {}", seen, rule.advice) : seen;
}

bool is_valid(const std::vector<Rule>& rules) {
  return std::none_of(rules.begin(), rules.end(), [](const Rule& rule) { return rule.broken(); });
}

std::string_view verdict_of(const std::vector<Rule>& rules) { return is_valid(rules) ? "VALID" : "INVALID"; }

json to_json(const Rule& rule) {
  return {{"rule", rule.name},
          {"status", !rule.figure.value ? "not-checked"
                     : rule.broken()    ? "broken"
                                        : "passed"},
          {"figure", eval::to_json(rule.figure)},
          {"bound", to_string(rule.bound)},
          {"threshold", rule.threshold},
          {"unit", rule.unit},
          {"meaning", rule.meaning},
          {"source", rule.source},
          {"advice", rule.advice}};
}

Rule rule_from_json(const json& source, std::string& problem) {
  Rule out{.name = source.at("rule"),
           .figure = eval::figure_from_json(source, "figure", problem),
           .unit = source.at("unit"),
           .bound = source.at("bound") == to_string(Bound::kAtLeast) ? Bound::kAtLeast : Bound::kAtMost,
           .threshold = source.at("threshold"),
           .meaning = source.at("meaning"),
           .source = source.at("source"),
           .advice = source.at("advice")};
  if (problem.empty() && source.at("bound") != to_string(out.bound)) {
    problem = fmt::format("'bound' of rule '{}' is {}, 'at least' or 'at most' is wanted", out.name, source.at("bound").dump());
  }
  if (const json wanted = to_json(out).at("status"); problem.empty() && source.at("status") != wanted) {
    problem = fmt::format("the status of rule '{}' is {}, its figure gives {}", out.name, source.at("status").dump(), wanted.dump());
  }
  return out;
}

}  // namespace mexbench::latency
