// From what a timing worker answers to the record of a measurement: names for rows, percentiles, rules, MER terms. Pure: no clock, no file.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/config/latency.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/latency/google_benchmark.h"
#include "harness/latency/record.h"
#include "harness/latency/sample_file.h"

namespace mexbench::run {

// A series that a worker is asked for.
struct SeriesPlan {
  std::string name;
  latency::Scenario scenario = latency::Scenario::kSingleStream;
  std::int64_t batch = 1;
  std::int64_t threads = 1;
};
// In the order they are timed. `cores`: the threads of a sweep when the section names none.
[[nodiscard]] std::vector<SeriesPlan> series_of(const config::LatencySpec& spec, std::int64_t cores);

// How long a series is sampled (latency::SamplerOptions) and what is called, as the worker takes it.
[[nodiscard]] nlohmann::json series_request(const SeriesPlan& plan, const config::LatencySpec& spec);

// What the fold's test clips are, in the order that the worker is shown them.
struct TimedClips {
  std::vector<core::ClipId> ids;
  std::vector<std::int64_t> frames;  // that the pipeline reads of each; empty: they are no frames
  std::vector<float> sealed;         // scores of the run, row-major clips x classes
  std::size_t classes = 0;
};

struct Measurement {  // NOLINT(bugprone-exception-escape): moving JSON throws nothing
  latency::Record record;
  std::vector<latency::SampleRows> samples;
  std::vector<latency::SeriesPasses> passes;
};

// Fills in what follows from the worker's answer: series, stages, rules, cost, MER terms. `record` has all the rest, peaks among it. Fails
// with kFailed when the answer is not of these series.
[[nodiscard]] core::Result<Measurement> measured(latency::Record record, const std::vector<SeriesPlan>& plans, const TimedClips& clips,
                                                 const data::Manifest& manifest, const nlohmann::json& answer);

}  // namespace mexbench::run
