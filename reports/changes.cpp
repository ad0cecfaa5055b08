#include "reports/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "harness/core/text.h"
#include "reports/inputs.h"

namespace mexbench::reports {
namespace {

constexpr std::size_t kFewPairs = 3;

// Everything that a run is told to do and runs in, by name.
std::map<std::string, std::string> told(const Run& run) {
  std::map<std::string, std::string> out = run_settings(run);
  for (const Fact& setting : settings_of({{"environment", run.environment}, {"mexbench", run.mexbench_version}})) {
    out[setting.key] = setting.value;
  }
  out["manifest"] = run.manifest_hash;
  return out;
}

std::string seeds_of(const ModelRuns& runs) {
  std::vector<std::string> seeds;
  for (const Run* run : runs) seeds.push_back(fmt::format("{}", run->seed.value));
  return core::join(seeds, ", ");
}

void compare_clips(const Run& first, const Run& second, ChangesView& out) {
  std::map<core::ClipId, const eval::Prediction*> others;
  for (const eval::Prediction& clip : second.predictions) others.emplace(clip.clip, &clip);
  const auto name = [](const Run& run, std::size_t place) { return run.metrics.classes[place]; };
  for (const eval::Prediction& clip : first.predictions) {
    const auto found = others.find(clip.clip);
    if (found == others.end()) {
      ++out.only_in_first;
      continue;
    }
    const eval::Prediction& other = *found->second;
    const bool here = eval::agrees(clip.truth, clip.predicted), there = eval::agrees(other.truth, other.predicted);
    ++(here ? (there ? out.both_right : out.first_right) : (there ? out.second_right : out.both_wrong));
    if (name(first, clip.predicted) == name(second, other.predicted)) continue;
    out.clips.push_back({.clip = clip.clip.text(),
                         .truth = eval::truth_text(first.metrics.classes, clip.truth),
                         .first = name(first, clip.predicted),
                         .second = name(second, other.predicted)});
  }
  out.only_in_second = static_cast<std::int64_t>(second.predictions.size() + static_cast<std::size_t>(out.only_in_first)) -
                       static_cast<std::int64_t>(first.predictions.size());
}

}  // namespace

ChangesView changes_between(std::size_t first, std::size_t second, const std::vector<ModelRuns>& models, const ReportView& view) {
  const Run& one = *models[first].front();
  const Run& other = *models[second].front();
  ChangesView out{.first = first, .second = second};
  std::map<std::string, std::string> here = told(one), there = told(other);
  here["seeds"] = seeds_of(models[first]);
  there["seeds"] = seeds_of(models[second]);
  here["verdict"] = view.models[first].verdict;
  there["verdict"] = view.models[second].verdict;
  std::set<std::string> keys;
  for (const auto* settings : {&here, &there}) {
    for (const auto& [key, unused] : *settings) keys.insert(key);
  }
  for (const std::string& key : keys) {
    const auto value = [&](const std::map<std::string, std::string>& settings) {
      const auto found = settings.find(key);
      return found == settings.end() ? std::string() : found->second;
    };
    if (value(here) == value(there)) {
      ++out.same_settings;
    } else {
      out.settings.push_back({.key = key, .first = value(here), .second = value(there)});
    }
  }
  out.other_environment = one.environment_hash != other.environment_hash;
  compare_clips(one, other, out);
  return out;
}

void add_changes(const std::vector<ModelRuns>& models, ReportView& view) {
  for (const ComparisonView& comparison : view.comparisons) {
    if (comparison.pairs.size() <= kFewPairs) {
      for (const PairView& pair : comparison.pairs) view.changes.push_back(changes_between(pair.first, pair.second, models, view));
      continue;
    }
    const std::vector<std::size_t> order = by_uf1(view, comparison);
    view.changes.push_back(changes_between(order[0], order[1], models, view));
  }
}

}  // namespace mexbench::reports
