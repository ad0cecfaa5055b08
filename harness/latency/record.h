// latency.json, schema "mexbench.latency/1": what `mexbench bench` measured of one run, in <out>/<experiment>/<label>/seed-<n>/ (a page on
// it is docs/latency.md). Durations are whole nanoseconds (`_ns`), read from CLOCK_MONOTONIC. Every sample is kept in
// latency_samples.csv beside it, whose SHA-256 stands in the record.
//
//   single-stream   one clip at a time, the next when the last has been answered, the fold's test clips in turn
//   repeated-input  the same with one clip again and again: a control, which must not be faster
//   offline         batches: a sample is a whole batch, its clips are answered together
//   thread-sweep    single-stream with more threads inside the library
//   end-to-end      from the files of a clip to its scores, one clip at a time
//
// The idea of scenarios, and of verdicts on measurements, is MLPerf Inference's (Reddi et al., ISCA 2020); the scenarios of the same names
// follow its definitions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/latency/machine.h"
#include "harness/latency/mer.h"
#include "harness/latency/samples.h"
#include "harness/latency/verdict.h"

namespace mexbench::latency {

inline constexpr std::string_view kSchema = "mexbench.latency/1";
inline constexpr const char* kRecordFile = "latency.json";
inline constexpr const char* kSamplesFile = "latency_samples.csv";
inline constexpr const char* kGoogleBenchmarkFile = "latency.gbench.json";

enum class Scenario { kSingleStream, kRepeatedInput, kOffline, kThreadSweep, kEndToEnd };
[[nodiscard]] std::string_view to_string(Scenario scenario);  // "single-stream", ...
[[nodiscard]] std::optional<Scenario> scenario_from(std::string_view text);

struct Series {
  std::string name;  // unique: "single-stream", "offline/64", "thread-sweep/2"
  Scenario scenario = Scenario::kSingleStream;
  std::int64_t batch = 1;         // clips of a sample
  std::int64_t threads = 1;       // inside the library
  std::int64_t warmup_count = 0;  // samples that were discarded first
  double warmup_seconds = 0.0;    // that they took
  double seconds = 0.0;           // from the begin of the first kept sample to the end of the last
  Summary summary;
  double clips_per_second = 0.0;  // batch * count / seconds
  core::Figure flops_per_second;  // FLOPs of a clip * clips_per_second
  core::Figure peak_share;        // of the peak on as many threads (Peak)
  std::vector<Rule> rules;

  [[nodiscard]] bool valid() const { return is_valid(rules); }
  [[nodiscard]] const Percentile* at(double percent) const;  // null when it is not among kPercents
  friend bool operator==(const Series&, const Series&) = default;
};

// A part of the way from files to scores. Times of all stages of one clip add up to its end-to-end sample, but for reading the clock.
struct Stage {
  std::string name;                // read | decode | detect and align | flow | compose | forward
  std::vector<std::string> parts;  // pipeline stages in it, in their order: "align", "crop"
  Summary summary;
  double share = 0.0;  // of all end-to-end time
  friend bool operator==(const Stage&, const Stage&) = default;
};

// From nothing to the first answer: a worker process is started, opens the model and answers one clip. Its input is in memory.
struct ColdStart {
  std::int64_t process_ns = 0;  // until the process can be spoken to
  std::int64_t load_ns = 0;     // weights read and the model made
  std::int64_t first_ns = 0;    // first forward pass
  std::int64_t total_ns = 0;    // as the starting process sees it
  friend bool operator==(const ColdStart&, const ColdStart&) = default;
};

// The fastest that floating-point arithmetic went on this machine, measured within the same bench.
struct Peak {
  std::string method;  // "fma": independent fused multiply-adds in registers, float32, no memory
  std::int64_t threads = 1;
  double flops_per_second = 0.0;
  friend bool operator==(const Peak&, const Peak&) = default;
};

struct Cost {
  core::Figure parameters;         // learnable numbers
  core::Figure flops;              // of one clip's forward pass (train/inspect.h); undefined for what is no network of ours
  core::Figure weight_bytes;       // size of the weight file, or of the state as it would be saved
  core::Figure peak_memory_bytes;  // most resident memory of the timing process up to the end of its first series
  core::Figure idle_memory_bytes;  // of the same process before it opened the model
  friend bool operator==(const Cost&, const Cost&) = default;
};

struct Record {          // NOLINT(bugprone-exception-escape): moving JSON throws nothing
  std::string measured;  // when it began: ISO 8601, UTC
  std::string experiment;
  std::string label;  // of the model in the experiment
  std::string model;  // its name in the catalogue
  core::Seed seed;
  std::string science_hash;      // of the run whose answers were compared
  std::string environment_hash;  // of the process that was timed
  nlohmann::json environment;    // as in run.json
  core::FoldId fold;
  std::vector<core::ClipId> clips;  // that were timed: the test clips of the fold
  std::string weights;              // loaded | kept | fitted again
  std::string weights_digest;
  Machine machine;
  std::string timed_region;  // in words: what is inside a sample
  nlohmann::json settings;   // the experiment's `latency`, with every default
  std::vector<Series> series;
  std::vector<Stage> stages;  // of the series end-to-end; empty when that was not timed
  std::vector<ColdStart> cold_starts;
  Cost cost;
  std::vector<Peak> peaks;
  std::optional<Mer> mer;      // nothing when neither single-stream nor end-to-end was timed
  std::vector<Rule> rules;     // of the measurement as a whole
  std::string samples_sha256;  // of latency_samples.csv
  std::int64_t samples_rows = 0;

  // VALID when neither a rule of the whole nor one of a series is broken.
  [[nodiscard]] bool valid() const;
  [[nodiscard]] const Series* find(std::string_view name) const;
  friend bool operator==(const Record&, const Record&) = default;
};

[[nodiscard]] nlohmann::json to_json(const Record& record);
// Fails with kData: something is missing or of another kind, a verdict or status does not follow from its figures, a percentile is out of
// order. `file` for messages.
[[nodiscard]] core::Result<Record> record_from_json(const nlohmann::json& source, const std::string& file);

// latency.json of a run's folder; nothing when there is none. Fails with kData when it is malformed, or was measured of a run with another
// science hash than this.
[[nodiscard]] core::Result<std::optional<Record>> read_record(const std::filesystem::path& run_folder, std::string_view science_hash);

}  // namespace mexbench::latency
