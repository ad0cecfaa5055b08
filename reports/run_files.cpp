#include "reports/run_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "reports/json_fields.h"

namespace mexbench::reports {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using Problems = std::vector<core::Diagnostic>;

const std::vector<std::string> kVerdicts{"VALID", "INVALID", "UNAUDITED"};
constexpr std::size_t kMostShown = 20;

void add(Problems& problems, const std::string& file, std::string message, std::string hint = {}, std::size_t line = 0) {
  core::Diagnostic diagnostic;
  diagnostic.where = {.file = file, .line = line, .column = 0};
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  problems.push_back(std::move(diagnostic));
}

void add(Problems& problems, const core::Error& error) {
  problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end());
}

std::optional<json> read_json(const fs::path& path, std::string_view schema, Problems& problems) {
  auto content = core::read_file(path);
  if (!content) {
    add(problems, content.error());
    return std::nullopt;
  }
  auto value = parse_json(*content, path.string(), schema);
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
    result.scores[scope] = {
        .uf1 = figures.optional_number("uf1"), .uar = figures.optional_number("uar"), .accuracy = figures.optional_number("accuracy")};
  }
  return result;
}

eval::Figure read_figure(JsonFields& fields, std::string_view path) {
  const json* value = fields.find(path);
  if (value != nullptr && value->is_number()) return eval::Figure::of(value->get<double>());
  if (value != nullptr && value->is_object()) {
    const auto number = value->find("value");
    const auto reason = value->find("reason");
    if (number != value->end() && number->is_null() && reason != value->end() && reason->is_string() &&
        !reason->get_ref<const std::string&>().empty()) {
      return eval::Figure::undefined(reason->get<std::string>());
    }
  }
  fields.problem(fmt::format("'{}' is {}, a number or {{\"value\": null, \"reason\": \"...\"}} is wanted", path,
                             value == nullptr ? "missing" : value->dump(-1, ' ', true, json::error_handler_t::replace)));
  return eval::Figure::undefined("unreadable");
}

eval::Confusion read_confusion(const json& rows, std::size_t classes, JsonFields& fields) {
  eval::Confusion confusion(classes, std::vector<std::int64_t>(classes, 0));
  bool fits = rows.size() == classes;
  for (std::size_t truth = 0; fits && truth < classes; ++truth) {
    fits = rows[truth].is_array() && rows[truth].size() == classes;
    for (std::size_t predicted = 0; fits && predicted < classes; ++predicted) {
      const json& cell = rows[truth][predicted];
      fits = cell.is_number_integer() && cell.get<std::int64_t>() >= 0;
      if (fits) confusion[truth][predicted] = cell.get<std::int64_t>();
    }
  }
  if (!fits) fields.problem(fmt::format("'confusion' is not a {0} x {0} table of counts, one row per class is wanted", classes));
  return confusion;
}

eval::Metrics read_metrics(const json& source, const std::string& file, Problems& problems) {
  eval::Metrics metrics;
  JsonFields top(source, file, "", problems);
  metrics.classes = top.optional_texts("classes");
  if (metrics.classes.empty()) top.problem("'classes' is missing or empty, the class names are wanted");
  const json scopes = top.object("scopes");
  if (!scopes.contains("all")) top.problem("'scopes' has no 'all', the scores of all clips are wanted");
  for (const auto& [scope, value] : scopes.items()) {
    JsonFields fields(value, file, "scopes." + scope, problems);
    eval::ScopeMetrics& into = metrics.scopes[scope];
    into.clips = fields.count("clips");
    into.subjects = fields.count("subjects");
    into.uf1 = read_figure(fields, "uf1");
    into.uar = read_figure(fields, "uar");
    into.accuracy = read_figure(fields, "accuracy");
    into.confusion = read_confusion(fields.array("confusion"), metrics.classes.size(), fields);
    const json per_class = fields.array("per_class");
    if (per_class.size() != metrics.classes.size()) fields.problem("'per_class' does not have one entry per class");
    for (std::size_t i = 0; i < per_class.size(); ++i) {
      JsonFields entry(per_class[i], file, fmt::format("scopes.{}.per_class[{}]", scope, i), problems);
      eval::ClassMetrics row;
      row.name = entry.text("class");
      row.support = entry.count("support");
      row.precision = read_figure(entry, "precision");
      row.recall = read_figure(entry, "recall");
      row.f1 = read_figure(entry, "f1");
      if (i < metrics.classes.size() && row.name != metrics.classes[i]) {
        entry.problem(fmt::format("'per_class' has '{}' where 'classes' has '{}', the same order is wanted", row.name, metrics.classes[i]));
      }
      into.per_class.push_back(std::move(row));
    }
  }
  return metrics;
}

struct PredictionColumns {
  std::size_t dataset, subject, clip, truth, prediction;
};

std::optional<PredictionColumns> find_columns(const core::CsvRow& header, const std::string& file, Problems& problems) {
  const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find(header.fields.begin(), header.fields.end(), name);
    if (found != header.fields.end()) return static_cast<std::size_t>(found - header.fields.begin());
    add(problems, file, fmt::format("has no column '{}'", name), {}, header.line);
    return std::nullopt;
  };
  const auto dataset = place("dataset"), subject = place("subject"), clip = place("clip"), truth = place("truth"),
             prediction = place("prediction");
  if (!dataset || !subject || !clip || !truth || !prediction) return std::nullopt;
  return PredictionColumns{*dataset, *subject, *clip, *truth, *prediction};
}

std::vector<PredictedClip> read_predictions(const std::string& content, const std::string& file, const std::vector<std::string>& classes,
                                            Problems& problems) {
  std::vector<PredictedClip> clips;
  auto rows = core::parse_csv(content, file);
  if (!rows) {
    add(problems, rows.error());
    return clips;
  }
  if (rows->empty()) {
    add(problems, file, "is empty, a header and one row per clip are wanted");
    return clips;
  }
  const auto columns = find_columns(rows->front(), file, problems);
  if (!columns) return clips;
  const std::size_t width = rows->front().fields.size();
  const auto class_at = [&](const core::CsvRow& row, std::size_t column) {
    const auto found = std::find(classes.begin(), classes.end(), row.fields[column]);
    if (found == classes.end()) {
      add(problems, file, fmt::format("class '{}' is not in metrics.json", row.fields[column]), {}, row.line);
    }
    return static_cast<std::size_t>(found - classes.begin());
  };
  const std::size_t before = problems.size();
  for (std::size_t i = 1; i < rows->size() && problems.size() - before < kMostShown; ++i) {
    const core::CsvRow& row = (*rows)[i];
    if (row.fields.size() != width) {
      add(problems, file, fmt::format("row has {} fields, {} are wanted", row.fields.size(), width), {}, row.line);
      continue;
    }
    PredictedClip clip;
    clip.dataset = core::DatasetId(row.fields[columns->dataset]);
    clip.subject = core::make_subject_id(clip.dataset, row.fields[columns->subject]);
    clip.clip = core::make_clip_id(clip.subject, row.fields[columns->clip]);
    clip.truth = class_at(row, columns->truth);
    clip.predicted = class_at(row, columns->prediction);
    clips.push_back(std::move(clip));
  }
  if (problems.size() != before) clips.clear();
  return clips;
}

// Every predicted clip stands once, and in the manifest with the same truth.
void check_clips(const std::string& file, const Run& run, Problems& problems) {
  std::map<core::ClipId, std::string> truths;
  const data::LabelMap& labels = run.manifest->label_map;
  for (const data::Clip& clip : run.manifest->clips) {
    const auto index = clip.truth.single_class();
    truths[clip.id] = index && *index < labels.classes.size() ? labels.classes[*index] : std::string();
  }
  const std::size_t before = problems.size();
  std::set<core::ClipId> seen;
  for (const PredictedClip& row : run.predictions) {
    if (problems.size() - before >= kMostShown) return;
    const auto found = truths.find(row.clip);
    if (!seen.insert(row.clip).second) {
      add(problems, file, fmt::format("clip '{}' stands twice", row.clip.text()));
    } else if (found == truths.end()) {
      add(problems, file, fmt::format("clip '{}' is not in manifest.lock.json", row.clip.text()));
    } else if (found->second != run.metrics.classes[row.truth]) {
      add(problems, file,
          fmt::format("clip '{}' has truth '{}', manifest.lock.json has '{}'", row.clip.text(), run.metrics.classes[row.truth],
                      found->second));
    }
  }
}

// metrics.json counts what predictions.csv holds: clips, subjects and confusion of each scope.
void check_counts(const std::string& file, const Run& run, Problems& problems) {
  struct Counted {
    eval::Confusion confusion;
    std::int64_t clips = 0;
    std::set<core::SubjectId> subjects;
  };
  const std::size_t classes = run.metrics.classes.size();
  std::map<std::string, Counted> counted;
  for (const PredictedClip& row : run.predictions) {
    for (const std::string& scope : {std::string("all"), row.dataset.text()}) {
      Counted& into = counted[scope];
      if (into.confusion.empty()) into.confusion.assign(classes, std::vector<std::int64_t>(classes, 0));
      ++into.confusion[row.truth][row.predicted];
      ++into.clips;
      into.subjects.insert(row.subject);
    }
  }
  for (const auto& [scope, metrics] : run.metrics.scopes) {
    const auto found = counted.find(scope);
    const bool agrees = found != counted.end() && found->second.confusion == metrics.confusion && found->second.clips == metrics.clips &&
                        static_cast<std::int64_t>(found->second.subjects.size()) == metrics.subjects;
    if (!agrees) {
      add(problems, file, fmt::format("scope '{}' does not count what predictions.csv holds", scope),
          "delete metrics.json and rebuild it from the sealed folds");
    }
    counted.erase(scope);
  }
  for (const auto& [scope, unused] : counted) {
    add(problems, file, fmt::format("has no scope '{}', predictions.csv has", scope),
        "delete metrics.json and rebuild it from the sealed folds");
  }
}

void read_audit(const fs::path& path, Run& run, Problems& problems) {
  const auto source = read_json(path, "mexbench.audit/1", problems);
  if (!source) return;
  JsonFields fields(*source, path.string(), "", problems);
  const std::string recorded = run.verdict;
  run.verdict = fields.one_of("verdict", kVerdicts);
  run.verdict_reasons = fields.optional_texts("reasons");
  if (recorded != run.verdict && !recorded.empty()) {
    run.verdict_reasons.push_back(fmt::format("run.json recorded {} when the run ended", recorded));
  }
  const json rules = fields.optional_array("rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    JsonFields rule(rules[i], path.string(), fmt::format("rules[{}]", i), problems);
    run.audit_rules.push_back({.rule = rule.text("rule"),
                               .status = rule.one_of("status", {"passed", "broken", "not-checked"}),
                               .detail = rule.optional_text("detail")});
  }
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
  run.science_hash = fields.text("science_hash");
  run.environment_hash = fields.text("environment_hash");
  run.environment = fields.object("environment");
  run.mexbench_version = fields.text("mexbench_version");
  run.command_redo = fields.text("command_redo");
  run.started = fields.optional_text("started");
  run.ended = fields.optional_text("ended");
  run.wall_seconds = fields.optional_number("wall_seconds");
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
  if (metrics) run.metrics = read_metrics(*metrics, metrics_file.string(), problems);
  const fs::path predictions_file = folder / "predictions.csv";
  const auto predictions = core::read_file(predictions_file);
  if (!predictions) add(problems, predictions.error());
  read_audit(folder / "audit.json", run, problems);
  if (problems.size() != before) return;

  run.predictions = read_predictions(*predictions, predictions_file.string(), run.metrics.classes, problems);
  if (problems.size() != before) return;
  check_clips(predictions_file.string(), run, problems);
  check_counts(metrics_file.string(), run, problems);
}

}  // namespace mexbench::reports
