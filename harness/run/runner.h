// Runs an experiment: plan -> workers -> sealed folds -> derived files. `run`, `resume` and `reproduce` all call this; what is sealed
// already is kept, so running again and resuming are the same thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/experiment.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/run/catalogue.h"
#include "harness/run/derive.h"
#include "harness/run/inputs.h"
#include "harness/run/run_plan.h"

namespace mexbench::run {

// A loaded experiment file, as harness/config gives it.
struct ExperimentInput {
  config::ExperimentSpec spec;
  std::string given_yaml;     // experiment.yaml
  std::string resolved_yaml;  // resolved.yaml
  std::function<nlohmann::json(const config::RunSpec&)> science_of;
};

struct RunOptions {
  std::filesystem::path out = "runs";
  std::size_t jobs = 1;                 // worker processes
  std::optional<std::uint64_t> memory;  // most private bytes of each worker that computes folds
  std::optional<CacheOptions> cache;    // nothing: every tensor is computed
  bool fresh = false;                   // sets aside what stands at the same place
  std::vector<std::string> only_folds;  // fold ids; empty: all
  // Runs whose folds are computed; the others are looked at and left as they are. Empty: all.
  std::function<bool(const config::RunSpec&)> only_runs{};
  bool reverse = false;   // last fold first: changes nothing but the order of work
  bool profile = false;   // say where the time went
  bool resuming = false;  // experiment.yaml and resolved.yaml stand in the folder and stay as they are
  std::string redo;       // the command that does this again
  Pins pins = Pins::kEnforce;
};

struct FailedFold {
  std::string label;
  core::Seed seed;
  std::string fold;
  std::string reason;
};

struct RunReport {
  std::filesystem::path folder;  // <out>/<experiment>
  std::size_t planned = 0;       // folds of all runs
  std::size_t sealed = 0;        // of them, now
  std::size_t computed = 0;      // sealed by this call
  std::vector<FailedFold> failed;
  std::vector<RunResult> results;    // of complete runs
  std::vector<RunResult> parts;      // of runs that lack folds, from those that are sealed
  std::map<std::string, bool> pins;  // pinned weight files that were read, by name: whether the digest holds (Pins::kReport)
  std::vector<core::Diagnostic> warnings;
  bool interrupted = false;
  double seconds = 0.0;   // of this call
  core::Profile profile;  // RunOptions::profile; of all workers and this process together

  [[nodiscard]] bool complete() const { return sealed == planned; }
};

// Progress goes to stderr. Fails before anything runs on a bad plan (kUsage, kData), or when something else stands at the same place
// (kUsage, naming what changed). Failed folds are no failure of this function: they are in the report.
[[nodiscard]] core::Result<RunReport> run_experiment(const ExperimentInput& input, const Catalogue& catalogue, const RunOptions& options);

// Has a worker render a generated corpus into `root`, that of adapter `synth`, or `lookalike` (datasets/lookalike); nothing happens when it
// is there already. What was rendered so far is removed when it fails or is interrupted.
[[nodiscard]] core::Status render_corpus(const std::string& adapter, const nlohmann::json& options, const std::filesystem::path& root,
                                         std::size_t threads);

// The manifest of the experiment's corpus; a generated corpus is rendered below `out` when it is not there. `dataset.root` is set.
[[nodiscard]] core::Result<data::Manifest> load_manifest(config::DatasetSpec dataset, const Catalogue& catalogue,
                                                         const std::filesystem::path& out, std::size_t threads);

}  // namespace mexbench::run
