#include "datasets/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "datasets/megc2019_flow/adapter.h"
#include "datasets/synth/adapter.h"
#include "harness/core/embedded.h"
#include "harness/core/text.h"

namespace mexbench::datasets {
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
  if (!option.choices.empty() &&
      std::find(option.choices.begin(), option.choices.end(), value.get<std::string>()) == option.choices.end()) {
    return fmt::format("option '{}' is {}, {} is wanted", option.name, value.dump(), core::quoted_list(option.choices));
  }
  return std::nullopt;
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
    case OptionType::kText:
      break;
  }
  return "text";
}

std::span<const AdapterInfo> registry() {
  static const std::vector<AdapterInfo> kAdapters = {megc2019_flow::info(), synth::info()};
  return kAdapters;
}

core::Result<const AdapterInfo*> find_adapter(std::string_view id) {
  std::vector<std::string> known;
  for (const AdapterInfo& adapter : registry()) {
    if (adapter.id == id) return &adapter;
    known.push_back(adapter.id);
  }
  const auto near = core::closest(id, known);
  return Error(ErrorCode::kUsage, fmt::format("unknown dataset adapter '{}'", id))
      .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("known are {}", core::quoted_list(known, "and")));
}

core::Result<json> complete_options(const AdapterInfo& adapter, const json& given) {
  std::vector<core::Diagnostic> problems;
  const auto problem = [&](std::string message, std::string hint = "") {
    core::Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    problems.push_back(std::move(diagnostic));
  };
  if (!given.is_null() && !given.is_object()) {
    return Error(ErrorCode::kUsage, fmt::format("options of '{}' are {}, a mapping is wanted", adapter.id, given.dump()));
  }
  json complete = json::object();
  std::vector<std::string> known;
  for (const OptionDef& option : adapter.options) {
    complete[option.name] = option.default_value;
    known.push_back(option.name);
  }
  for (const auto& entry : given.items()) {
    const std::string& name = entry.key();
    const json& value = entry.value();
    const auto option = std::find_if(adapter.options.begin(), adapter.options.end(), [&](const OptionDef& o) { return o.name == name; });
    if (option == adapter.options.end()) {
      const auto near = core::closest(name, known);
      problem(fmt::format("unknown option '{}' of dataset adapter '{}'", name, adapter.id),
              near ? fmt::format("did you mean '{}'?", *near) : fmt::format("known are {}", core::quoted_list(known, "and")));
      continue;
    }
    if (auto wrong = complaint(*option, value)) {
      problem(std::move(*wrong));
      continue;
    }
    complete[name] = value;
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return complete;
}

std::optional<std::string_view> card(std::string_view id) {
  std::string folder(id);
  std::replace(folder.begin(), folder.end(), '-', '_');
  for (const core::EmbeddedFile& file : embedded::dataset_cards()) {
    if (file.path == folder + "/card.yaml") return file.content;
  }
  return std::nullopt;
}

}  // namespace mexbench::datasets
