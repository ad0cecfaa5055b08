#include "reports/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "reports/audits.h"
#include "reports/calibration.h"
#include "reports/changes.h"
#include "reports/comparisons.h"
#include "reports/conventions.h"
#include "reports/evidence.h"
#include "reports/floors.h"
#include "reports/influence.h"
#include "reports/inputs.h"
#include "reports/latency.h"
#include "reports/notes.h"
#include "reports/published.h"
#include "reports/scopes.h"
#include "reports/selection.h"
#include "reports/sentences.h"
#include "reports/text.h"
#include "reports/training.h"

namespace mexbench::reports {
namespace {

void push_unique(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

// Predictions that `score` brought in (harness/run/imported_run.h).
bool is_imported(const Run& run) { return run.model == "imported"; }

std::string train_summary(const Run& run) {
  if (is_imported(run)) return "predictions made elsewhere: how is not on record";
  if (!run.trained) return run.weights.empty() ? "not trained" : "loaded weights: " + run.weights;
  return "trained in every fold on its training clips";
}

std::string verified_meaning(const std::string& verified) {
  if (verified == "fixture")
    return "outputs or features equal those of a reference: the published code, another implementation, or values worked out by hand (its "
           "card says which)";
  if (verified == "shapes") return "layer shapes and parameter counts follow the paper; outputs were not compared with a reference";
  return "not compared with a reference implementation";
}

std::string selection_of(const Run& run) {
  if (is_imported(run)) return "not on record";
  if (!run.trained) return "loaded weights";
  for (const Fact& setting : settings_of(run.train)) {
    if (setting.key == "selection" || setting.key == "selection.name") return setting.value;
  }
  return "not recorded";
}

std::vector<Fact> model_facts(const Run& run) {
  std::vector<Fact> facts{{.key = "architecture", .value = run.model, .code = true}};
  if (run.parameters) facts.push_back({.key = "parameters", .value = fmt::format("{}", *run.parameters)});
  facts.push_back({.key = "paper", .value = run.paper.empty() ? "not recorded" : run.paper});
  facts.push_back(
      {.key = "input channels", .value = run.input_channels.empty() ? "as the dataset gives them" : core::join(run.input_channels, ", ")});
  for (const Fact& setting : settings_of(run.adaptation))
    facts.push_back({.key = "input." + setting.key, .value = setting.value, .code = true});
  facts.push_back({.key = "fitting", .value = train_summary(run)});
  if (!run.engine.empty()) {
    facts.push_back({.key = "engine", .value = run.engine + (run.engine_reason.empty() ? "" : fmt::format(" ({})", run.engine_reason))});
  }
  for (const Fact& setting : settings_of(run.params))
    facts.push_back({.key = "params." + setting.key, .value = setting.value, .code = true});
  return facts;
}

// "0.7801 (+0.0761)"; empty when one of the two is not defined.
std::string flattered(const eval::Figure& chosen, const eval::Figure& honest) {
  if (!chosen.value || !honest.value) return {};
  return fmt::format("{:.4f} ({:+.4f})", *chosen.value, *chosen.value - *honest.value);
}

// What selection on the test subjects would have reported, beside the run's own score.
void add_best_epoch(const Run& run, std::vector<Fact>& facts) {
  if (!run.best_epoch) return;
  const eval::ScopeMetrics& chosen = run.best_epoch->scopes.at("all");
  const eval::ScopeMetrics& honest = run.metrics.scopes.at("all");
  std::string text;
  for (const auto& [name, value] :
       {std::pair("UF1", flattered(chosen.uf1, honest.uf1)), std::pair("UAR", flattered(chosen.uar, honest.uar))}) {
    if (!value.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  }
  if (!text.empty()) facts.push_back({.key = "if the epoch were chosen on each test subject", .value = text + "; not a score of this run"});
}

std::vector<Fact> run_facts(const Run& run) {
  const std::string unknown = "not recorded";
  std::vector<Fact> facts;
  facts.push_back({.key = "run folder", .value = fmt::format("{}/{}/seed-{}", run.experiment, run.label, run.seed.value), .code = true});
  facts.push_back({.key = "science hash", .value = run.science_hash, .code = true});
  facts.push_back({.key = "environment hash", .value = run.environment_hash, .code = true});
  facts.push_back({.key = "manifest hash", .value = run.manifest_hash, .code = true});
  facts.push_back({.key = "mexbench", .value = run.mexbench_version});
  std::string protocol = run.protocol;
  for (const Fact& option : settings_of(run.protocol_options)) protocol += fmt::format(", {} {}", option.key, option.value);
  facts.push_back({.key = "protocol", .value = protocol});
  facts.push_back(
      {.key = "folds", .value = fmt::format("{} of {} sealed, {} failed", run.folds_sealed, run.folds_planned, run.folds_failed.size())});
  facts.push_back({.key = "fitting", .value = train_summary(run)});
  for (const Fact& setting : settings_of(run.train)) facts.push_back({.key = "train." + setting.key, .value = setting.value, .code = true});
  add_best_epoch(run, facts);
  facts.push_back({.key = "started", .value = run.started.empty() ? unknown : moment(run.started)});
  facts.push_back({.key = "ended", .value = run.ended.empty() ? unknown : moment(run.ended)});
  facts.push_back({.key = "wall time", .value = run.wall_seconds ? duration(*run.wall_seconds) : unknown});
  facts.push_back({.key = "workers", .value = run.jobs ? fmt::format("{}", *run.jobs) : unknown});
  facts.push_back({.key = "host", .value = run.host.empty() ? unknown : run.host});
  return facts;
}

RunView make_run(const Run& run, const std::string& name, std::size_t number, Notes& notes) {
  RunView view{.anchor = fmt::format("run-{}", number),
               .model = name,
               .label = run.label,
               .experiment = run.experiment,
               .seed = run.seed.value,
               .verdict = run.verdict,
               .reasons = run.verdict_reasons,
               .class_names = run.metrics.classes,
               .datasets = datasets_of(run.metrics.scopes),
               .scopes = {},
               .facts = run_facts(run),
               .audit_rules = run.audit_rules,
               .command = run.command_redo};
  for (const std::string& scope : scope_order(run.metrics.scopes)) {
    const eval::ScopeMetrics& metrics = run.metrics.scopes.at(scope);
    ScopeView into{.scope = scope,
                   .clips = metrics.clips,
                   .subjects = metrics.subjects,
                   .apex = run.manifest ? apex_sources(*run.manifest, scope) : std::string(),
                   .scores = {.uf1 = notes.cell(metrics.uf1), .uar = notes.cell(metrics.uar), .accuracy = notes.cell(metrics.accuracy)},
                   .confusion = metrics.confusion,
                   .classes = {}};
    for (const eval::ClassMetrics& row : metrics.per_class) {
      into.classes.push_back({.name = row.name,
                              .clips = row.support,
                              .precision = notes.cell(row.precision),
                              .recall = notes.cell(row.recall),
                              .f1 = notes.cell(row.f1)});
    }
    view.scopes.push_back(std::move(into));
  }
  return view;
}

// The runs have the same clips, so each of them has the scope.
SpreadCell spread_over(const std::vector<const RunView*>& runs, const std::string& scope, FigureCell ScoreCells::*figure) {
  SpreadCell cell;
  double sum = 0.0;
  for (const RunView* run : runs) {
    const FigureCell& one = run->find(scope)->scores.*figure;
    if (!one.value) return {.mean = one};
    cell.low = run == runs.front() ? *one.value : std::min(cell.low, *one.value);
    cell.high = run == runs.front() ? *one.value : std::max(cell.high, *one.value);
    sum += *one.value;
  }
  cell.mean.value = sum / static_cast<double>(runs.size());
  return cell;
}

// Digest of what a score answers: protocol, classes, and each predicted clip with its truth.
std::string comparison_digest(const Run& run) {
  std::vector<std::string> rows;
  for (const eval::Prediction& clip : run.predictions) {
    rows.push_back(clip.clip.text() + "\n" + eval::truth_text(run.metrics.classes, clip.truth));
  }
  std::sort(rows.begin(), rows.end());
  core::Sha256 hash;
  hash.field(run.protocol).field(run.protocol_options.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  for (const std::string& name : run.metrics.classes) hash.field(name);
  for (const std::string& row : rows) hash.field(row);
  return hash.hex();
}

// Complete runs of one label, by seed; or one of them, when they are not seeds of one model.
struct SeedGroup {
  std::vector<const Run*> runs;
  std::vector<std::size_t> places;     // of their views
  std::vector<std::string> differing;  // ModelView::differing
};

std::vector<std::string> differing_settings(const std::vector<const Run*>& runs) {
  constexpr std::size_t kMostTold = 6, kLongestValue = 24;
  std::vector<std::map<std::string, std::string>> settings;
  std::set<std::string> keys;
  for (const Run* run : runs) {
    settings.push_back(run_settings(*run));
    for (const auto& [key, unused] : settings.back()) keys.insert(key);
  }
  std::vector<std::string> out;
  const auto same = [&](const auto& of) {
    return std::all_of(runs.begin(), runs.end(), [&](const Run* r) { return of(*r) == of(*runs[0]); });
  };
  if (!same([](const Run& run) { return run.manifest_hash; })) out.emplace_back("the manifest");
  for (const std::string& key : keys) {
    std::vector<std::string> values;
    for (const auto& of_run : settings) {
      const auto found = of_run.find(key);
      push_unique(values, found == of_run.end() ? "absent" : found->second);
    }
    if (values.size() > 1) out.push_back(fmt::format("{} ({})", key, core::join(shorten_apart(values, kLongestValue), ", ")));
  }
  // A holdout's predictions may be any part of the manifest.
  if (out.empty() && !same(comparison_digest)) out.emplace_back("the clips they predicted");
  if (out.size() > kMostTold) {
    const std::size_t more = out.size() - kMostTold;
    out.resize(kMostTold);
    out.push_back(counted(static_cast<std::int64_t>(more), "further setting"));
  }
  return out;
}

// `runs` stand by label and seed, as their views do.
std::vector<SeedGroup> seeds_of_models(const std::vector<const Run*>& runs) {
  std::vector<SeedGroup> labels;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i == 0 || runs[i]->experiment != runs[i - 1]->experiment || runs[i]->label != runs[i - 1]->label) labels.emplace_back();
    labels.back().runs.push_back(runs[i]);
    labels.back().places.push_back(i);
  }
  std::vector<SeedGroup> out;
  for (SeedGroup& label : labels) {
    label.differing = differing_settings(label.runs);
    if (label.differing.empty()) {
      out.push_back(std::move(label));
      continue;
    }
    for (std::size_t i = 0; i < label.runs.size(); ++i) {
      out.push_back({.runs = {label.runs[i]}, .places = {label.places[i]}, .differing = label.differing});
    }
  }
  return out;
}

std::string joint_verdict(const std::vector<const Run*>& runs) {
  for (const char* verdict : {"INVALID", "UNAUDITED"}) {
    const auto such = std::count_if(runs.begin(), runs.end(), [&](const Run* run) { return run->verdict == verdict; });
    if (such > 0) return (static_cast<std::size_t>(such) < runs.size() ? "includes " : "") + std::string(verdict);
  }
  return "VALID";
}

ModelView make_model(const SeedGroup& group, const std::vector<RunView>& views) {
  const Run& first = *group.runs.front();
  const RunView& shown = views[group.places.front()];
  ModelView model;
  model.name = group.differing.empty() ? shown.model : fmt::format("{}, seed {}", shown.model, shown.seed);
  model.label = first.label;
  model.experiment = first.experiment;
  model.verified = first.verified;
  model.verified_meaning = verified_meaning(first.verified);
  model.selection = selection_of(first);
  model.facts = model_facts(first);
  model.runs = group.places;
  model.differing = group.differing;
  model.datasets = shown.datasets;
  model.verdict = joint_verdict(group.runs);
  model.invalid = std::any_of(group.runs.begin(), group.runs.end(), [](const Run* run) { return run->verdict == "INVALID"; });
  model.comparison_digest = comparison_digest(first);
  std::vector<const RunView*> seeds;
  for (const std::size_t place : group.places) seeds.push_back(&views[place]);
  for (const ScopeView& scope : shown.scopes) {
    model.scopes.push_back({.scope = scope.scope,
                            .uf1 = spread_over(seeds, scope.scope, &ScoreCells::uf1),
                            .uar = spread_over(seeds, scope.scope, &ScoreCells::uar),
                            .accuracy = spread_over(seeds, scope.scope, &ScoreCells::accuracy)});
  }
  return model;
}

std::vector<ScopeGroup> make_scopes(const std::vector<RunView>& runs) {
  std::map<std::pair<std::string, std::vector<std::string>>, std::vector<const ScopeView*>> found;  // scope and datasets -> runs' scores
  std::size_t wholes = 0;
  for (const RunView& run : runs) {
    for (const ScopeView& scope : run.scopes) {
      if (scope.scope == kAll && run.datasets.size() == 1) continue;
      auto& views = found[{scope.scope, scope.scope == kAll ? run.datasets : std::vector<std::string>{scope.scope}}];
      if (scope.scope == kAll && views.empty()) ++wholes;
      views.push_back(&scope);
    }
  }
  std::vector<ScopeGroup> groups;
  for (const auto& entry : found) {
    const std::vector<const ScopeView*>& views = entry.second;
    ScopeGroup group;
    group.scope = entry.first.first;
    group.datasets = entry.first.second;
    group.title = group.scope != kAll ? group.scope : wholes == 1 ? "all datasets" : core::join(group.datasets, " + ");
    const ScopeView& first = *views.front();
    const auto agree = [&](const auto& same) {
      return std::all_of(views.begin(), views.end(), [&](const ScopeView* v) { return same(*v); });
    };
    if (agree([&](const ScopeView& v) { return v.clips == first.clips; })) group.clips = first.clips;
    if (agree([&](const ScopeView& v) { return v.subjects == first.subjects; })) group.subjects = first.subjects;
    if (agree([&](const ScopeView& v) { return v.apex == first.apex; })) group.apex = first.apex;
    groups.push_back(std::move(group));
  }
  std::stable_partition(groups.begin(), groups.end(), [](const ScopeGroup& group) { return group.scope == kAll; });
  return groups;
}

// Subjects by dataset and id; per model the clips it got right, averaged over its seeds.
std::vector<SubjectRow> make_subjects(const std::vector<SeedGroup>& models) {
  struct Tally {
    std::int64_t clips = 0;
    std::int64_t correct = 0;
  };
  std::map<std::pair<std::string, std::string>, SubjectRow> rows;
  for (std::size_t m = 0; m < models.size(); ++m) {
    std::map<std::pair<std::string, std::string>, Tally> tallies;
    for (const Run* run : models[m].runs) {
      for (const eval::Prediction& clip : run->predictions) {
        Tally& tally = tallies[{clip.dataset.text(), std::string(core::raw_subject(clip.subject))}];
        ++tally.clips;
        tally.correct += eval::agrees(clip.truth, clip.predicted) ? 1 : 0;
      }
    }
    const auto seeds = static_cast<std::int64_t>(models[m].runs.size());  // of the same clips
    for (const auto& [key, tally] : tallies) {
      SubjectRow& row = rows[key];
      row.dataset = key.first;
      row.subject = key.second;
      row.clips = std::max(row.clips, tally.clips / seeds);
      row.models.resize(models.size());
      row.models[m] = SubjectCell{.clips = tally.clips / seeds,
                                  .correct = static_cast<double>(tally.correct) / static_cast<double>(seeds),
                                  .accuracy = static_cast<double>(tally.correct) / static_cast<double>(tally.clips)};
    }
  }
  std::vector<SubjectRow> out;
  out.reserve(rows.size());
  for (auto& [key, row] : rows) out.push_back(std::move(row));
  return out;
}

}  // namespace

const FloorView* ScopeGroup::floor_of(std::size_t run) const {
  const auto found = std::find_if(floors.begin(), floors.end(), [&](const FloorView& floor) {
    return std::find(floor.runs.begin(), floor.runs.end(), run) != floor.runs.end();
  });
  return found == floors.end() ? nullptr : &*found;
}

bool ScopeGroup::has(const std::vector<std::string>& of) const {
  return scope == kAll ? of == datasets : std::find(of.begin(), of.end(), scope) != of.end();
}

const PublishedRow* PublishedView::find(const std::string& scope, std::string_view metric) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const PublishedRow& row) { return row.scope == scope && row.metric == metric; });
  return found == rows.end() ? nullptr : &*found;
}

std::string PublishedView::first_caution(const std::string& scope) const {
  const auto found =
      std::find_if(cautions.begin(), cautions.end(), [&](const std::string& text) { return scope == kAll || text != all_caution; });
  return found == cautions.end() ? std::string() : *found;
}

std::vector<const PublishedView*> ReportView::published_beside(std::size_t model) const {
  std::vector<const PublishedView*> out;
  for (const PublishedView& result : published) {
    if (result.model == model) out.push_back(&result);
  }
  return out;
}

const ScopeView* RunView::find(const std::string& scope) const {
  const auto found = std::find_if(scopes.begin(), scopes.end(), [&](const ScopeView& view) { return view.scope == scope; });
  return found == scopes.end() ? nullptr : &*found;
}

const ScopeSpread* ModelView::find(const std::string& scope) const {
  const auto found = std::find_if(scopes.begin(), scopes.end(), [&](const ScopeSpread& spread) { return spread.scope == scope; });
  return found == scopes.end() ? nullptr : &*found;
}

namespace {
const ScopeIntervals* on_scope(const std::vector<ScopeIntervals>& intervals, const std::string& scope) {
  const auto found = std::find_if(intervals.begin(), intervals.end(), [&](const ScopeIntervals& one) { return one.scope == scope; });
  return found == intervals.end() ? nullptr : &*found;
}
}  // namespace

const ScopeIntervals* RunView::intervals_on(const std::string& scope) const { return on_scope(intervals, scope); }
const ScopeIntervals* ModelView::intervals_on(const std::string& scope) const { return on_scope(intervals, scope); }

const PairView* ComparisonView::find(std::size_t one, std::size_t other) const {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const PairView& pair) {
    return (pair.first == one && pair.second == other) || (pair.first == other && pair.second == one);
  });
  return found == pairs.end() ? nullptr : &*found;
}

bool ReportView::several_seeds() const {
  return std::any_of(models.begin(), models.end(), [](const ModelView& model) { return model.runs.size() > 1; });
}

ReportView make_view(const ReportData& data) {
  ReportView view;
  Notes notes(view.notes);
  for (const Run& run : data.runs) {
    push_unique(view.experiments, run.experiment);
    if (!run.description.empty()) push_unique(view.descriptions, run.description);
    push_unique(view.versions, run.mexbench_version);
  }
  view.title = view.experiments.size() == 1 ? view.experiments.front() : fmt::format("{} experiments", view.experiments.size());
  const auto display = [&](const Run& run) {
    return view.experiments.size() == 1 ? run.label : fmt::format("{} / {}", run.experiment, run.label);
  };

  std::vector<const Run*> complete;
  for (const Run& run : data.runs) {
    if (!run.complete()) {
      view.incomplete.push_back({.model = display(run),
                                 .seed = run.seed.value,
                                 .state = run.state,
                                 .sealed = run.folds_sealed,
                                 .planned = run.folds_planned,
                                 .failed = run.folds_failed,
                                 .missing_files = run.missing_files,
                                 .command = run.command_redo});
      continue;
    }
    complete.push_back(&run);
    view.runs.push_back(make_run(run, display(run), view.runs.size() + 1, notes));
    add_input(run, display(run), view.runs.size() - 1, view.inputs);
    add_environment(run, fmt::format("{}, seed {}", display(run), run.seed.value), view.environments);
  }
  const std::vector<SeedGroup> models = seeds_of_models(complete);
  for (const SeedGroup& model : models) view.models.push_back(make_model(model, view.runs));
  view.reasons = reasons_of(view.runs);
  view.scopes = make_scopes(view.runs);
  add_floors(complete, notes, view);
  std::vector<ModelRuns> model_runs;
  for (const SeedGroup& model : models) model_runs.push_back(model.runs);
  add_comparisons(model_runs, complete, notes, view);
  add_calibration(model_runs, view);
  add_training(complete, view);
  view.subjects = make_subjects(models);
  add_published(data, view);
  add_changes(model_runs, view);
  add_selection(model_runs, notes, view);
  add_conventions(model_runs, notes, view);
  add_influence(model_runs, notes, view);
  add_latency(complete, view);
  add_evidence(model_runs, view);
  view.sentences = summary_sentences(view);
  return view;
}

}  // namespace mexbench::reports
