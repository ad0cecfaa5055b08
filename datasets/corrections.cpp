#include "datasets/corrections.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "datasets/card.h"
#include "harness/core/text.h"
#include "harness/data/option.h"

namespace mexbench::datasets {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// A number of YAML's or of JSON's.
std::optional<std::int64_t> number_in(const json& source, const char* key) {
  const auto found = source.find(key);
  if (found == source.end() || found->is_null()) return std::nullopt;
  if (found->is_string()) return std::stoll(found->get<std::string>());
  return found->get<std::int64_t>();
}

Correction correction_from(const json& source) {
  const json& set = source.at("set");
  Correction out{.name = source.value("name", ""),
                 .clip = source.at("clip"),
                 .at = number_in(source, "onset"),
                 .onset = number_in(set, "onset"),
                 .apex = number_in(set, "apex"),
                 .offset = number_in(set, "offset"),
                 .label = {},
                 .reason = source.at("reason")};
  if (set.contains("label") && !set.at("label").is_null()) out.label = set.at("label").get<std::string>();
  return out;
}

// Two of one clip that say different things of the same field.
std::optional<std::string> clash(const Correction& a, const Correction& b) {
  if (a.clip != b.clip || a.at != b.at) return std::nullopt;
  if (a.onset && b.onset) return "onset";
  if (a.apex && b.apex) return "apex";
  if (a.offset && b.offset) return "offset";
  if (a.label && b.label) return "label";
  return std::nullopt;
}

}  // namespace

std::string Correction::in_words() const {
  std::vector<std::string> parts;
  for (const auto& [what, number] : {std::pair("onset", onset), std::pair("apex", apex), std::pair("offset", offset)}) {
    if (number) parts.push_back(fmt::format("{} {}", what, *number));
  }
  if (label) parts.push_back(fmt::format("label '{}'", *label));
  return fmt::format("correction {}of {}{}: {} ({})", name.empty() ? "" : fmt::format("'{}' ", name), clip,
                     at ? fmt::format(" at onset {}", *at) : "", core::join(parts, ", "), reason);
}

std::vector<Correction> known_corrections(std::string_view dataset) {
  std::vector<Correction> out;
  for (const json& entry : card_file(dataset, "corrections.yaml")) out.push_back(correction_from(entry));
  return out;
}

std::vector<std::string> correction_names(std::string_view dataset) {
  std::set<std::string> names;
  for (const Correction& one : known_corrections(dataset)) names.insert(one.name);
  return {names.begin(), names.end()};
}

core::Result<std::vector<Correction>> chosen_corrections(std::string_view dataset, const json& option) {
  std::vector<core::Diagnostic> problems;
  const auto problem = [&](std::string message, std::string hint = "") {
    core::Diagnostic one;
    one.message = std::move(message);
    one.hint = std::move(hint);
    problems.push_back(std::move(one));
  };
  std::vector<Correction> out;
  const std::vector<Correction> known = known_corrections(dataset);
  const std::vector<std::string> names = correction_names(dataset);
  for (const json& entry : option) {
    if (!entry.is_string()) {
      Correction own;
      try {
        own = correction_from(entry);
      } catch (const std::exception&) {
        problem(fmt::format("correction {} can't be read", entry.dump()),
                "{clip: subject/clip, set: {apex: 12}, reason: \"...\"} is wanted; onset, apex, offset and label can be set");
        continue;
      }
      if (!own.onset && !own.apex && !own.offset && !own.label) {
        problem(fmt::format("the correction of clip '{}' sets nothing", own.clip), "onset, apex, offset and label can be set");
      }
      if (core::trim(own.reason).empty()) problem(fmt::format("the correction of clip '{}' has no reason", own.clip));
      out.push_back(std::move(own));
      continue;
    }
    const std::string name = entry.get<std::string>();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      problem(fmt::format("no correction of {} is called '{}'", dataset, name),
              names.empty() ? "none are known of it; an own one is {clip: subject/clip, set: {apex: 12}, reason: \"...\"}"
                            : data::suggestion(name, names));
      continue;
    }
    std::copy_if(known.begin(), known.end(), std::back_inserter(out), [&](const Correction& one) { return one.name == name; });
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t k = i + 1; k < out.size(); ++k) {
      if (const auto field = clash(out[i], out[k]))
        problem(fmt::format("two corrections set the {} of clip '{}'", *field, out[i].clip), "choose one of them");
    }
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return out;
}

}  // namespace mexbench::datasets
