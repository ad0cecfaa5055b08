// The tasks a worker knows. Each gives its `done` message or an error; progress goes over the channel.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/core/result.h"
#include "harness/run/channel.h"

namespace mexbench::cli {

[[nodiscard]] core::Result<nlohmann::json> handle_task(const nlohmann::json& request, run::Channel& channel);

}  // namespace mexbench::cli
