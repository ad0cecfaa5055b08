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

core::Diagnostic problem(std::string message, std::string hint = "") {
  core::Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

}  // namespace

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
  return Error(ErrorCode::kUsage, fmt::format("unknown dataset adapter '{}'", id)).hint(data::suggestion(id, known));
}

core::Result<json> complete_options(const AdapterInfo& adapter, const json& given) {
  return data::complete_options(fmt::format("dataset adapter '{}'", adapter.id), adapter.options, given);
}

core::Status check_request(const AdapterInfo& adapter, const data::AdapterRequest& request) {
  std::vector<core::Diagnostic> problems;
  const auto check = [&](std::string_view what, const std::string& seen, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), seen) != known.end()) return;
    problems.push_back(problem(fmt::format("unknown {} '{}' of dataset adapter '{}'", what, seen, adapter.id), data::suggestion(seen, known)));
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
