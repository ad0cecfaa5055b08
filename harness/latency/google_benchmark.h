// The same measurement in the JSON of Google Benchmark (json_schema_version 1, as release 1.7 writes it), so that its tools read it:
// tools/compare.py benchmarks before.json after.json. Each series is a benchmark, called <label>/<series>, each pass of the sampler a
// repetition; behind them stand the aggregates _mean, _median, _stddev and _cv. Times are per sample, in nanoseconds; of a batch per batch.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/latency/record.h"
#include "harness/latency/sampler.h"

namespace mexbench::latency {

struct SeriesPasses {
  std::string series;  // of the record
  std::vector<Pass> passes;
};

[[nodiscard]] nlohmann::json google_benchmark_json(const Record& record, const std::vector<SeriesPasses>& series);

}  // namespace mexbench::latency
