// The `latency` section of an experiment: what `mexbench bench` times, and how long. It can't change a run, and the thresholds by which a
// measurement is valid are not among it (latency/rules.h).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/problems.h"
#include "harness/config/schema.h"

namespace mexbench::config {

struct LatencySpec {
  std::vector<std::string> scenarios{"single-stream", "offline", "thread-sweep", "cold-start", "end-to-end"};
  std::optional<std::string> fold;  // its id; nothing: the first
  double min_seconds = 2.0;         // of kept samples of a series
  double max_seconds = 30.0;
  double warmup_seconds = 0.25;    // before them
  std::int64_t min_samples = 400;  // of answers one by one; of batches a sixteenth
  std::vector<std::int64_t> batches{1, 2, 4, 8, 16, 32, 64, 128, 256};
  std::vector<std::int64_t> threads;  // of the thread sweep; empty: from 1 to the processors of this machine
  std::int64_t repetitions = 9;       // passes that a series is taken in, Google Benchmark's repetitions
  std::int64_t cold_starts = 5;
  Place fold_where, threads_where;  // without a source: not given

  [[nodiscard]] bool times(std::string_view scenario) const;
};

[[nodiscard]] Type latency_type();
// `json` and `node`: the checked section.
[[nodiscard]] LatencySpec latency_of(const nlohmann::json& json, const Node& node);
// The section as JSON, with every value; `threads` as it was given.
[[nodiscard]] nlohmann::json to_json(const LatencySpec& spec);

}  // namespace mexbench::config
