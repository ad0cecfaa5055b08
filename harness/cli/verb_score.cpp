#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/audit/import_rules.h"
#include "harness/audit/join.h"
#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/eval/import.h"
#include "harness/eval/intervals.h"
#include "harness/protocol/protocol.h"
#include "harness/run/imported_run.h"
#include "harness/store/json_file.h"

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string file;
  std::string manifest;  // an experiment file
  std::vector<std::string> overrides;
  std::string classes;
  std::string out;
  std::string label;
  std::string cache = "runs";
  std::string format = "text";
};

core::Result<std::vector<std::string>> class_list(const std::string& text) {
  std::vector<std::string> classes;
  if (text.empty()) return classes;
  for (const std::string& part : core::split(text, ',')) classes.emplace_back(core::trim(part));
  if (const core::Status checked = eval::check_class_names(classes); !checked) {
    std::vector<core::Diagnostic> problems = checked.error().diagnostics();
    for (core::Diagnostic& problem : problems) problem.message = "'--classes': " + problem.message;
    problems.back().notes.emplace_back("write the class names in order, separated by commas: --classes negative,positive,surprise");
    return core::Error(core::ErrorCode::kUsage, std::move(problems));
  }
  return classes;
}

// What an experiment says of predictions: its clips, and which of them its protocol tests in which fold.
struct Corpus {
  config::ExperimentSpec spec;
  std::vector<protocol::FoldPlan> plan;
  data::Manifest manifest;
  std::vector<core::ClipId> tested;
  std::map<core::ClipId, core::FoldId> folds;  // that test them
};

core::Result<std::optional<Corpus>> corpus_of(const Arguments& arguments) {
  if (arguments.manifest.empty() && !arguments.overrides.empty()) {
    return core::Error(core::ErrorCode::kUsage, "'--set' changes the experiment of '--manifest', which is not given");
  }
  if (!arguments.label.empty() && (arguments.manifest.empty() || arguments.out.empty())) {
    return core::Error(core::ErrorCode::kUsage, "'--label' names the model of a run folder, which takes '--manifest' and '--out'");
  }
  if (arguments.manifest.empty()) return std::optional<Corpus>();
  MEXBENCH_ASSIGN(const config::LoadedExperiment loaded, config::load_experiment(arguments.manifest, arguments.overrides, vocabulary()));
  const config::ExperimentSpec& spec = loaded.spec;
  Corpus corpus;
  MEXBENCH_ASSIGN(corpus.manifest, run::load_manifest(spec.dataset, catalogue(), arguments.cache, available_cores()));
  MEXBENCH_ASSIGN(corpus.plan, protocol::plan_folds(corpus.manifest, spec.protocol.name, spec.protocol.options));
  corpus.tested = protocol::tested_clips(corpus.plan, corpus.manifest);
  corpus.folds = protocol::test_folds(corpus.plan, corpus.manifest);
  corpus.spec = spec;
  return std::optional<Corpus>(std::move(corpus));
}

struct Scored {
  eval::PredictionSet predictions;
  std::string digest;                 // of the file
  std::optional<audit::Audit> audit;  // with a manifest
  std::string_view format;
};

core::Result<Scored> read_predictions(const Arguments& arguments, const std::optional<Corpus>& corpus) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(arguments.file));
  eval::ReadOptions options;
  MEXBENCH_ASSIGN(options.classes, class_list(arguments.classes));
  options.keep_duplicates = corpus.has_value();
  MEXBENCH_ASSIGN(eval::ImportedPredictions imported,
                  eval::import_predictions(content, arguments.file, options, corpus ? &corpus->manifest : nullptr));
  Scored scored{.predictions = std::move(imported.predictions),
                .digest = core::sha256_hex(content),
                .audit = std::nullopt,
                .format = eval::describe(imported.format)};
  if (!corpus) return scored;
  MEXBENCH_ASSIGN(audit::Joined joined,
                  audit::check_join(scored.predictions, corpus->manifest, arguments.file, corpus->tested, corpus->folds));
  scored.audit = audit::audit_import(scored.predictions, joined, corpus->manifest);
  MEXBENCH_TRY(audit::check_unbroken(joined, arguments.file));
  if (scored.audit->verdict == audit::Verdict::kInvalid) {  // by a rule about the corpus
    return core::Error::in_file(core::ErrorCode::kAudit, arguments.file, core::join(scored.audit->reasons, "; "));
  }
  scored.predictions = std::move(joined.predictions);
  return scored;
}

// What can't be told of joined predictions.
void note_unnamed_folds(const eval::PredictionSet& predictions) {
  const auto unnamed =
      std::count_if(predictions.rows.begin(), predictions.rows.end(), [](const eval::Prediction& row) { return row.fold.text().empty(); });
  if (unnamed == 0) return;
  core::tell(
      fmt::format("note: {} of {} predictions name no fold: whether they are of the fold that tests their clip can't be told; a column "
                  "'fold' says it\n",
                  unnamed, predictions.rows.size()));
}

using Intervals = std::map<std::string, stats::ScoreIntervals>;  // by scope

core::Table score_table(const eval::Metrics& metrics, const Intervals& intervals) {
  core::Table table;
  table.columns = {{"scope"},
                   {"clips", core::Align::kRight},
                   {"subjects", core::Align::kRight},
                   {"UF1", core::Align::kRight, "uf1"},
                   {"UAR", core::Align::kRight, "uar"},
                   {"accuracy", core::Align::kRight}};
  add_interval_columns(table);
  const auto add = [&](const std::string& scope, const eval::ScopeMetrics& of) {
    table.rows.push_back({scope, core::Cell::integer(of.clips), core::Cell::integer(of.subjects), figure_cell(of.uf1), figure_cell(of.uar),
                          figure_cell(of.accuracy)});
    add_interval_cells(intervals.at(scope), table.rows.back());
  };
  add("all", metrics.scopes.at("all"));
  for (const auto& [scope, of] : metrics.scopes) {
    if (scope != "all") add(scope, of);
  }
  return table;
}

// metrics.json, and in each scope the columns that the table appends.
nlohmann::json scores_json(const eval::Metrics& metrics, const Intervals& intervals) {
  nlohmann::json out = eval::to_json(metrics);
  core::Table bounds;
  add_interval_columns(bounds);
  for (const auto& [scope, of] : intervals) {
    std::vector<core::Cell> row;
    add_interval_cells(of, row);
    for (std::size_t i = 0; i < row.size(); ++i) out["scopes"][scope][bounds.columns[i].key] = row[i].value;
  }
  return out;
}

// With a manifest, a run folder that `report` and `compare` take.
core::Status write_results(const Arguments& arguments, const std::optional<Corpus>& corpus, const Scored& scored,
                           const eval::Metrics& metrics) {
  const fs::path out = arguments.out;
  if (!corpus) {
    MEXBENCH_TRY(store::write_json(out / "metrics.json", eval::to_json(metrics)));
    return core::write_file_atomic(out / "predictions.csv", eval::to_csv(scored.predictions));
  }
  std::string redo =
      fmt::format("mexbench score {} --manifest {} --out {}", quoted(arguments.file), quoted(arguments.manifest), quoted(arguments.out));
  for (const std::string& setting : arguments.overrides) redo += " --set " + quoted(setting);
  if (!arguments.label.empty()) redo += " --label " + quoted(arguments.label);
  const std::string label = arguments.label.empty() ? fs::path(arguments.file).stem().string() : arguments.label;
  return run::write_imported_run(
      out, {.label = label, .source = fs::path(arguments.file).filename().string(), .digest = scored.digest, .redo = std::move(redo)},
      corpus->spec, corpus->manifest, corpus->plan, scored.predictions, *scored.audit);
}

void print_confusion(const eval::Metrics& metrics) {
  core::Table table;
  table.columns = {{"truth \\ prediction"}};
  for (const std::string& name : metrics.classes) table.columns.push_back({name, core::Align::kRight});
  for (const char* heading : {"precision", "recall", "F1"}) table.columns.push_back({heading, core::Align::kRight});
  const eval::ScopeMetrics& all = metrics.scopes.at("all");
  for (std::size_t c = 0; c < metrics.classes.size(); ++c) {
    std::vector<core::Cell> row{metrics.classes[c]};
    for (const std::int64_t count : all.confusion[c]) row.push_back(core::Cell::integer(count));
    for (const eval::Figure* figure : {&all.per_class[c].precision, &all.per_class[c].recall, &all.per_class[c].f1})
      row.push_back(figure_cell(*figure));
    table.rows.push_back(std::move(row));
  }
  fmt::print("\n{}", core::render(table, core::TableFormat::kText));
}

int score_verb(const Arguments& arguments) {
  const auto corpus = corpus_of(arguments);
  if (!corpus) return fail(corpus.error());
  if (*corpus) print_warnings((*corpus)->manifest.warnings);
  const auto scored = read_predictions(arguments, *corpus);
  if (!scored) return fail(scored.error());
  const eval::Metrics metrics = eval::evaluate(scored->predictions);
  const auto intervals = eval::intervals_of(scored->predictions);
  if (!intervals) return fail(intervals.error());
  core::tell(fmt::format("read {} as {}{}\n", arguments.file, scored->format, *corpus ? ", joined to the manifest by clip id" : ""));
  if (*corpus) note_unnamed_folds(scored->predictions);
  if (scored->audit) {
    core::tell(
        fmt::format("the predictions are {}: {}\n", audit::to_string(scored->audit->verdict), core::join(scored->audit->reasons, "; ")));
  }
  if (scored->predictions.class_source == eval::ClassSource::kSeen) {
    core::tell(fmt::format("note: the classes are those that occur ({}); one that never does can't be missed: name them with --classes\n",
                           core::join(metrics.classes, ", ")));
  }
  if (!arguments.out.empty()) {
    if (const core::Status written = write_results(arguments, *corpus, *scored, metrics); !written) return fail(written.error());
    core::tell(*corpus ? fmt::format("wrote a run folder to {}: 'mexbench report' takes it beside others\n", arguments.out)
                       : fmt::format("wrote predictions.csv and metrics.json to {}\n", arguments.out));
  }
  if (arguments.format == "json") {
    fmt::print("{}\n", scores_json(metrics, *intervals).dump(1));
  } else {
    fmt::print("{}", core::render(score_table(metrics, *intervals), format_of(arguments.format)));
    if (arguments.format == "text") print_confusion(metrics);
  }
  return 0;
}

}  // namespace

void add_score(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* score = app.add_subcommand("score", "score predictions made anywhere: pooled UF1, UAR, accuracy, confusion");
  score->add_option("predictions", arguments->file, "CSV with dataset,subject,clip,truth,prediction, or a published log")->required();
  score->add_option("--manifest", arguments->manifest,
                    "experiment file: the clips its protocol tests are joined by id (a synthetic corpus is rendered below 'runs')");
  score->add_option("--set", arguments->overrides, "override a value of that experiment (repeatable)")->take_all()->allow_extra_args(false);
  score->add_option("--classes", arguments->classes, "class names in order, comma-separated; integers are places in it");
  score->add_option("--out", arguments->out, "write predictions.csv and metrics.json there; with --manifest a run folder for `report`");
  score->add_option("--label", arguments->label, "what the model is called in it; default: the file's name");
  add_format(*score, arguments->format);
  score->footer(
      "\nExamples:\n"
      "  mexbench score predictions.csv\n"
      "  mexbench score predictions.csv --manifest experiments/baselines/ststnet/scratch.yaml --out runs/imported/theirs\n"
      "  mexbench score log.txt --classes negative,positive,surprise --format json");
  score->callback([arguments, &action] { action = [arguments] { return score_verb(*arguments); }; });
}

}  // namespace mexbench::cli
