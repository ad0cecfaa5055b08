// Applies a model to clips that no experiment tests: a fold's weights that a run kept, or weights that an experiment loads. Clips go
// through the run's own input recipe and adaptation, and through the same worker tasks as its folds, so that the clips a fold tested get
// the scores it gave them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/load.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/run/catalogue.h"
#include "harness/run/run_plan.h"

namespace mexbench::run {

// A model with its weights.
struct Predictor {
  data::Manifest manifest;  // of its experiment
  RunPlan run;
  std::size_t fold = 0;
  std::filesystem::path weights;
  std::vector<std::size_t> learned;  // clips of `manifest` that the fold holds for fitting; empty when no fold was named
  std::string environment_hash;      // of the process that fitted it; empty when it was fitted elsewhere

  [[nodiscard]] const core::FoldId& fold_id() const { return run.folds[fold].id; }
};

// The model of one fold of a run, `<out>/<experiment>/<label>/seed-<n>`; without `fold`, of its only one, or with the weights that all
// folds load. The corpus is not needed. Fails with kData when the folder is none, the fold is not sealed, or the run kept no weights; with
// kUsage when the experiment's resolved.yaml is no longer that of the run.
[[nodiscard]] core::Result<Predictor> predictor_of_run(const std::filesystem::path& folder, const std::optional<std::string>& fold,
                                                       const config::Vocabulary& vocabulary, const Catalogue& catalogue);

struct ModelChoice {
  std::optional<std::string> label;  // without it, the only model
  std::optional<core::Seed> seed;    // without it, the only seed
  std::optional<std::string> fold;   // without it, weights that all folds share
};
// A model of an experiment that loads its weights. `manifest` is the experiment's. Fails with kUsage when the choice names none or several,
// or a model that the experiment trains.
[[nodiscard]] core::Result<Predictor> predictor_of_experiment(const config::LoadedExperiment& experiment, data::Manifest manifest,
                                                              const Catalogue& catalogue, const ModelChoice& choice);

// The clips of another corpus for this model: its label map is put in the place of theirs. kData when they are not made by the recipe,
// channels and size that the model's data are made by.
[[nodiscard]] core::Result<data::Manifest> clips_of(data::Manifest corpus, const Predictor& predictor);

struct ClipPrediction {
  std::string clip;
  std::size_t prediction = 0;  // a class, by its place
  std::vector<float> scores;   // one per class
};
struct Predictions {
  std::vector<std::string> classes;
  std::vector<ClipPrediction> rows;  // in the order of the clips
  std::vector<core::Diagnostic> warnings;
};
// Decodes, adapts and predicts in a worker, with `threads` for decoding. Warns of clips that are, file by file, the same bytes as clips the
// model learned from: their prediction is no evidence. Fails with kData (a file that does not decode or has another size, weights that do
// not fit), kUsage (the model does not take such clips), kFailed (a score that is not finite).
[[nodiscard]] core::Result<Predictions> predict(const Predictor& predictor, const data::Manifest& clips, std::size_t threads);

// clip,prediction,score:<class>...; scores %.9g.
[[nodiscard]] std::string to_csv(const Predictions& predictions);

}  // namespace mexbench::run
