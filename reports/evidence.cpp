#include "reports/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "reports/comparisons.h"
#include "reports/latency.h"
#include "reports/report.h"
#include "reports/sentences.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports {
namespace {

using enum EvidenceState;

constexpr const char* kQuestion = "Can it recognise the micro-expressions of a person it has never seen, and respond in time?";

EvidenceCell trusted(const ModelRuns& runs) {
  const auto with = [&](std::string_view verdict) {
    return std::count_if(runs.begin(), runs.end(), [&](const Run* run) { return run->verdict == verdict; });
  };
  const auto all = static_cast<std::int64_t>(runs.size());
  if (const auto invalid = with("INVALID"); invalid > 0)
    return {kContradicted, fmt::format("{} of {} INVALID", invalid, counted(all, "run"))};
  if (const auto open = with("UNAUDITED"); open > 0) return {kNotShown, fmt::format("{} of {} UNAUDITED", open, counted(all, "run"))};
  return {kShown, fmt::format("{} VALID", counted(all, "run"))};
}

// The group of clips that is the whole of a model, or one of its datasets.
const ScopeGroup* group_of(const ReportView& view, const ModelView& model, const std::string& scope) {
  const auto found = std::find_if(view.scopes.begin(), view.scopes.end(),
                                  [&](const ScopeGroup& group) { return group.scope == scope && group.has(model.datasets); });
  return found == view.scopes.end() ? nullptr : &*found;
}

EvidenceCell chance_on(const ReportView& view, const ModelView& model, const std::string& scope, double margin) {
  const ScopeSpread* scores = model.find(scope);
  const ScopeIntervals* intervals = model.intervals_on(scope);
  if (scores == nullptr || !scores->uf1.mean.value) return {kNotShown, "UF1 is undefined"};
  if (intervals == nullptr || !intervals->uf1.there())
    return {kNotShown, fmt::format("UF1 {} has no interval", four_decimals(*scores->uf1.mean.value))};
  const std::string uf1 =
      fmt::format("UF1 {} {}", four_decimals(*scores->uf1.mean.value), bounds(*intervals->uf1.low, *intervals->uf1.high));
  // A run on one dataset has its scope once more under the dataset's name, where the floor stands.
  const ScopeGroup* group = group_of(view, model, scope == "all" && model.datasets.size() == 1 ? model.datasets.front() : scope);
  const std::optional<double> floor = group == nullptr ? std::nullopt : floor_reach(*group, model);
  if (!floor) return {kNotShown, uf1 + ", the floor is not known"};
  const EvidenceState state = *intervals->uf1.low > *floor + margin     ? kShown
                              : *intervals->uf1.high <= *floor + margin ? kContradicted
                                                                        : kNotShown;
  return {state, fmt::format("{}, the floor reaches {}", uf1, four_decimals(*floor))};
}

EvidenceCell across_corpora(const ReportView& view, const ModelView& model, const Run& run) {
  if (run.protocol != "lodo") return {kNotMeasured, fmt::format("protocol {} holds out no dataset", run.protocol)};
  EvidenceCell worst{kShown, {}};
  for (const std::string& dataset : model.datasets) {
    EvidenceCell one = chance_on(view, model, dataset, run.evidence.above_chance_by);
    one.figure = fmt::format("{}: {}", dataset, one.figure);
    if (worst.figure.empty() || one.state < worst.state) worst = std::move(one);
  }
  return worst;
}

// From the section on calibration, which has the figures of every model with scores.
EvidenceCell calibrated(const ReportView& view, std::size_t model, double level) {
  const std::vector<CalibrationView>& models = view.calibration.models;
  const auto found = std::find_if(models.begin(), models.end(), [&](const CalibrationView& one) { return one.model == model; });
  if (found == models.end()) return {kNotMeasured, "no scores, decisions alone"};
  return {found->ece.mean > found->ece_limit.mean ? kContradicted : kShown,
          fmt::format("ECE {}, {:g} % of calibrated models stay within {}", four_decimals(found->ece.mean), 100.0 * level,
                      four_decimals(found->ece_limit.mean))};
}

// What of the way from a camera's frames to an answer is in no sample of the series; empty: nothing.
std::string untimed_part(const Run& run, const latency::Series& series) {
  if (series.scenario != latency::Scenario::kEndToEnd) return "decoding, alignment and flow were not timed";
  if (run.manifest && run.manifest->input.recipe == "flow-image")
    return "from flow images made before: the way from frames to them was not timed";
  return {};
}

// One timed run against the threshold. A part of the way can be too slow, but not show that all of it is fast enough.
EvidenceCell fast_of(const Run& run) {
  const latency::Record& record = *run.latency;
  const double latency_ms = run.evidence.latency_ms;
  const latency::Series* series = deciding_series(record);
  if (series == nullptr) return {kNotMeasured, "neither end-to-end nor single-stream was timed"};
  const std::string_view name = series_in_words(series->name);
  const latency::Percentile* p99 = series->at(99.0);
  const std::string number = p99 != nullptr && p99->ns ? fmt::format("p99 {} ms [{}, {}] {}", milliseconds_of(*p99->ns),
                                                                     milliseconds_of(*p99->low_ns), milliseconds_of(*p99->high_ns), name)
                                                       : std::string();
  std::vector<std::string> broken;
  for (const std::vector<latency::Rule>* rules : {&record.rules, &series->rules}) {
    for (const latency::Rule& rule : *rules) {
      if (rule.broken()) broken.push_back(rule.name);
    }
  }
  if (!broken.empty()) {
    return {kNotMeasured, fmt::format("{}{}INVALID: {} {} broken", number, number.empty() ? "" : ", ", listed(broken),
                                      broken.size() == 1 ? "is" : "are")};
  }
  if (number.empty()) return {kNotMeasured, fmt::format("no p99 {}: {}", name, p99 == nullptr ? "not among the percentiles" : p99->reason)};
  const double low = static_cast<double>(*p99->low_ns) / 1e6, high = static_cast<double>(*p99->high_ns) / 1e6;
  if (low > latency_ms) return {kContradicted, number};
  if (const std::string untimed = untimed_part(run, *series); !untimed.empty())
    return {kNotMeasured, fmt::format("{}, {}", number, untimed)};
  return {high <= latency_ms ? kShown : kNotShown, number};
}

// The weakest of the model's timed runs, the first of equals.
EvidenceCell fast(const ReportView& view, const ModelView& model, const ModelRuns& runs) {
  std::optional<EvidenceCell> worst;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i]->latency) continue;
    EvidenceCell one = fast_of(*runs[i]);
    if (runs.size() > 1) one.figure += fmt::format(" (seed {})", view.runs[model.runs[i]].seed);
    if (!worst || one.state < worst->state) worst = std::move(one);
  }
  return worst.value_or(EvidenceCell{kNotMeasured, "not timed: no latency.json in its run folders"});
}

std::string overall_line(const ReportView& view, const EvidenceView& evidence) {
  // The model that got furthest: most criteria shown, then the higher UF1.
  const auto shown = [&](std::size_t column) {
    return std::count_if(evidence.rows.begin(), evidence.rows.end(),
                         [&](const EvidenceRow& row) { return row.cells[column].state == kShown; });
  };
  const auto uf1 = [&](std::size_t column) { return view.models[evidence.models[column]].find("all")->uf1.mean.value.value_or(-1.0); };
  std::size_t best = 0;
  for (std::size_t column = 1; column < evidence.models.size(); ++column) {
    if (std::pair(shown(column), uf1(column)) > std::pair(shown(best), uf1(best))) best = column;
  }
  const std::string& name = view.models[evidence.models[best]].name;
  std::vector<std::string> held, missing;
  for (const EvidenceRow& row : evidence.rows) {
    const EvidenceCell& cell = row.cells[best];
    if (cell.state == kShown) {
      held.push_back(row.question);
    } else {
      missing.push_back(fmt::format("{} ({}: {})", row.question, in_words(cell.state), cell.figure));
    }
  }
  if (missing.empty()) return fmt::format("{} Shown, for {}.", kQuestion, name);
  std::string out = fmt::format("{} {}.", kQuestion, evidence.overall[best] == kContradicted ? "Contradicted" : "Not shown");
  out += fmt::format(" {} got furthest", name);
  if (!held.empty()) out += fmt::format("; shown: {}", listed(held));
  return out + fmt::format("; missing: {}.", listed(missing));
}

}  // namespace

std::string_view in_words(EvidenceState state) {
  switch (state) {
    case kContradicted:
      return "contradicted";
    case kNotMeasured:
      return "not measured";
    case kNotShown:
      return "not shown";
    case kShown:
      break;
  }
  return "shown";
}

void add_evidence(const std::vector<ModelRuns>& runs, ReportView& view) {
  EvidenceView out;
  const EvidenceThresholds defaults;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    if (runs[m].front()->model != "chance") out.models.push_back(m);
  }
  if (out.models.empty()) return;
  const auto row = [&](const char* id, const char* question, std::string rule, const auto& judge) {
    EvidenceRow made{.id = id, .question = question, .rule = std::move(rule), .cells = {}};
    for (const std::size_t m : out.models) made.cells.push_back(judge(m));
    out.rows.push_back(std::move(made));
  };
  for (const std::size_t m : out.models) {
    const EvidenceThresholds& one = runs[m].front()->evidence;
    const auto told = [&](const char* what, double value, double standard) {
      std::string words = fmt::format("{} {:g} in place of {:g} ({})", what, value, standard, view.models[m].name);
      if (value != standard) out.overrides.push_back(std::move(words));
    };
    told("above_chance_by", one.above_chance_by, defaults.above_chance_by);
    told("calibration_level", one.calibration_level, defaults.calibration_level);
    told("latency_ms", one.latency_ms, defaults.latency_ms);
  }
  row("trusted", "the runs can be trusted", "every run is VALID", [&](std::size_t m) { return trusted(runs[m]); });
  row("chance", "above chance on people it has never seen", "the 95 % interval of UF1 lies above the floor",
      [&](std::size_t m) { return chance_on(view, view.models[m], "all", runs[m].front()->evidence.above_chance_by); });
  row("corpora", "above chance on corpora it has never seen", "the same on every dataset, each held out as a whole (lodo)",
      [&](std::size_t m) { return across_corpora(view, view.models[m], *runs[m].front()); });
  row("calibrated", "its probabilities can be believed",
      "the ECE is not above what 95 % of calibrated models stay within (Bröcker and Smith, 2007)",
      [&](std::size_t m) { return calibrated(view, m, runs[m].front()->evidence.calibration_level); });
  row("fast", "fast enough to respond",
      fmt::format("the upper end of the 95 % interval of p99 lies within {:g} ms, the longest a micro-expression lasts (Yan et al., 2013); "
                  "end to end, from the files of a clip's frames to its scores",
                  defaults.latency_ms),
      [&](std::size_t m) { return fast(view, view.models[m], runs[m]); });
  for (std::size_t column = 0; column < out.models.size(); ++column) {
    EvidenceState weakest = kShown;
    for (const EvidenceRow& one : out.rows) weakest = std::min(weakest, one.cells[column].state);
    out.overall.push_back(weakest);
  }
  out.verdict = overall_line(view, out);
  view.evidence = std::move(out);
}

}  // namespace mexbench::reports
