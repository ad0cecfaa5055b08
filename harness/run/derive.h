// Files that follow from sealed folds: predictions.csv, metrics.json, floor.json, audit.json, best_epoch.json and curves.json of a run,
// summary.csv of an experiment. A run that lacks folds has those of the sealed ones in its folder `partial`, and each says of how many
// folds it is: no file of a part can be taken for one of the whole. Deleting and rebuilding them gives the same bytes: nothing but seals
// and the manifest goes in.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/audit/records.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"
#include "harness/stats/bootstrap.h"
#include "harness/store/fold_store.h"

namespace mexbench::run {

// The folder in a run's folder with the derived files of a part.
inline constexpr const char* kPartial = "partial";

// One row per test clip, with scores and their argmax. kData when a seal names a clip the manifest does not have.
[[nodiscard]] core::Result<eval::PredictionSet> predictions_of(const data::Manifest& manifest, const std::vector<store::SealedFold>& folds);

// The folds of a run: those that are sealed, and all.
struct FoldCount {
  std::size_t sealed = 0;
  std::size_t planned = 0;
  [[nodiscard]] bool whole() const { return sealed == planned; }
};

struct RunResult {
  FoldCount folds;
  std::string label;
  core::Seed seed;
  eval::Metrics metrics;
  std::map<std::string, stats::ScoreIntervals> intervals;  // by scope
  std::string verdict;
  std::vector<std::string> reasons;
};

// Removes the files of a run, whole or part: no fold of it is sealed.
void remove_derived(const std::filesystem::path& run_folder);

// Writes the files into the run folder, or into `partial` in it, which is removed when the run is whole; best_epoch.json and curves.json
// only when every fold recorded its epochs, otherwise those that are there are removed. `folds` are those that are sealed; `facts` what the
// audit is to know of the run beside them, with the number of its folds, and without predictions and metrics, which are made here. The
// verdict on a part is UNAUDITED at best.
[[nodiscard]] core::Result<RunResult> derive_run(const std::filesystem::path& run_folder, const std::string& label, core::Seed seed,
                                                 const data::Manifest& manifest, const std::vector<store::SealedFold>& folds,
                                                 audit::RunFacts facts);

// The folds as the audit takes them, with what the epochs.csv of those that kept one says. Fails with kData when such a file is none.
[[nodiscard]] core::Result<std::vector<audit::FoldRecord>> fold_records(const std::filesystem::path& run_folder,
                                                                        const std::vector<std::string>& classes,
                                                                        const std::vector<store::SealedFold>& folds);

// summary.csv: one row per run and scope, `all` first. A score without an interval (stats/bootstrap.h says when) has empty bounds.
[[nodiscard]] std::string summary_csv(const std::vector<RunResult>& runs);

}  // namespace mexbench::run
