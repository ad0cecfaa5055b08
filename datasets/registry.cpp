#include "datasets/registry.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "datasets/casme2/adapter.h"
#include "datasets/megc2019_flow/adapter.h"
#include "datasets/samm/adapter.h"
#include "datasets/smic/adapter.h"
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

std::string suggestion(std::string_view seen, const std::vector<std::string>& known) {
  if (const auto near = core::closest(seen, known)) return fmt::format("did you mean '{}'?", *near);
  return fmt::format("{} {}", known.size() == 1 ? "known is" : "known are", core::quoted_list(known, "and"));
}

core::Diagnostic problem(std::string message, std::string hint = "") {
  core::Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
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
  static const std::vector<AdapterInfo> kAdapters = {casme2::info(),   megc2019_flow::info(), samm::info(), smic::info(),
                                                     smic::nir_info(), smic::vis_info(),      synth::info()};
  return kAdapters;
}

core::Result<const AdapterInfo*> find_adapter(std::string_view id) {
  std::vector<std::string> known;
  for (const AdapterInfo& adapter : registry()) {
    if (adapter.id == id) return &adapter;
    known.push_back(adapter.id);
  }
  return Error(ErrorCode::kUsage, fmt::format("unknown dataset adapter '{}'", id)).hint(suggestion(id, known));
}

core::Result<json> complete_options(const AdapterInfo& adapter, const json& given) {
  std::vector<core::Diagnostic> problems;
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
      problems.push_back(problem(fmt::format("unknown option '{}' of dataset adapter '{}'", name, adapter.id), suggestion(name, known)));
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

core::Status check_request(const AdapterInfo& adapter, const data::AdapterRequest& request) {
  std::vector<core::Diagnostic> problems;
  const auto check = [&](std::string_view what, const std::string& seen, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), seen) != known.end()) return;
    problems.push_back(problem(fmt::format("unknown {} '{}' of dataset adapter '{}'", what, seen, adapter.id), suggestion(seen, known)));
  };
  check("label map", request.label_map, adapter.label_maps);
  for (const std::string& dataset : request.only) check("dataset", dataset, adapter.datasets);
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return {};
}

std::optional<std::string_view> card(std::string_view id) {
  std::string folder(id);
  std::replace(folder.begin(), folder.end(), '-', '_');
  for (const core::EmbeddedFile& file : embedded::dataset_cards()) {
    if (file.path == folder + "/card.yaml") return file.content;
  }
  return std::nullopt;
}

std::map<std::string, std::map<std::string, std::int64_t>> expected_counts(std::string_view id, std::string_view label_map) {
  const auto text = card(id);
  assert(text);
  const YAML::Node of_map = YAML::Load(std::string(*text))["expected"][std::string(label_map)];
  if (!of_map.IsDefined()) return {};
  return of_map.as<std::map<std::string, std::map<std::string, std::int64_t>>>();
}

std::set<std::pair<std::string, std::string>> listed_irregularities(std::string_view id) {
  const auto text = card(id);
  assert(text);
  std::set<std::pair<std::string, std::string>> out;
  for (const YAML::Node& entry : YAML::Load(std::string(*text))["irregular"]) {
    out.emplace(entry["clip"].as<std::string>(), entry["rule"].as<std::string>());
  }
  return out;
}

void note_differences_from_card(data::Manifest& manifest, const std::vector<std::string>& only) {
  std::map<std::string, std::map<std::string, std::int64_t>> seen;
  std::map<std::string, std::set<core::SubjectId>> subjects;
  for (const data::Clip& clip : manifest.clips) {
    std::map<std::string, std::int64_t>& counts = seen[clip.dataset.text()];
    ++counts["clips"];
    ++counts[clip.truth.text(manifest.label_map.classes)];
    if (subjects[clip.dataset.text()].insert(clip.subject).second) ++counts["subjects"];
  }
  for (const auto& [dataset, wanted] : expected_counts(manifest.adapter, manifest.label_map.id)) {
    if (dataset == "all" || (!only.empty() && std::find(only.begin(), only.end(), dataset) == only.end())) continue;
    std::vector<std::string> differing;
    for (const auto& [what, count] : wanted) {
      if (seen[dataset][what] != count) differing.push_back(fmt::format("{} {} (card: {})", what, seen[dataset][what], count));
    }
    if (differing.empty()) continue;
    core::Diagnostic warning =
        problem(fmt::format("{} differs from the card of {}: {}", dataset, manifest.adapter, core::join(differing, ", ")),
                "scores on a part of a corpus can't be compared with scores on all of it");
    warning.severity = core::Severity::kWarning;
    warning.where.file = manifest.root.string();
    manifest.notes.push_back(warning.message);
    manifest.warnings.push_back(std::move(warning));
  }
}

}  // namespace mexbench::datasets
