// What an audit looks at: what the worker of each fold recorded (sealed.json, epochs.csv), and what stands beside the folds (settings,
// manifest, derived files).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/truth.h"
#include "harness/eval/best_epoch.h"
#include "harness/eval/metrics.h"
#include "harness/store/fold_store.h"

namespace mexbench::audit {

// Parents of the clips that augmentation made in one phase (train, select, refit).
struct AugmentedRecord {
  std::string phase;
  std::vector<core::ClipId> parents;
};

// The clips that a step of the input was fitted on, and a digest of the numbers it learned.
struct FittedRecord {
  std::string step;  // normalise | pca
  std::vector<core::ClipId> clips;
  std::string digest;
};

// What epochs.csv of a fold says of the scores that were sealed, and of the epoch that was to be chosen.
struct EpochsRecord {
  bool whole = false;                 // the last phase has all epochs from 1 on: one whose scores were not finite has no rows
  std::int64_t last = 0;              // the last epoch of the last phase
  std::vector<std::int64_t> sealed;   // epochs of the last phase with exactly the sealed scores
  std::int64_t best_on_test = 0;      // of the last phase, as eval::best_of() finds it
  bool selected_whole = false;        // so has the phase `select`
  std::int64_t highest_selected = 0;  // the first epoch of the phase `select` with the highest score on the validation clips; 0: no such
  std::int64_t lowest_selected = 0;   // with the lowest, which is best where the score is a loss
};

// `epochs` of one fold, against the scores that were sealed and the truths of its test clips.
[[nodiscard]] EpochsRecord compare_epochs(const std::vector<eval::EpochScores>& epochs,
                                          const std::map<core::ClipId, std::vector<float>>& sealed,
                                          const std::map<core::ClipId, data::Truth>& truths);

struct FoldRecord {
  core::FoldId fold;
  std::string science_hash;
  std::string start = "fresh";  // fresh | pretrained | loaded; empty: not recorded
  std::vector<core::ClipId> train;
  std::vector<core::ClipId> validation;
  std::vector<core::ClipId> test;
  std::vector<AugmentedRecord> augmented;
  std::vector<FittedRecord> fitted{};
  std::int64_t epochs_trained = 0;           // passes behind the weights that gave the scores; 0: not trained in epochs
  std::vector<data::Truth> truths{};         // of `test`, as sealed; empty: not recorded
  std::vector<std::vector<float>> scores{};  // of `test`, as sealed; empty: not recorded
  std::optional<EpochsRecord> epochs{};      // nothing: the fold kept no epochs.csv
};

// A sealed fold as record, with what its epochs.csv says, whose content is `epochs_csv`, when it kept one. Fails with kData when that is no
// such file of this fold.
[[nodiscard]] core::Result<FoldRecord> record_of(const store::SealedFold& fold, const std::vector<std::string>& classes,
                                                 const std::optional<std::string>& epochs_csv, const std::string& file);

// What a run was to do, as far as rules ask for it. From the member `science` of run.json: all of it is under the hash that every fold was
// sealed with, so it can't be changed afterwards without the folds telling.
struct Settings {
  enum class Fitting { kEpochs, kOwnRule, kLoaded };

  std::string science_hash;                 // of the whole
  std::string manifest_hash;                // of the manifest that it covers
  std::vector<std::string> learning_steps;  // of the input, that are fitted in each fold
  Fitting fitting = Fitting::kEpochs;       // by a recipe in epochs, by the model's own rule, or elsewhere
  std::int64_t epochs = 0;                  // the recipe's
  bool selects = false;                     // inner_subjects; else fixed_epoch
  bool lowest = false;                      // the best epoch is the one with the lowest score: metric `loss`
  bool refits = false;                      // on training and validation clips together
};

// Fails with kData when it is no such member.
[[nodiscard]] core::Result<Settings> settings_of(const nlohmann::json& science, const std::string& file);

// What stands beside the folds. What is not given is not checked.
struct RunFacts {
  // The clips the protocol tests (holdout tests a part of the corpus). Empty: every clip of the manifest.
  std::vector<core::ClipId> planned_tests{};
  // The data that the model's card says its loaded weights or starting values have seen; nothing when it does not say. It counts whatever
  // the folds say of their start. Names stand for datasets as data/corpus_names.h says; one that only looks like a corpus leaves the rule
  // not checked.
  std::optional<std::vector<std::string>> pretraining{};
  std::optional<Settings> settings{};
  std::optional<eval::PredictionSet> predictions{};  // predictions.csv
  std::optional<eval::Metrics> metrics{};            // metrics.json
  bool plan_known = true;                            // false: how the protocol deals its folds is not what it was when the run was planned
  std::size_t planned_folds = 0;                     // 0: those that are given. With fewer sealed the verdict is UNAUDITED at best
};

}  // namespace mexbench::audit
