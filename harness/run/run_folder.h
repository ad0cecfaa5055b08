// The files of one run that say what it is: run.json and manifest.lock.json.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/run/run_plan.h"

namespace mexbench::run {

struct RunState {
  std::string state;  // incomplete | interrupted | complete
  std::size_t sealed = 0;
  nlohmann::json failed = nlohmann::json::array();  // [{fold, reason}]
  std::string verdict;
  std::vector<std::string> reasons;
  std::string started;  // ISO 8601, UTC
  std::string ended;
  double wall_seconds = 0.0;  // over all calls
  nlohmann::json environment;
  std::size_t jobs = 0;
  std::string redo;
  std::optional<std::int64_t> parameters;  // learnable numbers of the model as it was run
};

[[nodiscard]] nlohmann::json run_json(const config::ExperimentSpec& experiment, const data::Manifest& manifest, const RunPlan& run,
                                      const RunState& state);

// Members of run.json that come from the experiment alone.
[[nodiscard]] nlohmann::json published_json(const config::ExperimentSpec& experiment);
[[nodiscard]] nlohmann::json statistics_json(const config::StatisticsSpec& statistics);
[[nodiscard]] nlohmann::json evidence_json(const config::EvidenceSpec& evidence);

// "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

// Makes the folder ready: refuses another science at the same place, saying what changed, or sets it aside when `fresh`. Returns the
// run.json that was there, or null. Writes manifest.lock.json.
[[nodiscard]] core::Result<nlohmann::json> open_run_folder(const RunPlan& run, const data::Manifest& manifest, bool fresh);

}  // namespace mexbench::run
