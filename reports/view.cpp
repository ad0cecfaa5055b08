#include "reports/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "reports/inputs.h"
#include "reports/sentences.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

const std::string kAll = "all";

void push_unique(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

// Hands out one footnote per reason.
class Notes {
 public:
  explicit Notes(std::vector<std::string>& texts) : texts_(texts) {}
  FigureCell cell(const eval::Figure& figure) {
    if (figure.value) return {.value = figure.value, .note = 0};
    return undefined(figure.reason);
  }
  FigureCell undefined(const std::string& reason) {
    push_unique(texts_, reason);
    const auto place = std::find(texts_.begin(), texts_.end(), reason) - texts_.begin();
    return {.value = std::nullopt, .note = static_cast<std::size_t>(place) + 1};
  }

 private:
  std::vector<std::string>& texts_;
};

// `all` first, then the datasets by id. A lone dataset is `all` once more, and is left out.
std::vector<std::string> scope_order(const std::map<std::string, eval::ScopeMetrics>& scopes) {
  std::vector<std::string> order;
  if (scopes.contains(kAll)) order.push_back(kAll);
  if (order.size() == 1 && scopes.size() == 2) return order;
  for (const auto& [scope, unused] : scopes) {
    if (scope != kAll) order.push_back(scope);
  }
  return order;
}

std::string train_summary(const Run& run) {
  if (!run.trained) return run.weights.empty() ? "not trained" : "loaded weights: " + run.weights;
  return "trained in every fold on its training clips";
}

std::string verified_meaning(const std::string& verified) {
  if (verified == "fixture") return "outputs equal those of the reference implementation on stored inputs and weights";
  if (verified == "shapes") return "layer shapes and parameter counts follow the paper; outputs were not compared with a reference";
  return "not compared with a reference implementation";
}

std::string selection_of(const Run& run) {
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
  facts.push_back({.key = "fitting", .value = train_summary(run)});
  for (const Fact& setting : settings_of(run.params))
    facts.push_back({.key = "params." + setting.key, .value = setting.value, .code = true});
  return facts;
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
               .scopes = {},
               .facts = run_facts(run),
               .audit_rules = run.audit_rules,
               .command = run.command_redo};
  for (const std::string& scope : scope_order(run.metrics.scopes)) {
    const eval::ScopeMetrics& metrics = run.metrics.scopes.at(scope);
    ScopeView into{.scope = scope,
                   .clips = metrics.clips,
                   .subjects = metrics.subjects,
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

SpreadCell spread_over(const std::vector<const RunView*>& runs, const std::string& scope, FigureCell ScoreCells::*figure, Notes& notes) {
  SpreadCell cell;
  double sum = 0.0;
  for (const RunView* run : runs) {
    const ScopeView* scores = run->find(scope);
    if (scores == nullptr) return {.mean = notes.undefined(fmt::format("{} has no clip in the run of seed {}", scope, run->seed))};
    const FigureCell& one = scores->scores.*figure;
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

ModelView make_model(const std::vector<const Run*>& runs, const std::vector<std::size_t>& places, const std::vector<RunView>& views,
                     Notes& notes) {
  const Run& first = *runs.front();
  ModelView model;
  model.name = views[places.front()].model;
  model.label = first.label;
  model.experiment = first.experiment;
  model.verified = first.verified;
  model.verified_meaning = verified_meaning(first.verified);
  model.selection = selection_of(first);
  model.facts = model_facts(first);
  model.runs = places;
  model.comparison_digest = comparison_digest(first);
  std::vector<const RunView*> seeds;
  std::vector<std::string> scopes;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    seeds.push_back(&views[places[i]]);
    for (const ScopeView& scope : seeds.back()->scopes) push_unique(scopes, scope.scope);
    if (runs[i]->verdict == "INVALID") model.invalid = true;
    if (comparison_digest(*runs[i]) != model.comparison_digest) model.comparison_digest.clear();
  }
  for (const std::string& scope : scopes) {
    model.scopes.push_back({.scope = scope,
                            .uf1 = spread_over(seeds, scope, &ScoreCells::uf1, notes),
                            .uar = spread_over(seeds, scope, &ScoreCells::uar, notes),
                            .accuracy = spread_over(seeds, scope, &ScoreCells::accuracy, notes)});
  }
  return model;
}

void add_largest_class(ScopeGroup& group, const ScopeView& scope) {
  const auto largest = std::max_element(scope.classes.begin(), scope.classes.end(),
                                        [](const ClassView& a, const ClassView& b) { return a.clips < b.clips; });
  if (largest == scope.classes.end() || largest->clips == 0) return;
  const auto clips = static_cast<double>(scope.clips);
  const auto hits = static_cast<double>(largest->clips);
  const auto classes = static_cast<double>(scope.classes.size());
  group.largest_class = largest->name;
  group.largest_class_accuracy = hits / clips;
  // A class without clips has neither F1 nor recall.
  if (std::any_of(scope.classes.begin(), scope.classes.end(), [](const ClassView& row) { return row.clips == 0; })) return;
  group.largest_class_uf1 = 2.0 * hits / (clips + hits) / classes;
  group.largest_class_uar = 1.0 / classes;
}

std::vector<ScopeGroup> make_scopes(const std::vector<RunView>& runs) {
  std::map<std::string, std::vector<const ScopeView*>> found;
  for (const RunView& run : runs) {
    for (const ScopeView& scope : run.scopes) found[scope.scope].push_back(&scope);
  }
  std::vector<ScopeGroup> groups;
  for (const auto& entry : found) {
    const std::vector<const ScopeView*>& views = entry.second;
    ScopeGroup group;
    group.scope = entry.first;
    const ScopeView& first = *views.front();
    const auto agree = [&](const auto& same) {
      return std::all_of(views.begin(), views.end(), [&](const ScopeView* v) { return same(*v); });
    };
    if (agree([&](const ScopeView& v) { return v.clips == first.clips; })) group.clips = first.clips;
    if (agree([&](const ScopeView& v) { return v.subjects == first.subjects; })) group.subjects = first.subjects;
    const auto same_classes = [&](const ScopeView& view) {
      return std::equal(view.classes.begin(), view.classes.end(), first.classes.begin(), first.classes.end(),
                        [](const ClassView& a, const ClassView& b) { return a.name == b.name && a.clips == b.clips; });
    };
    if (agree(same_classes)) add_largest_class(group, first);
    groups.push_back(std::move(group));
  }
  std::stable_partition(groups.begin(), groups.end(), [](const ScopeGroup& group) { return group.scope == kAll; });
  return groups;
}

// Subjects by dataset and id; per model the clips it got right, averaged over its seeds.
std::vector<SubjectRow> make_subjects(const std::vector<std::vector<const Run*>>& models) {
  struct Tally {
    std::int64_t clips = 0;
    std::int64_t correct = 0;
  };
  std::map<std::pair<std::string, std::string>, SubjectRow> rows;
  for (std::size_t m = 0; m < models.size(); ++m) {
    std::map<std::pair<std::string, std::string>, Tally> tallies;
    for (const Run* run : models[m]) {
      for (const eval::Prediction& clip : run->predictions) {
        Tally& tally = tallies[{clip.dataset.text(), std::string(core::raw_subject(clip.subject))}];
        ++tally.clips;
        tally.correct += eval::agrees(clip.truth, clip.predicted) ? 1 : 0;
      }
    }
    const auto seeds = static_cast<std::int64_t>(models[m].size());
    for (const auto& [key, tally] : tallies) {
      SubjectRow& row = rows[key];
      row.dataset = key.first;
      row.subject = key.second;
      row.clips = std::max(row.clips, tally.clips / seeds);
      row.models.resize(models.size());
      row.models[m] = SubjectCell{.correct = static_cast<double>(tally.correct) / static_cast<double>(seeds),
                                  .accuracy = static_cast<double>(tally.correct) / static_cast<double>(tally.clips)};
    }
  }
  std::vector<SubjectRow> out;
  for (auto& [key, row] : rows) out.push_back(std::move(row));
  return out;
}

PublishedView make_published(const PublishedResult& source, const std::string& experiment, const std::vector<ModelView>& models) {
  PublishedView view;
  view.source = source;
  const auto model = std::find_if(models.begin(), models.end(), [&](const ModelView& candidate) {
    return !source.model_label.empty() && candidate.label == source.model_label && candidate.experiment == experiment;
  });
  if (model != models.end()) {
    view.beside = model->name;
    view.seeds = static_cast<std::int64_t>(model->runs.size());
    view.selection = model->selection;
  } else if (source.model_label.empty()) {
    view.cautions.emplace_back("stands beside no model of the experiment, so no difference is formed");
  } else {
    view.cautions.push_back(fmt::format("no complete run of model '{}' is here, so no difference is formed", source.model_label));
  }
  if (model != models.end() && model->invalid) {
    view.cautions.push_back(fmt::format("a run of {} is INVALID, so the difference is not evidence", model->name));
  }
  if (source.metric_convention == "fold_averaged") {
    view.cautions.emplace_back("published as a mean over folds, ours is pooled over folds: part of the difference is the convention");
  } else if (source.metric_convention == "unknown") {
    view.cautions.emplace_back("the source does not say how folds were pooled: part of the difference may be the convention");
  }
  if (!source.read_in_full) view.cautions.emplace_back("the source was not read in full");
  std::vector<std::string> order;
  for (const auto& [scope, unused] : source.scores) order.push_back(scope);
  std::stable_partition(order.begin(), order.end(), [](const std::string& scope) { return scope == kAll; });
  for (const std::string& scope : order) {
    const PublishedScores& scores = source.scores.at(scope);
    const ScopeSpread* ours = model == models.end() ? nullptr : model->find(scope);
    const auto add = [&](const char* metric, const std::optional<double>& published, SpreadCell ScopeSpread::*figure) {
      if (!published) return;
      PublishedRow row{.scope = scope, .metric = metric, .published = *published, .ours = std::nullopt, .difference = std::nullopt};
      if (ours != nullptr) row.ours = (ours->*figure).mean;
      if (row.ours && row.ours->value) row.difference = *row.ours->value - *published;
      view.rows.push_back(std::move(row));
    };
    add("UF1", scores.uf1, &ScopeSpread::uf1);
    add("UAR", scores.uar, &ScopeSpread::uar);
    add("accuracy", scores.accuracy, &ScopeSpread::accuracy);
  }
  return view;
}

void add_published(const ReportData& data, ReportView& view) {
  std::vector<std::pair<std::string, PublishedResult>> seen;  // every run of an experiment records the same list
  for (const Run& run : data.runs) {
    for (const PublishedResult& result : run.published) {
      std::pair<std::string, PublishedResult> entry{run.experiment, result};
      if (std::find(seen.begin(), seen.end(), entry) != seen.end()) continue;
      view.published.push_back(make_published(result, run.experiment, view.models));
      seen.push_back(std::move(entry));
    }
  }
}

}  // namespace

const ScopeView* RunView::find(const std::string& scope) const {
  const auto found = std::find_if(scopes.begin(), scopes.end(), [&](const ScopeView& view) { return view.scope == scope; });
  return found == scopes.end() ? nullptr : &*found;
}

const ScopeSpread* ModelView::find(const std::string& scope) const {
  const auto found = std::find_if(scopes.begin(), scopes.end(), [&](const ScopeSpread& spread) { return spread.scope == scope; });
  return found == scopes.end() ? nullptr : &*found;
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

  std::vector<std::vector<const Run*>> models;  // complete runs, grouped
  std::vector<std::vector<std::size_t>> places;
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
    if (models.empty() || models.back().front()->experiment != run.experiment || models.back().front()->label != run.label) {
      models.emplace_back();
      places.emplace_back();
    }
    models.back().push_back(&run);
    places.back().push_back(view.runs.size());
    view.runs.push_back(make_run(run, display(run), view.runs.size() + 1, notes));
    add_input(run, display(run), view.inputs);
    add_environment(run, fmt::format("{}, seed {}", display(run), run.seed.value), view.environments);
  }
  for (std::size_t m = 0; m < models.size(); ++m) view.models.push_back(make_model(models[m], places[m], view.runs, notes));
  view.scopes = make_scopes(view.runs);
  view.subjects = make_subjects(models);
  add_published(data, view);
  view.sentences = summary_sentences(view);
  return view;
}

}  // namespace mexbench::reports
