#include "harness/model/fresh.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "harness/core/text.h"

namespace mexbench::model {

bool is_fresh(std::string_view name, std::span<const std::string> fresh) {
  return std::any_of(fresh.begin(), fresh.end(), [&](const std::string& beginning) { return name.starts_with(beginning); });
}

core::Status check_fresh(std::span<const std::string> names, std::span<const std::string> fresh) {
  std::set<std::string> beginnings;  // "features", "features.0", "features.0.weight", ..
  std::set<std::string> modules;     // "features", ..
  for (const std::string& name : names) {
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      beginnings.insert(name.substr(0, dot));
    }
    beginnings.insert(name);
    modules.insert(name.substr(0, name.find('.')));
  }
  std::vector<core::Diagnostic> problems;
  for (const std::string& beginning : fresh) {
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return name.starts_with(beginning); })) continue;
    const std::vector<std::string> known(beginnings.begin(), beginnings.end());
    const auto near = core::closest(beginning, known);
    core::Diagnostic problem;
    problem.message = fmt::format("no parameter of the network has a name that begins with '{}', which 'fresh' lists", beginning);
    problem.hint =
        near ? fmt::format("did you mean '{}'?", *near)
             : fmt::format("names begin with {}", core::quoted_list(std::vector<std::string>(modules.begin(), modules.end()), "and"));
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return {};
  return core::Error(core::ErrorCode::kUsage, std::move(problems));
}

}  // namespace mexbench::model
