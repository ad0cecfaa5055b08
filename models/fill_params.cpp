#include "models/fill_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/text.h"

namespace mexbench::models {

std::string suggestion(std::string_view seen, std::span<const std::string> known) {
  if (const auto near = core::closest(seen, known)) return fmt::format("did you mean '{}'?", *near);
  return known.empty() ? "it takes none" : fmt::format("there is {}", core::quoted_list(known, "and"));
}

namespace {

// As much of a value as a message has room for.
std::string shown(const nlohmann::json& value) {
  constexpr std::size_t kMostBytes = 80;
  const std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true);
  return text.size() <= kMostBytes ? text : fmt::format("{}...", text.substr(0, kMostBytes));
}

}  // namespace

core::Result<nlohmann::json> fill_params(const ModelCard& card, const nlohmann::json& given, const TakeParam& take) {
  if (!given.is_null() && !given.is_object()) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("the parameters of {} are {}, need a map of names to values", card.name, shown(given)));
  }
  std::vector<std::string> known;
  nlohmann::json out = nlohmann::json::object();
  for (const ParamDef& param : card.params) {
    known.push_back(param.name);
    if (!param.middle) out[param.name] = param.default_value;
  }
  std::vector<core::Diagnostic> problems;
  for (const auto& [name, value] : given.items()) {
    core::Diagnostic problem;
    const auto param = std::find_if(card.params.begin(), card.params.end(), [&key = name](const ParamDef& def) { return def.name == key; });
    if (param == card.params.end()) {
      problem.message = fmt::format("{} has no parameter '{}'", card.name, name);
      problem.hint = suggestion(name, known);
    } else {
      std::variant<nlohmann::json, std::string> taken = take(*param, value);
      if (auto* used = std::get_if<nlohmann::json>(&taken)) {
        out[name] = std::move(*used);
        continue;
      }
      problem.message = fmt::format("parameter '{}' of {} is {}, need {}", name, card.name, shown(value), std::get<std::string>(taken));
    }
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return core::Error(core::ErrorCode::kUsage, std::move(problems));
  return out;
}

}  // namespace mexbench::models
