// `mexbench bench`: times the models of an experiment on the test clips of one fold, and holds the measurement to the rules of
// harness/latency. What is timed is what was evaluated: the fold is run first where it is not sealed, its weights are opened, and the
// scores that the timed calls give are compared with the sealed ones.
//
// The weights are those that a model loads, or that the run kept; where it kept none, the fold is fitted once more and must come to the
// sealed digest. Each model is timed in a worker process of its own, one after the other, while nothing else of mexbench runs.
//
// Writes latency.json, latency_samples.csv and latency.gbench.json into the run's folder (docs/file-formats.md). No other file depends on
// them; `run` and `resume` leave them alone, and `--fresh` sets them aside with the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/latency/record.h"
#include "harness/run/catalogue.h"
#include "harness/run/runner.h"

namespace mexbench::run {

struct BenchOptions {
  std::filesystem::path out = "runs";
  std::size_t jobs = 1;    // worker processes where a fold has to be computed, and threads that decode; the timing has one
  std::int64_t cores = 1;  // processors that this process may use: the most threads that are timed
  std::optional<CacheOptions> cache;
  std::vector<std::string> models;  // labels; empty: all
  std::string redo;                 // the command that runs the experiment, for run.json
};

struct BenchReport {
  std::filesystem::path folder;          // <out>/<experiment>
  std::vector<latency::Record> records;  // in the order of the models
  std::vector<core::Diagnostic> warnings;

  [[nodiscard]] bool valid() const;
};

// The first seed is timed. Fails with kUsage (a label, fold or number of threads that there is not, with its place), kData (weights that
// do not come to the sealed digest), kFailed (a fold or a call of the model fails), kInterrupted. An INVALID measurement is no failure.
[[nodiscard]] core::Result<BenchReport> bench(const ExperimentInput& input, const Catalogue& catalogue, const BenchOptions& options);

}  // namespace mexbench::run
