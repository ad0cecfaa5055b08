#include "models/published_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "harness/core/text.h"
#include "models/fill_params.h"

namespace mexbench::models {
namespace {

// A value of a published constructor in the type of the parameter; nothing when it is of another one.
std::optional<nlohmann::json> as_integer(const nlohmann::json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.get<double>();
  if (number != std::floor(number) || std::abs(number) > static_cast<double>(kLargestInteger)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<nlohmann::json> as_number(const nlohmann::json& value) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value;
}

std::optional<nlohmann::json> of_type(const ParamDef& param, const nlohmann::json& value) {
  const bool whole = param.type == ParamDef::Type::kInteger || param.type == ParamDef::Type::kIntegers;
  const auto one = [whole](const nlohmann::json& entry) { return whole ? as_integer(entry) : as_number(entry); };
  switch (param.type) {
    case ParamDef::Type::kInteger:
    case ParamDef::Type::kNumber:
      return one(value);
    case ParamDef::Type::kBoolean:
      if (value.is_boolean()) return value;
      if (!value.is_number() || (value.get<double>() != 0.0 && value.get<double>() != 1.0)) return std::nullopt;
      return value.get<double>() == 1.0;
    case ParamDef::Type::kChoice:
      return std::find(param.choices.begin(), param.choices.end(), value) == param.choices.end() ? std::nullopt : std::optional(value);
    case ParamDef::Type::kIntegers:
    case ParamDef::Type::kNumbers:
      break;
  }
  if (!value.is_array()) return param.lone ? one(value) : std::nullopt;
  if (value.size() < param.least) return std::nullopt;
  nlohmann::json out = nlohmann::json::array();
  for (const nlohmann::json& entry : value) {
    std::optional<nlohmann::json> number = one(entry);
    if (!number) return std::nullopt;
    out.push_back(std::move(*number));
  }
  return out;
}

std::string wanted(const ParamDef& param) {
  const bool whole = param.type == ParamDef::Type::kInteger || param.type == ParamDef::Type::kIntegers;
  std::string entry = whole ? fmt::format("an integer from {} to {}", -kLargestInteger, kLargestInteger) : "a number";
  switch (param.type) {
    case ParamDef::Type::kInteger:
    case ParamDef::Type::kNumber:
      return entry;
    case ParamDef::Type::kBoolean:
      return "true or false";
    case ParamDef::Type::kChoice:
      return core::quoted_list(param.choices);
    case ParamDef::Type::kIntegers:
    case ParamDef::Type::kNumbers:
      break;
  }
  const std::string list = fmt::format("a list of at least {}, each {}", param.least, entry);
  return param.lone ? fmt::format("{}, or {}", entry, list) : list;
}

}  // namespace

core::Result<nlohmann::json> published_params(const ModelCard& card, const nlohmann::json& given) {
  return fill_params(card, given, [](const ParamDef& param, const nlohmann::json& value) -> std::variant<nlohmann::json, std::string> {
    std::optional<nlohmann::json> typed = of_type(param, value);
    if (!typed) return wanted(param);
    return *std::move(typed);
  });
}

}  // namespace mexbench::models
