#include "harness/run/derive.h"

#include <fmt/format.h>

#include <map>
#include <system_error>
#include <utility>

#include "harness/audit/run_rules.h"
#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/eval/best_epoch.h"
#include "harness/eval/curves.h"
#include "harness/eval/floor.h"
#include "harness/eval/intervals.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace {

using core::Error;
using core::ErrorCode;

// What a run that was whole said of itself is no longer true once it lacks a fold.
void remove_whole(const std::filesystem::path& run_folder) {
  std::error_code none;
  for (const char* name : {"predictions.csv", "metrics.json", "floor.json", "audit.json", "best_epoch.json", "curves.json"})
    std::filesystem::remove(run_folder / name, none);
}

std::string figure_text(const eval::Figure& figure) { return figure.value ? core::format_double(*figure.value) : ""; }

std::string bounds_text(const stats::Interval& interval) {
  return interval.low ? fmt::format("{},{}", core::format_double(*interval.low), core::format_double(*interval.high)) : ",";
}

void append_row(std::string& out, const RunResult& run, const std::string& scope, const eval::ScopeMetrics& metrics) {
  const stats::ScoreIntervals& intervals = run.intervals.at(scope);
  out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", core::csv_field(run.label), run.seed.value, core::csv_field(scope),
                     metrics.clips, metrics.subjects, figure_text(metrics.uf1), bounds_text(intervals.uf1), figure_text(metrics.uar),
                     bounds_text(intervals.uar), figure_text(metrics.accuracy), run.verdict);
}

using ClipsById = std::map<core::ClipId, const data::Clip*>;

ClipsById by_id(const data::Manifest& manifest) {
  ClipsById clips;
  for (const data::Clip& clip : manifest.clips) clips.emplace(clip.id, &clip);
  return clips;
}

Error foreign_clip(const store::SealedFold& fold, const char* does, const core::ClipId& clip) {
  return Error(ErrorCode::kData,
               fmt::format("fold '{}' {} clip '{}', which the manifest does not have", fold.fold.text(), does, clip.text()));
}

// The classes a fold's learner was shown.
core::Result<std::vector<eval::FloorFold>> floor_folds(const data::Manifest& manifest, const std::vector<store::SealedFold>& folds) {
  const ClipsById clips = by_id(manifest);
  std::vector<eval::FloorFold> out;
  for (const store::SealedFold& fold : folds) {
    eval::FloorFold counts{.fold = fold.fold, .train = std::vector<std::int64_t>(manifest.label_map.classes.size(), 0)};
    for (const auto* given : {&fold.train, &fold.validation}) {
      for (const core::ClipId& id : *given) {
        const auto clip = clips.find(id);
        if (clip == clips.end()) return foreign_clip(fold, "trains on", id);
        eval::count_truth(clip->second->truth, counts.train);
      }
    }
    out.push_back(std::move(counts));
  }
  return out;
}

std::filesystem::path epochs_file(const std::filesystem::path& run_folder, const store::SealedFold& fold) {
  return run_folder / "folds" / core::folder_name(fold.fold) / "epochs.csv";
}

// What follows from the epochs that folds recorded.
struct FromEpochs {
  nlohmann::json best;    // best_epoch.json, schema "mexbench.best-epoch/1"
  nlohmann::json curves;  // curves.json, schema "mexbench.curves/1"
};

// Nothing when a fold has not recorded its epochs.
core::Result<FromEpochs> from_epochs(const std::filesystem::path& run_folder, const std::vector<std::string>& classes,
                                     const data::Manifest& manifest, const std::vector<store::SealedFold>& folds) {
  nlohmann::json epochs = nlohmann::json::object();
  nlohmann::json counts = nlohmann::json::object();
  std::vector<store::SealedFold> chosen;
  eval::CurvesBuilder curves(classes);
  for (const store::SealedFold& fold : folds) {
    if (!fold.files.contains("epochs.csv")) return FromEpochs{};
    const std::filesystem::path file = epochs_file(run_folder, fold);
    MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
    std::map<core::ClipId, data::Truth> truths;
    for (const store::SealedTest& test : fold.test) truths.emplace(test.clip, test.truth);
    MEXBENCH_ASSIGN(const std::vector<eval::EpochScores> recorded, eval::read_epochs(content, file.string(), classes, truths));
    curves.add(fold.fold, fold.epochs_trained, recorded, truths);
    eval::BestEpoch best = eval::best_of(recorded, truths);
    epochs[fold.fold.text()] = best.epoch;
    counts[fold.fold.text()] = best.recorded;
    store::SealedFold as_if = fold;
    for (store::SealedTest& test : as_if.test) test.scores = std::move(best.scores.at(test.clip));
    chosen.push_back(std::move(as_if));
  }
  if (chosen.empty()) return FromEpochs{};
  MEXBENCH_ASSIGN(const eval::PredictionSet predictions, predictions_of(manifest, chosen));
  return FromEpochs{.best = {{"schema", "mexbench.best-epoch/1"},
                             {"rule", "each fold's epoch with most of its own test clips right, the earliest of equals"},
                             {"epochs", std::move(epochs)},
                             {"recorded", std::move(counts)},
                             {"metrics", eval::to_json(eval::evaluate(predictions))}},
                    .curves = eval::to_json(curves.build())};
}

}  // namespace

core::Result<eval::PredictionSet> predictions_of(const data::Manifest& manifest, const std::vector<store::SealedFold>& folds) {
  const ClipsById clips = by_id(manifest);
  eval::PredictionSet predictions;
  predictions.classes = manifest.label_map.classes;
  for (const store::SealedFold& fold : folds) {
    for (const store::SealedTest& test : fold.test) {
      const auto clip = clips.find(test.clip);
      if (clip == clips.end()) return foreign_clip(fold, "tests", test.clip);
      eval::Prediction row;
      row.dataset = clip->second->dataset;
      row.subject = clip->second->subject;
      row.clip = test.clip;
      row.clip_name = clip->second->name;
      row.fold = fold.fold;
      row.truth = test.truth;
      row.predicted = eval::argmax(test.scores);
      row.scores = test.scores;
      predictions.rows.push_back(std::move(row));
    }
  }
  eval::sort_predictions(predictions);
  return predictions;
}

void remove_derived(const std::filesystem::path& run_folder) {
  std::error_code none;
  remove_whole(run_folder);
  std::filesystem::remove_all(run_folder / kPartial, none);
}

core::Result<std::vector<audit::FoldRecord>> fold_records(const std::filesystem::path& run_folder, const std::vector<std::string>& classes,
                                                          const std::vector<store::SealedFold>& folds) {
  std::vector<audit::FoldRecord> out;
  for (const store::SealedFold& fold : folds) {
    const std::filesystem::path file = epochs_file(run_folder, fold);
    std::optional<std::string> epochs;
    if (fold.files.contains("epochs.csv")) {
      MEXBENCH_ASSIGN(epochs, core::read_file(file));
    }
    MEXBENCH_ASSIGN(audit::FoldRecord record, audit::record_of(fold, classes, epochs, file.string()));
    out.push_back(std::move(record));
  }
  return out;
}

core::Result<RunResult> derive_run(const std::filesystem::path& run_folder, const std::string& label, core::Seed seed,
                                   const data::Manifest& manifest, const std::vector<store::SealedFold>& folds, audit::RunFacts facts) {
  MEXBENCH_ASSIGN(const eval::PredictionSet predictions, predictions_of(manifest, folds));
  MEXBENCH_ASSIGN(const std::vector<audit::FoldRecord> records, fold_records(run_folder, predictions.classes, folds));
  MEXBENCH_ASSIGN(std::vector<eval::FloorFold> trained_on, floor_folds(manifest, folds));
  MEXBENCH_ASSIGN(const eval::Floor floor, eval::floor_of(predictions, std::move(trained_on)));
  const FoldCount count{.sealed = folds.size(), .planned = facts.planned_folds};
  facts.predictions = predictions;
  facts.metrics = eval::evaluate(predictions);
  const audit::Audit audit = audit::audit_run(records, manifest, facts);
  MEXBENCH_ASSIGN(auto intervals, eval::intervals_of(predictions));
  RunResult result{.folds = count,
                   .label = label,
                   .seed = seed,
                   .metrics = std::move(*facts.metrics),
                   .intervals = std::move(intervals),
                   .verdict = std::string(audit::to_string(audit.verdict)),
                   .reasons = audit.reasons};
  if (!count.whole()) remove_whole(run_folder);
  const std::filesystem::path folder = count.whole() ? run_folder : run_folder / kPartial;
  const auto write = [&](const char* name, nlohmann::json content) {
    if (!count.whole()) content["folds_done"] = {{"sealed", count.sealed}, {"planned", count.planned}};
    return store::write_json(folder / name, content);
  };
  MEXBENCH_TRY(core::write_file_atomic(folder / "predictions.csv", eval::to_csv(predictions), "predictions.csv"));
  MEXBENCH_TRY(write("metrics.json", eval::to_json(result.metrics)));
  MEXBENCH_TRY(write("floor.json", eval::to_json(floor)));
  MEXBENCH_TRY(write("audit.json", audit::to_json(audit)));
  MEXBENCH_ASSIGN(const FromEpochs recorded, from_epochs(run_folder, predictions.classes, manifest, folds));
  std::error_code none;
  for (const auto& [name, content] : {std::pair{"best_epoch.json", &recorded.best}, std::pair{"curves.json", &recorded.curves}}) {
    if (!content->is_null()) {
      MEXBENCH_TRY(write(name, *content));
    } else {
      std::filesystem::remove(folder / name, none);
    }
  }
  if (count.whole()) std::filesystem::remove_all(run_folder / kPartial, none);
  return result;
}

std::string summary_csv(const std::vector<RunResult>& runs) {
  std::string out = "model,seed,scope,clips,subjects,uf1,uf1_low,uf1_high,uar,uar_low,uar_high,accuracy,verdict\n";
  for (const RunResult& run : runs) {
    append_row(out, run, "all", run.metrics.scopes.at("all"));
    for (const auto& [scope, metrics] : run.metrics.scopes) {
      if (scope != "all") append_row(out, run, scope, metrics);
    }
  }
  return out;
}

}  // namespace mexbench::run
