// An arm is one side of a comparison that scripts/bench makes: a process that prepares itself, waits for the others, does a fixed
// amount of work and says how long it took. The arms here call the libraries of this repository; those of tests/bench/python/reference do
// the same work in Python. Both keep to one protocol:
//
//   bench_arms NAME SETTINGS     SETTINGS is a JSON object; its keys stand above each arm below
//   stdout: ready                everything is loaded and warm
//   stdin:  a line               the other processes of the round are ready too
//   stdout: {"begin", "end", "work", ..., "process": {...}}      one line
//
// `begin` and `end` are seconds of the monotonic clock, which all processes of a machine share, so that the work of several can be added
// up and divided by the time from the first begin to the last end. Failures are one message on stderr and the exit code of its kind.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/train/recipe.h"

namespace mexbench::bench {

// Seconds of CLOCK_MONOTONIC, as Python's time.monotonic().
[[nodiscard]] double now();

// Says `ready` and waits. Fails with kFailed when the other side has closed stdin.
[[nodiscard]] core::Status wait_for_go();

// The sum over the lines of a file of /proc that begin alike, such as `VmHWM:   16124 kB`, in bytes; null where there is none.
[[nodiscard]] nlohmann::json kibibytes(const std::string& file, std::string_view beginning);

// {"peak_bytes": largest resident set so far, "private_bytes": memory that it wrote and shares with nobody, which is what one more such
// process adds, "blas": [file names of the loaded libraries], "allocator": what malloc() is}. Bytes are null where the system does not
// tell.
[[nodiscard]] nlohmann::json process_facts();

// Clips of a corpus as all arms read them: FILE.f32, float32 numbers of this machine, clips x channels x height x width, and FILE.json with
// the shape, class and subject of each clip, and answers of an imagined model.
struct Inputs {
  std::vector<float> numbers;
  std::vector<std::int64_t> shape;
  std::vector<std::size_t> labels;
  std::vector<std::size_t> answers;   // classes
  std::vector<std::string> subjects;  // dataset/raw-id
  std::size_t classes = 0;

  [[nodiscard]] std::size_t numbers_per_clip() const { return numbers.size() / labels.size(); }
  [[nodiscard]] model::TensorView clip(std::size_t index) const;
};
// Settings: inputs (path without ending), and optionally channels (positions of those to take, in order) and side (height and width that
// the images are brought to by taking the nearest pixel).
[[nodiscard]] core::Result<Inputs> read_inputs(const nlohmann::json& settings);

// Writes such files. Settings: out (path without ending), data (folder of MEXBENCH_DATA, or empty: random numbers of the same shape).
[[nodiscard]] core::Result<nlohmann::json> write_inputs(const nlohmann::json& settings);

// Writes the initial weights of a network as a state dictionary. Settings: model, params, out.
[[nodiscard]] core::Result<nlohmann::json> write_weights(const nlohmann::json& settings);

// The learner that a setting `engine` names, and a fitted model of it, for images of the inputs' size.
[[nodiscard]] core::Result<std::unique_ptr<model::Learner>> learner_of(const nlohmann::json& settings, const Inputs& inputs,
                                                                       const train::Recipe& recipe);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> fitted_of(const nlohmann::json& settings, const Inputs& inputs);

// Trains folds with the learner of an engine, one after the other, and evaluates the held-out clips after each epoch. Work is in
// fold-epochs. Settings: those of the inputs, model, params, engine (libtorch, or fused), train (the section of an experiment, complete;
// epochs included), subjects (one fold holds out each), warmup_epochs (of the first fold, before the clock runs), and optionally init
// (state dictionary to begin with), train_clips and test_clips (the first so many only), work_per_epoch (1). Result: also loss (of every
// counted epoch, fold by fold) and right (test clips recognised after the last epoch of each fold).
[[nodiscard]] core::Result<nlohmann::json> train(const nlohmann::json& settings);

// One clip at a time through FittedModel::predict(), back to back. Settings: those of the inputs, model, params, engine, weights, warmup,
// samples.
// Result: also seconds (every sample) and scores (of all clips, for comparison).
[[nodiscard]] core::Result<nlohmann::json> predict(const nlohmann::json& settings);

// Flow images of pairs of frames by compute_inputs(). Settings: folder (of NNN_onset.png and NNN_apex.png), pairs, method, threads, out
// (file for the float32 tensor: pairs x (u, v) x 28 x 28).
[[nodiscard]] core::Result<nlohmann::json> extract_flow(const nlohmann::json& settings);

// 10,000 subject-bootstrap draws of UF1, UAR, accuracy and F1 per class with their intervals. Settings: inputs, draws, repetitions.
// Result: also seconds (of each repetition), uf1 and uar, each [estimate, low, high].
[[nodiscard]] core::Result<nlohmann::json> bootstrap_scores(const nlohmann::json& settings);

}  // namespace mexbench::bench
