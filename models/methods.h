// Makes the learners of cards whose kind is method: classical methods and baselines, which learn by a rule of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"

namespace mexbench::models {

// A learner of the method. `params` is checked as resolve_params does; kUsage when the name or a parameter is wrong.
[[nodiscard]] core::Result<std::unique_ptr<model::Learner>> method(std::string_view name, const nlohmann::json& params);

// What such a learner saved, to predict with again. kData when `state` (read from `file`) is not of this method with these parameters.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_method(std::string_view name, const nlohmann::json& params,
                                                                            const model::StateDict& state, std::string_view file);

}  // namespace mexbench::models
