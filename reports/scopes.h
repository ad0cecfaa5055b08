// Scopes of scores by name: "all", and datasets by id.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace mexbench::reports {

inline constexpr const char* kAll = "all";

// The datasets among scopes, by id.
template <typename Scores>
std::vector<std::string> datasets_of(const std::map<std::string, Scores>& scopes) {
  std::vector<std::string> out;
  for (const auto& [scope, unused] : scopes) {
    if (scope != kAll) out.push_back(scope);
  }
  return out;
}

// `all` first, then the datasets by id.
template <typename Scores>
std::vector<std::string> scope_order(const std::map<std::string, Scores>& scopes) {
  std::vector<std::string> order = datasets_of(scopes);
  if (scopes.contains(kAll)) order.insert(order.begin(), kAll);
  return order;
}

}  // namespace mexbench::reports
