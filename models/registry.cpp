#include "models/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/core/embedded.h"
#include "harness/core/text.h"
#include "models/offapexnet/card.h"
#include "models/ststnet/card.h"

namespace mexbench::models {
namespace {

core::Diagnostic problem(std::string message, std::string hint = {}) {
  core::Diagnostic out;
  out.message = std::move(message);
  out.hint = std::move(hint);
  return out;
}

std::string suggestion(std::string_view seen, std::span<const std::string> known) {
  if (const auto near = core::closest(seen, known)) return fmt::format("did you mean '{}'?", *near);
  return known.empty() ? "it takes none" : fmt::format("there is {}", core::quoted_list(known, "and"));
}

std::string range(const ParamDef& param) {
  return fmt::format("{} from {} to {}", param.type == ParamDef::Type::kInteger ? "an integer" : "a number", param.min, param.max);
}

bool fits(const ParamDef& param, const nlohmann::json& value) {
  const bool right_type = param.type == ParamDef::Type::kInteger ? value.is_number_integer() : value.is_number();
  if (!right_type) return false;
  const auto number = value.get<double>();
  return std::isfinite(number) && number >= param.min && number <= param.max;
}

}  // namespace

std::string_view to_string(ParamDef::Type type) { return type == ParamDef::Type::kInteger ? "integer" : "number"; }

// The list of models: one line each, sorted by name. models/modules.cpp has the other one.
std::span<const ModelCard> all_models() {
  static const std::array<ModelCard, 2> cards = {
      offapexnet_card(),
      ststnet_card(),
  };
  return cards;
}

const ModelCard* find_model(std::string_view name) {
  for (const ModelCard& card : all_models()) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

core::Result<const ModelCard*> model_by_name(std::string_view name) {
  if (const ModelCard* card = find_model(name)) return card;
  std::vector<std::string> known;
  for (const ModelCard& card : all_models()) known.push_back(card.name);
  return core::Error(core::ErrorCode::kUsage, problem(fmt::format("no model is called '{}'", name), suggestion(name, known)));
}

std::string_view card_text(std::string_view name) {
  const std::string path = fmt::format("{}/card.yaml", name);
  for (const core::EmbeddedFile& file : embedded::model_cards()) {
    if (file.path == path) return file.content;
  }
  return {};
}

core::Result<nlohmann::json> resolve_params(const ModelCard& card, const nlohmann::json& given) {
  if (!given.is_null() && !given.is_object()) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("the parameters of {} are {}, need a map of names to values", card.name, given.dump()));
  }
  std::vector<std::string> known;
  nlohmann::json out = nlohmann::json::object();
  for (const ParamDef& param : card.params) {
    known.push_back(param.name);
    out[param.name] = param.default_value;
  }
  std::vector<core::Diagnostic> problems;
  for (const auto& [name, value] : given.items()) {
    const auto param = std::find_if(card.params.begin(), card.params.end(), [&key = name](const ParamDef& def) { return def.name == key; });
    if (param == card.params.end()) {
      problems.push_back(problem(fmt::format("{} has no parameter '{}'", card.name, name), suggestion(name, known)));
    } else if (!fits(*param, value)) {
      problems.push_back(problem(fmt::format("parameter '{}' of {} is {}, need {}", name, card.name, value.dump(), range(*param))));
    } else {
      out[name] = value;
    }
  }
  if (!problems.empty()) return core::Error(core::ErrorCode::kUsage, std::move(problems));
  return out;
}

}  // namespace mexbench::models
