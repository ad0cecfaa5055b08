#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "harness/core/result.h"
#include "harness/engine/description.h"

namespace mexbench::models {

[[nodiscard]] core::Result<engine::Description> ststnet_description(const nlohmann::json& params, std::int64_t height, std::int64_t width);

}  // namespace mexbench::models
