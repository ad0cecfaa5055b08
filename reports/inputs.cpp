#include "reports/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "harness/core/text.h"
#include "harness/eval/metrics.h"

namespace mexbench::reports {
namespace {

using nlohmann::json;

std::string scalar(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void flatten(const json& value, const std::string& key, std::vector<Fact>& into) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) flatten(member, key.empty() ? name : fmt::format("{}.{}", key, name), into);
  } else {
    into.push_back({.key = key, .value = scalar(value), .code = true});
  }
}

struct Tally {
  std::int64_t clips = 0;
  std::set<core::SubjectId> subjects;
  std::vector<std::int64_t> per_class;
  std::array<std::int64_t, 4> apex{};  // by data::ApexSource
};

constexpr std::array<data::ApexSource, 4> kSources{data::ApexSource::kAnnotated, data::ApexSource::kSpotted, data::ApexSource::kMidpoint,
                                                   data::ApexSource::kNone};

// "annotated 131, midpoint 2"
std::string sources_text(const std::array<std::int64_t, 4>& apex) {
  std::string out;
  for (const data::ApexSource source : kSources) {
    const std::int64_t clips = apex[static_cast<std::size_t>(source)];
    if (clips > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", data::to_string(source), clips);
  }
  return out;
}

DatasetCounts counts_of(const std::string& dataset, const Tally& tally) {
  return {.dataset = dataset,
          .clips = tally.clips,
          .subjects = static_cast<std::int64_t>(tally.subjects.size()),
          .per_class = tally.per_class,
          .apex = sources_text(tally.apex)};
}

InputView make_input(const Run& run) {
  const data::Manifest& manifest = *run.manifest;
  InputView view;
  view.adapter = manifest.adapter;
  view.class_names = manifest.label_map.classes;
  std::map<std::string, Tally> tallies;
  Tally all;
  all.per_class.assign(view.class_names.size(), 0);
  for (const data::Clip& clip : manifest.clips) {
    Tally& own = tallies[clip.dataset.text()];
    own.per_class.resize(view.class_names.size());
    for (Tally* tally : {&own, &all}) {
      ++tally->clips;
      tally->subjects.insert(clip.subject);
      ++tally->apex[static_cast<std::size_t>(clip.frames.apex_source)];
      eval::count_truth(clip.truth, tally->per_class);
    }
  }
  for (const auto& [dataset, tally] : tallies) view.counts.push_back(counts_of(dataset, tally));
  if (tallies.size() > 1) view.counts.push_back(counts_of("all", all));

  const data::InputRecipe& input = manifest.input;
  view.facts = {
      {.key = "adapter", .value = manifest.adapter, .code = true},
      {.key = "label map", .value = fmt::format("{}, version {}", manifest.label_map.id, manifest.label_map.version), .code = true},
      {.key = "input recipe", .value = fmt::format("{}, version {}", input.recipe, input.version), .code = true},
      {.key = "channels", .value = core::join(input.channels, ", ")},
      {.key = "size", .value = fmt::format("{} x {} pixels (height x width)", input.height, input.width)},
      {.key = "declared range", .value = fmt::format("{} to {}", core::format_double(input.low), core::format_double(input.high))}};
  for (const Fact& option : settings_of(input.options)) {
    view.facts.push_back({.key = "input." + option.key, .value = option.value, .code = true});
  }
  view.facts.push_back({.key = "manifest hash", .value = run.manifest_hash, .code = true});
  view.notes = manifest.notes;
  for (const std::string& note : run.dataset_notes) {
    if (std::find(view.notes.begin(), view.notes.end(), note) == view.notes.end()) view.notes.push_back(note);
  }
  return view;
}

}  // namespace

std::map<std::string, std::string> run_settings(const Run& run) {
  const json settings{{"model", run.model},
                      {"params", run.params},
                      {"input_channels", run.input_channels},
                      {"input", run.adaptation},
                      {"fitting", run.trained           ? "trained here"
                                  : run.weights.empty() ? "not trained"
                                                        : "loaded weights"},
                      {"weights", run.weights},
                      {"train", run.train},
                      {"dataset", {{"adapter", run.adapter}, {"label_map", run.label_map}}},
                      {"protocol", {{"name", run.protocol}, {"options", run.protocol_options}}}};
  std::map<std::string, std::string> out;
  for (const Fact& setting : settings_of(settings)) out[setting.key] = setting.value;
  // LibTorch is what there was before there was a choice; runs of that time do not name it.
  if (run.engine == "fused") out["engine"] = run.engine;
  return out;
}

std::string apex_sources(const data::Manifest& manifest, const std::string& scope) {
  std::array<std::int64_t, 4> apex{};
  std::int64_t clips = 0;
  for (const data::Clip& clip : manifest.clips) {
    if (scope != "all" && clip.dataset.text() != scope) continue;
    ++clips;
    ++apex[static_cast<std::size_t>(clip.frames.apex_source)];
  }
  for (const data::ApexSource source : kSources) {
    if (clips > 0 && apex[static_cast<std::size_t>(source)] == clips) return std::string(data::to_string(source));
  }
  return sources_text(apex);
}

std::vector<Fact> settings_of(const json& object) {
  std::vector<Fact> facts;
  if (!object.is_null()) flatten(object, "", facts);
  return facts;
}

void add_input(const Run& run, const std::string& model, std::size_t place, std::vector<InputView>& inputs) {
  InputView made = make_input(run);
  for (InputView& input : inputs) {
    const auto same_fact = [](const Fact& a, const Fact& b) { return a.key == b.key && a.value == b.value; };
    const bool same =
        std::equal(input.facts.begin(), input.facts.end(), made.facts.begin(), made.facts.end(), same_fact) && input.notes == made.notes;
    if (!same) continue;
    if (input.used_by.back() != model) input.used_by.push_back(model);
    input.runs.push_back(place);
    return;
  }
  made.used_by.push_back(model);
  made.runs.push_back(place);
  inputs.push_back(std::move(made));
}

void add_environment(const Run& run, const std::string& name, std::vector<EnvironmentView>& environments) {
  for (EnvironmentView& environment : environments) {
    if (environment.hash == run.environment_hash) {
      environment.used_by.push_back(name);
      return;
    }
  }
  environments.push_back({.hash = run.environment_hash, .facts = settings_of(run.environment), .used_by = {name}});
}

}  // namespace mexbench::reports
