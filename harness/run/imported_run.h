// Predictions that were made elsewhere, as a run folder: reports and comparisons take them beside runs of our own. What is not on record
// is not made up: such a run has no recipe, no environment and no times, and its verdict is UNAUDITED at best.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/audit/verdict.h"
#include "harness/config/experiment.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"
#include "harness/protocol/protocol.h"

namespace mexbench::run {

struct ImportedRun {
  std::string label;   // of the model, in reports
  std::string source;  // name of the file the predictions came from
  std::string digest;  // SHA-256 of it
  std::string redo;    // the command
};

// Writes run.json, manifest.lock.json, predictions.csv, metrics.json, floor.json and audit.json. `predictions` are joined to the manifest;
// one that names no fold gets the fold whose test clip it is by the protocol. The model is called `imported`. Fails as writing does.
[[nodiscard]] core::Status write_imported_run(const std::filesystem::path& folder, const ImportedRun& imported,
                                              const config::ExperimentSpec& experiment, const data::Manifest& manifest,
                                              const std::vector<protocol::FoldPlan>& folds, eval::PredictionSet predictions,
                                              const audit::Audit& audit);

}  // namespace mexbench::run
