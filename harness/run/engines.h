// The engines of an experiment's models: what the plan decides, what a run that was begun stays on, and how people are told.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/experiment.h"
#include "harness/core/diagnostic.h"
#include "harness/data/adaptation.h"
#include "harness/engine/support.h"
#include "harness/run/catalogue.h"
#include "harness/run/run_plan.h"

namespace mexbench::run {

// What computes a model that goes with the data, and why; nothing when it is no network, or what is wished for can't be had: then that is
// among the problems, where it is written. `params` are complete, `size` is that of the images that the model is shown.
[[nodiscard]] std::optional<engine::Choice> engine_of(const config::ModelSpec& model, const ModelFacts& facts, const nlohmann::json& params,
                                                      data::ImageSize size, std::vector<core::Diagnostic>& problems);

// Where `engine: auto` leaves it open, the engine that a run of this science is on: what it comes to may have changed since.
void keep_engine(config::ModelSpec& model, const nlohmann::json& science);
// The same for each model of which `experiment_folder` has a run.
void keep_engines(config::ExperimentSpec& experiment, const std::filesystem::path& experiment_folder);

// One line for each model that an engine computes, in the order of the models: "ststnet: engine fused". LibTorch without a reason is what
// goes without saying.
[[nodiscard]] std::vector<std::string> engine_lines(const ExperimentPlan& plan);

}  // namespace mexbench::run
