// Makes the networks of the cards in registry.h. Torch-free to include.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::models {

// A network with fresh weights from the process-wide generator, in training mode. `params` is checked as resolve_params does; kUsage when
// the name or a parameter is wrong.
[[nodiscard]] core::Result<std::shared_ptr<train::Network>> create(std::string_view name, const nlohmann::json& params);

// create() with these arguments, as learner.h wants it. Name and parameters are checked now.
[[nodiscard]] core::Result<train::NetworkFactory> factory(std::string_view name, const nlohmann::json& params);

}  // namespace mexbench::models
