#include "harness/data/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/text.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::string_view wanted(OptionType type) {
  switch (type) {
    case OptionType::kInt:
      return "a whole number";
    case OptionType::kNumber:
      return "a number";
    case OptionType::kBool:
      return "true or false";
    case OptionType::kPath:
      return "a path";
    case OptionType::kStages:
    case OptionType::kCorrections:
      return "a list";
    case OptionType::kText:
      break;
  }
  return "a text";
}

bool has_type(const json& value, OptionType type) {
  switch (type) {
    case OptionType::kInt:
      return value.is_number_integer();
    case OptionType::kNumber:
      return value.is_number();
    case OptionType::kBool:
      return value.is_boolean();
    case OptionType::kStages:
    case OptionType::kCorrections:
      return value.is_array();
    case OptionType::kPath:
    case OptionType::kText:
      break;
  }
  return value.is_string();
}

// What is wrong with a value, or nothing.
std::optional<std::string> complaint(const OptionDef& option, const json& value) {
  if (!has_type(value, option.type)) {
    return fmt::format("option '{}' is {}, {} is wanted", option.name, value.dump(), wanted(option.type));
  }
  if (value.is_number()) {
    const double number = value.get<double>();
    if ((option.min && number < *option.min) || (option.max && number > *option.max)) {
      const std::string low = option.min ? fmt::format("at least {}", *option.min) : "";
      const std::string high = option.max ? fmt::format("at most {}", *option.max) : "";
      return fmt::format("option '{}' is {}, {}{}{} is wanted", option.name, value.dump(), low, low.empty() || high.empty() ? "" : " and ",
                         high);
    }
  }
  if (option.type == OptionType::kText && !option.choices.empty() &&
      std::find(option.choices.begin(), option.choices.end(), value.get<std::string>()) == option.choices.end()) {
    return fmt::format("option '{}' is {}, {} is wanted", option.name, value.dump(), core::quoted_list(option.choices));
  }
  return std::nullopt;
}

core::Diagnostic problem(std::string message, std::string hint = "") {
  core::Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

OptionDef option(std::string name, OptionType type, json value, std::string doc) {
  return {
      .name = std::move(name), .type = type, .default_value = std::move(value), .min = {}, .max = {}, .choices = {}, .doc = std::move(doc)};
}

}  // namespace

std::string_view to_string(OptionType type) {
  switch (type) {
    case OptionType::kInt:
      return "int";
    case OptionType::kNumber:
      return "number";
    case OptionType::kBool:
      return "bool";
    case OptionType::kPath:
      return "path";
    case OptionType::kStages:
      return "stages";
    case OptionType::kCorrections:
      return "corrections";
    case OptionType::kText:
      break;
  }
  return "text";
}

OptionDef whole_option(std::string name, std::int64_t value, double min, std::optional<double> max, std::string doc) {
  OptionDef out = option(std::move(name), OptionType::kInt, value, std::move(doc));
  out.min = min;
  out.max = max;
  return out;
}

OptionDef number_option(std::string name, double value, double min, std::optional<double> max, std::string doc) {
  OptionDef out = option(std::move(name), OptionType::kNumber, value, std::move(doc));
  out.min = min;
  out.max = max;
  return out;
}

OptionDef choice_option(std::string name, std::vector<std::string> choices, std::string doc) {
  OptionDef out = option(std::move(name), OptionType::kText, choices.front(), std::move(doc));
  out.choices = std::move(choices);
  return out;
}

OptionDef text_option(std::string name, std::string value, std::string doc) {
  return option(std::move(name), OptionType::kText, std::move(value), std::move(doc));
}

OptionDef path_option(std::string name, std::string doc) { return option(std::move(name), OptionType::kPath, "", std::move(doc)); }

OptionDef bool_option(std::string name, bool value, std::string doc) {
  return option(std::move(name), OptionType::kBool, value, std::move(doc));
}

OptionDef list_option(std::string name, OptionType type, std::string doc) {
  return option(std::move(name), type, json::array(), std::move(doc));
}

core::Result<json> complete_options(std::string_view owner, const std::vector<OptionDef>& options, const json& given) {
  std::vector<core::Diagnostic> problems;
  if (!given.is_null() && !given.is_object()) {
    return Error(ErrorCode::kUsage, fmt::format("options of {} are {}, a mapping is wanted", owner, given.dump()));
  }
  json complete = json::object();
  std::vector<std::string> known;
  for (const OptionDef& option : options) {
    complete[option.name] = option.default_value;
    known.push_back(option.name);
  }
  for (const auto& entry : given.items()) {
    const std::string& name = entry.key();
    const json& value = entry.value();
    const auto option = std::find_if(options.begin(), options.end(), [&](const OptionDef& o) { return o.name == name; });
    if (option == options.end()) {
      problems.push_back(problem(fmt::format("unknown option '{}' of {}", name, owner), suggestion(name, known)));
      continue;
    }
    if (auto wrong = complaint(*option, value)) {
      problems.push_back(problem(std::move(*wrong)));
      continue;
    }
    complete[name] = value;
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return complete;
}

std::string suggestion(std::string_view seen, const std::vector<std::string>& known) {
  if (const auto near = core::closest(seen, known)) return fmt::format("did you mean '{}'?", *near);
  return fmt::format("{} {}", known.size() == 1 ? "known is" : "known are", core::quoted_list(known, "and"));
}

}  // namespace mexbench::data
