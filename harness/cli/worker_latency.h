// The worker's side of `mexbench bench` (run/bench.h): opens the model of a fold task and times it. Nothing is judged here; the raw samples
// go back, with the scores that the timed calls gave.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/core/result.h"
#include "harness/run/channel.h"

namespace mexbench::cli {

// `time`: series of samples of one model; `first_answer`: opens the model and answers one clip, in a process that has done nothing yet.
[[nodiscard]] core::Result<nlohmann::json> latency_task(const nlohmann::json& request, run::Channel& channel);

}  // namespace mexbench::cli
