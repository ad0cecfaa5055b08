// Files that follow from sealed folds: predictions.csv, metrics.json, floor.json, audit.json and best_epoch.json of a run, summary.csv of
// an experiment. Deleting and rebuilding them gives the same bytes: nothing but seals and the manifest goes in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"
#include "harness/store/fold_store.h"

namespace mexbench::run {

// One row per test clip, with scores and their argmax. kData when a seal names a clip the manifest does not have.
[[nodiscard]] core::Result<eval::PredictionSet> predictions_of(const data::Manifest& manifest, const std::vector<store::SealedFold>& folds);

struct RunResult {
  std::string label;
  core::Seed seed;
  eval::Metrics metrics;
  std::string verdict;
  std::vector<std::string> reasons;
};

// Writes the files into the run folder; best_epoch.json only when every fold recorded its epochs, otherwise one that is there is removed.
// `planned_tests`: the clips the protocol tests. `pretraining`: what the model's card declares.
[[nodiscard]] core::Result<RunResult> derive_run(const std::filesystem::path& run_folder, const std::string& label, core::Seed seed,
                                                 const data::Manifest& manifest, const std::vector<core::ClipId>& planned_tests,
                                                 const std::vector<store::SealedFold>& folds,
                                                 const std::optional<std::vector<std::string>>& pretraining = std::nullopt);

// summary.csv: one row per run and scope, `all` first.
[[nodiscard]] std::string summary_csv(const std::vector<RunResult>& runs);

}  // namespace mexbench::run
