#include "harness/run/imported_run.h"

#include <map>
#include <utility>

#include "harness/core/files.h"
#include "harness/core/version.h"
#include "harness/eval/floor.h"
#include "harness/run/run_folder.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace {

using nlohmann::json;

json run_json_of(const ImportedRun& imported, const config::ExperimentSpec& experiment, const data::Manifest& manifest, std::size_t folds,
                 const audit::Audit& audit) {
  const json science{{"predictions", imported.digest}, {"manifest", data::manifest_hash(manifest)}};
  return {{"schema", "mexbench.run/1"},
          {"experiment", experiment.name},
          {"description", experiment.description},
          {"model",
           {{"label", imported.label},
            {"name", "imported"},
            {"title", "predictions made elsewhere"},
            {"params", {{"file", imported.source}, {"sha256", imported.digest}}},
            {"input_channels", json::array()},
            {"adaptation", json::object()},
            {"trained", false},
            {"weights", nullptr},
            {"file", nullptr},
            {"init", nullptr},
            {"pretraining", nullptr},
            {"verified", "none"},
            {"paper", ""},
            {"parameters", nullptr}}},
          {"seed", 0},
          {"dataset", {{"adapter", manifest.adapter}, {"label_map", manifest.label_map.id}, {"notes", manifest.notes}}},
          {"protocol", {{"name", experiment.protocol.name}, {"options", experiment.protocol.options}}},
          {"train", nullptr},
          {"science_hash", store::hash_json(science)},
          {"science", science},
          {"environment_hash", store::hash_json(json::object())},  // of nothing: none is on record
          {"environment", json::object()},
          {"mexbench_version", core::kVersion},
          {"command_redo", imported.redo},
          {"started", nullptr},
          {"ended", nullptr},
          {"wall_seconds", nullptr},
          {"host", nullptr},
          {"jobs", nullptr},
          {"folds", {{"planned", folds}, {"sealed", folds}, {"failed", json::array()}}},
          {"state", "complete"},
          {"verdict", audit::to_string(audit.verdict)},
          {"verdict_reasons", audit.reasons},
          {"published", published_json(experiment)},
          {"statistics", statistics_json(experiment.statistics)},
          {"evidence", evidence_json(experiment.evidence)}};
}

}  // namespace

core::Status write_imported_run(const std::filesystem::path& folder, const ImportedRun& imported, const config::ExperimentSpec& experiment,
                                const data::Manifest& manifest, const std::vector<protocol::FoldPlan>& folds,
                                eval::PredictionSet predictions, const audit::Audit& audit) {
  const std::map<core::ClipId, core::FoldId> test_folds = protocol::test_folds(folds, manifest);
  for (eval::Prediction& row : predictions.rows) row.fold = test_folds.at(row.clip);
  std::vector<eval::FloorFold> trained;
  for (const protocol::FoldPlan& fold : folds) {
    eval::FloorFold counts{.fold = fold.id, .train = std::vector<std::int64_t>(manifest.label_map.classes.size(), 0)};
    for (const auto* side : {&fold.train, &fold.validation}) {
      for (const std::size_t clip : *side) eval::count_truth(manifest.clips[clip].truth, counts.train);
    }
    trained.push_back(std::move(counts));
  }
  MEXBENCH_ASSIGN(const eval::Floor floor, eval::floor_of(predictions, std::move(trained)));
  json lock = data::to_json(manifest);
  lock["sha256"] = data::manifest_hash(manifest);
  MEXBENCH_TRY(store::write_json(folder / "manifest.lock.json", lock));
  MEXBENCH_TRY(core::write_file_atomic(folder / "predictions.csv", eval::to_csv(predictions), "predictions.csv"));
  MEXBENCH_TRY(store::write_json(folder / "metrics.json", eval::to_json(eval::evaluate(predictions))));
  MEXBENCH_TRY(store::write_json(folder / "floor.json", eval::to_json(floor)));
  MEXBENCH_TRY(store::write_json(folder / "audit.json", audit::to_json(audit)));
  return store::write_json(folder / "run.json", run_json_of(imported, experiment, manifest, folds.size(), audit));
}

}  // namespace mexbench::run
