#include "datasets/card.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cassert>

#include "harness/core/embedded.h"
#include "harness/core/text.h"

namespace mexbench::datasets {
namespace {

using nlohmann::json;

json to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json out = json::object();
    for (const auto& entry : node) out[entry.first.as<std::string>()] = to_json(entry.second);
    return out;
  }
  if (node.IsSequence()) {
    json out = json::array();
    for (const YAML::Node& entry : node) out.push_back(to_json(entry));
    return out;
  }
  return node.IsScalar() ? json(node.Scalar()) : json(nullptr);
}

std::optional<std::string_view> text_of(std::string_view id, std::string_view file) {
  std::string folder(id);
  std::replace(folder.begin(), folder.end(), '-', '_');
  for (const core::EmbeddedFile& one : embedded::dataset_cards()) {
    if (one.path == fmt::format("{}/{}", folder, file)) return one.content;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> card(std::string_view id) { return text_of(id, "card.yaml"); }

json card_file(std::string_view id, std::string_view file) {
  const auto text = text_of(id, file);
  return text ? to_json(YAML::Load(std::string(*text))) : json(nullptr);
}

std::map<std::string, std::map<std::string, std::int64_t>> expected_counts(std::string_view id, std::string_view label_map) {
  const auto text = card(id);
  assert(text);
  const YAML::Node of_map = YAML::Load(std::string(*text))["expected"][std::string(label_map)];
  if (!of_map.IsDefined()) return {};
  return of_map.as<std::map<std::string, std::map<std::string, std::int64_t>>>();
}

ListedIrregularities listed_irregularities(std::string_view id) {
  ListedIrregularities out;
  const json file = card_file(id, "card.yaml");
  assert(!file.is_null());
  for (const json& entry : file.value("irregular", json::array())) out.add(entry.at("clip"), entry.at("rule"));
  return out;
}

std::vector<CorpusLabels> card_label_maps(std::string_view id) {
  std::vector<CorpusLabels> out;
  const json file = card_file(id, "card.yaml");
  assert(!file.is_null());
  for (const json& entry : file.value("label_maps", json::array())) {
    auto labels = labels_from_json(entry);
    assert(labels);  // a test reads every card
    out.push_back(std::move(labels).value());
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
    core::Diagnostic warning;
    warning.message = fmt::format("{} differs from the card of {}: {}", dataset, manifest.adapter, core::join(differing, ", "));
    warning.hint = "scores on a part of a corpus can't be compared with scores on all of it";
    warning.severity = core::Severity::kWarning;
    warning.where.file = manifest.root.string();
    manifest.notes.push_back(warning.message);
    manifest.warnings.push_back(std::move(warning));
  }
}

}  // namespace mexbench::datasets
