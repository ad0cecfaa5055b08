// Makes networks of the constructors of the published code, as parity fixtures tell them. Torch-free to include.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::models {

// factory() of modules.h, but networks that are verified by fixtures take what the published class takes (published_params), and making
// one fails with kUsage when it can't be made of that. The other networks' parameters are ours, within their cards' ranges.
[[nodiscard]] core::Result<train::NetworkFactory> published_factory(std::string_view name, const nlohmann::json& constructor);

}  // namespace mexbench::models
