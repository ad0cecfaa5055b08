#include "reports/run_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <system_error>
#include <utility>

#include "harness/audit/join.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/store/json_file.h"
#include "reports/json_fields.h"

namespace mexbench::reports {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using Problems = std::vector<core::Diagnostic>;

const std::vector<std::string> kVerdicts{"VALID", "INVALID", "UNAUDITED"};
constexpr double kLongestSeconds = 1e9;  // 31 years

void add(Problems& problems, const std::string& file, std::string message, std::string hint = {}) {
  core::Diagnostic diagnostic;
  diagnostic.where.file = file;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  problems.push_back(std::move(diagnostic));
}

void add(Problems& problems, const core::Error& error) {
  problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end());
}

std::optional<json> read_json(const fs::path& path, std::string_view schema, Problems& problems) {
  auto value = store::read_json(path, schema);
  if (!value) {
    add(problems, value.error());
    return std::nullopt;
  }
  return std::move(value).value();
}

PublishedResult read_published(JsonFields fields, const json& scores, const std::string& file, const std::string& prefix,
                               Problems& problems) {
  PublishedResult result;
  result.id = fields.text("id");
  result.citation = fields.text("citation");
  result.doi = fields.optional_text("doi");
  result.where = fields.optional_text("where");
  result.metric_convention = fields.one_of("metric_convention", {"pooled", "fold_averaged", "unknown"});
  result.selection_rule = fields.optional_text("selection_rule");
  result.read_in_full = fields.flag("read_in_full");
  result.model_label = fields.optional_text("model_label");
  result.note = fields.optional_text("note");
  for (const auto& [scope, value] : scores.items()) {
    JsonFields figures(value, file, fmt::format("{}.scores.{}", prefix, scope), problems);
    result.scores[scope] = {.uf1 = figures.optional_number("uf1", 0.0, 1.0),
                            .uar = figures.optional_number("uar", 0.0, 1.0),
                            .accuracy = figures.optional_number("accuracy", 0.0, 1.0)};
  }
  return result;
}

// The predictions are of the manifest's clips, all that the protocol tests, with the manifest's truth, from the folds that were sealed.
void check_clips(const std::string& file, const Run& run, const eval::PredictionSet& predictions, Problems& problems) {
  constexpr const char* kRebuild = "delete predictions.csv and metrics.json and resume the run: they are rebuilt from the sealed folds";
  const auto joined = audit::check_join(predictions, *run.manifest, file);
  if (!joined) return add(problems, joined.error());
  for (const audit::BrokenRule& rule : joined->broken) {
    // A holdout tests a part of the manifest, every other protocol all of it.
    if (rule.rule == "clip-missing" && run.protocol == "holdout") continue;
    std::string message = fmt::format("{}: {}: {}", rule.rule, rule.detail, core::join(rule.examples, ", "));
    if (rule.count > rule.examples.size()) message += fmt::format(" and {} more", rule.count - rule.examples.size());
    add(problems, file, std::move(message), kRebuild);
  }
  std::set<core::FoldId> folds;
  for (const eval::Prediction& row : predictions.rows) folds.insert(row.fold);
  if (static_cast<std::int64_t>(folds.size()) != run.folds_sealed) {
    add(problems, file, fmt::format("has predictions of {} folds, run.json has {} sealed", folds.size(), run.folds_sealed), kRebuild);
  }
}

// Equal up to the last digits, which another compiler may round differently.
bool same(const eval::Figure& a, const eval::Figure& b) {
  constexpr double kRounding = 1e-12;
  return a.value.has_value() == b.value.has_value() && (!a.value || std::abs(*a.value - *b.value) <= kRounding);
}

// metrics.json says what predictions.csv gives: its scopes, counts and figures.
void check_metrics(const std::string& file, const Run& run, const eval::Metrics& given, Problems& problems) {
  constexpr const char* kRebuild = "delete metrics.json and resume the run: it is rebuilt from the sealed folds";
  for (const auto& [scope, metrics] : run.metrics.scopes) {
    const auto found = given.scopes.find(scope);
    if (found != given.scopes.end() && eval::same_figures(found->second, metrics)) continue;
    add(problems, file, fmt::format("scope '{}' is not what predictions.csv gives", scope), kRebuild);
  }
  for (const auto& [scope, unused] : given.scopes) {
    if (!run.metrics.scopes.contains(scope)) add(problems, file, fmt::format("has no scope '{}', predictions.csv has", scope), kRebuild);
  }
}

bool same(const eval::FloorFigures& a, const eval::FloorFigures& b) {
  return same(a.uf1, b.uf1) && same(a.uar, b.uar) && same(a.accuracy, b.accuracy);
}

// floor.json is of the folds, clips and truths of predictions.csv. The random part is taken as it stands: a later version may draw
// otherwise.
void read_floor(const fs::path& path, Run& run, const eval::PredictionSet& predictions, Problems& problems) {
  constexpr const char* kRebuild = "delete floor.json and resume the run: it is rebuilt from the sealed folds";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  const auto source = read_json(path, "mexbench.floor/1", problems);
  if (!source) return;
  auto read = eval::floor_from_json(*source, path.string());
  if (!read) return add(problems, read.error());
  if (read->classes != run.metrics.classes) return add(problems, path.string(), "has other classes than metrics.json", kRebuild);
  auto given = eval::floor_of(predictions, read->folds, /*draws=*/1);
  if (!given) {
    for (const core::Diagnostic& problem : given.error().diagnostics()) add(problems, path.string(), problem.message, kRebuild);
    return;
  }
  const bool agrees =
      std::equal(read->scopes.begin(), read->scopes.end(), given->scopes.begin(), given->scopes.end(), [](const auto& a, const auto& b) {
        return a.first == b.first && a.second.clips == b.second.clips && a.second.subjects == b.second.subjects &&
               same(a.second.majority, b.second.majority);
      });
  if (!agrees) return add(problems, path.string(), "is not the floor of the clips of predictions.csv", kRebuild);
  run.floor = std::move(read).value();
}

void read_audit(const fs::path& path, Run& run, Problems& problems) {
  const auto source = read_json(path, "mexbench.audit/1", problems);
  if (!source) return;
  auto audit = audit::audit_from_json(*source, path.string());
  if (!audit) return add(problems, audit.error());
  const std::string recorded = run.verdict;
  run.verdict = std::string(audit::to_string(audit->verdict));
  run.verdict_reasons = std::move(audit->reasons);
  run.audit_rules = std::move(audit->rules);
  if (recorded != run.verdict && !recorded.empty()) {
    run.verdict_reasons.push_back(fmt::format("run.json recorded {} when the run ended", recorded));
  }
}

// best_epoch.json is of the run's scopes and clips.
void read_best_epoch(const fs::path& path, Run& run, Problems& problems) {
  constexpr const char* kRebuild = "delete best_epoch.json and resume the run: it is rebuilt from the sealed folds";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  const auto source = read_json(path, "mexbench.best-epoch/1", problems);
  if (!source) return;
  const auto metrics = source->find("metrics");
  auto read = eval::metrics_from_json(metrics == source->end() ? json() : *metrics, path.string());
  if (!read) return add(problems, read.error());
  const bool agrees = read->classes == run.metrics.classes &&
                      std::equal(read->scopes.begin(), read->scopes.end(), run.metrics.scopes.begin(), run.metrics.scopes.end(),
                                 [](const auto& a, const auto& b) { return a.first == b.first && a.second.clips == b.second.clips; });
  if (!agrees) return add(problems, path.string(), "is not of the classes and clips of metrics.json", kRebuild);
  run.best_epoch = std::move(read).value();
  JsonFields fields(*source, path.string(), "", problems);
  const json recorded = fields.optional_object("recorded");
  for (const auto& [fold, count] : recorded.items()) {
    if (count.is_number_integer() && count >= 1 && count <= kMostEpochs) {
      run.recorded_epochs[core::FoldId(fold)] = count;
    } else {
      fields.problem(fmt::format("'recorded' of fold '{}' is {}, a number of epochs is wanted", fold, count.dump()));
    }
  }
}

// curves.json is of the run's folds.
void read_curves(const fs::path& path, Run& run, Problems& problems) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  const auto source = read_json(path, "mexbench.curves/1", problems);
  if (!source) return;
  auto read = eval::curves_from_json(*source, path.string());
  if (!read) return add(problems, read.error());
  std::set<core::FoldId> tested, recorded;
  for (const eval::Prediction& row : run.predictions) tested.insert(row.fold);
  for (const auto& [fold, unused] : read->epochs_trained) recorded.insert(fold);
  if (tested != recorded) {
    return add(problems, path.string(), "is not of the folds of predictions.csv",
               "delete curves.json and resume the run: it is rebuilt from the sealed folds");
  }
  run.curves = std::move(read).value();
}

}  // namespace

void read_run_json(const fs::path& file, Run& run, Problems& problems) {
  const auto source = read_json(file, "mexbench.run/1", problems);
  if (!source) return;
  JsonFields fields(*source, file.string(), "", problems);
  run.experiment = fields.text("experiment");
  run.description = fields.optional_text("description");
  run.label = fields.text("model.label");
  run.model = fields.text("model.name");
  run.params = fields.optional_object("model.params");
  run.input_channels = fields.optional_texts("model.input_channels");
  run.adaptation = fields.optional_object("model.adaptation");
  run.trained = fields.flag("model.trained");
  run.weights = fields.optional_text("model.weights");
  run.verified = fields.one_of("model.verified", {"fixture", "shapes", "none"});
  run.paper = fields.optional_text("model.paper");
  run.parameters = fields.optional_count("model.parameters");
  run.seed.value = fields.seed("seed");
  run.adapter = fields.text("dataset.adapter");
  run.label_map = fields.text("dataset.label_map");
  run.dataset_notes = fields.optional_texts("dataset.notes");
  run.protocol = fields.text("protocol.name");
  run.protocol_options = fields.optional_object("protocol.options");
  run.train = fields.object_or_null("train");
  run.engine = fields.optional_text("engine.name");
  run.engine_reason = fields.optional_text("engine.reason");
  run.science_hash = fields.text("science_hash");
  run.environment_hash = fields.text("environment_hash");
  run.environment = fields.object("environment");
  run.mexbench_version = fields.text("mexbench_version");
  run.command_redo = fields.text("command_redo");
  run.started = fields.optional_text("started");
  run.ended = fields.optional_text("ended");
  run.wall_seconds = fields.optional_number("wall_seconds", 0.0, kLongestSeconds);
  run.host = fields.optional_text("host");
  run.jobs = fields.optional_count("jobs");
  run.folds_planned = fields.count("folds.planned");
  run.folds_sealed = fields.count("folds.sealed");
  const json failed = fields.optional_array("folds.failed");
  for (std::size_t i = 0; i < failed.size(); ++i) {
    JsonFields entry(failed[i], file.string(), fmt::format("folds.failed[{}]", i), problems);
    run.folds_failed.push_back({.fold = core::FoldId(entry.text("fold")), .reason = entry.optional_text("reason")});
  }
  run.state = fields.one_of("state", {"complete", "incomplete", "interrupted"});
  run.verdict = fields.one_of("verdict", kVerdicts);
  run.verdict_reasons = fields.optional_texts("verdict_reasons");
  const json published = fields.optional_array("published");
  for (std::size_t i = 0; i < published.size(); ++i) {
    const std::string prefix = fmt::format("published[{}]", i);
    JsonFields entry(published[i], file.string(), prefix, problems);
    run.published.push_back(read_published(entry, entry.object("scores"), file.string(), prefix, problems));
  }
  if (const json statistics = fields.optional_object("statistics"); !statistics.empty()) {
    JsonFields entry(statistics, file.string(), "statistics", problems);
    run.statistics.alpha = entry.optional_number("alpha", 0.0, 1.0).value_or(run.statistics.alpha);
    run.statistics.equivalence = entry.optional_number("equivalence", 0.0, 1.0).value_or(run.statistics.equivalence);
    run.statistics.family = entry.optional_text("family.name");
    const json pairs = entry.optional_array("family.pairs");
    for (const json& pair : pairs) {
      if (pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string()) {
        run.statistics.pairs.emplace_back(pair[0], pair[1]);
      } else {
        entry.problem(fmt::format("an entry of 'family.pairs' is {}, two labels are wanted", pair.dump()));
      }
    }
  }
  if (const json evidence = fields.optional_object("evidence"); !evidence.empty()) {
    JsonFields entry(evidence, file.string(), "evidence", problems);
    run.evidence.above_chance_by = entry.optional_number("above_chance_by", 0.0, 1.0).value_or(run.evidence.above_chance_by);
    run.evidence.calibration_level = entry.optional_number("calibration_level", 0.0, 1.0).value_or(run.evidence.calibration_level);
    run.evidence.latency_ms = entry.optional_number("latency_ms", 0.0, kLongestSeconds).value_or(run.evidence.latency_ms);
  }
  if (run.complete() && (run.folds_sealed != run.folds_planned || !run.folds_failed.empty())) {
    add(problems, file.string(),
        fmt::format("state is 'complete', but {} of {} folds are sealed and {} failed", run.folds_sealed, run.folds_planned,
                    run.folds_failed.size()),
        "resume the run");
  }
}

void read_results(const fs::path& folder, Run& run, Problems& problems) {
  const std::size_t before = problems.size();
  const fs::path manifest_file = folder / "manifest.lock.json";
  if (const auto source = read_json(manifest_file, "mexbench.manifest/1", problems)) {
    auto manifest = data::manifest_from_json(*source, manifest_file.string());
    if (manifest) {
      run.manifest_hash = data::manifest_hash(*manifest);
      run.manifest = std::move(manifest).value();
    } else {
      add(problems, manifest.error());
    }
  }
  const fs::path metrics_file = folder / "metrics.json";
  const auto metrics = read_json(metrics_file, "mexbench.metrics/1", problems);
  if (metrics) {
    auto read = eval::metrics_from_json(*metrics, metrics_file.string());
    if (read) {
      run.metrics = std::move(read).value();
    } else {
      add(problems, read.error());
    }
  }
  const fs::path predictions_file = folder / "predictions.csv";
  const auto predictions = core::read_file(predictions_file);
  if (!predictions) add(problems, predictions.error());
  read_audit(folder / "audit.json", run, problems);
  if (problems.size() != before) return;

  auto read = eval::parse_predictions(*predictions, predictions_file.string(), {.classes = run.metrics.classes});
  if (!read) return add(problems, read.error());
  check_metrics(metrics_file.string(), run, eval::evaluate(*read), problems);
  check_clips(predictions_file.string(), run, *read, problems);
  read_floor(folder / "floor.json", run, *read, problems);
  read_best_epoch(folder / "best_epoch.json", run, problems);
  run.predictions = std::move(read->rows);
  read_curves(folder / "curves.json", run, problems);
  auto latency = latency::read_record(folder, run.science_hash);
  if (!latency) return add(problems, latency.error());
  run.latency = std::move(latency).value();
}

}  // namespace mexbench::reports
