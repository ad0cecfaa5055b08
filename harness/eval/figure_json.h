// A Figure in JSON: a number, or {"value": null, "reason": "..."}. For the files of harness/eval and harness/latency.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/eval/metrics.h"

namespace mexbench::eval {

[[nodiscard]] nlohmann::json to_json(const Figure& figure);

// The member `key` of `owner`; throws what nlohmann throws when there is none. What is wrong with it goes to `problem` unless that tells
// something already.
[[nodiscard]] Figure figure_from_json(const nlohmann::json& owner, const char* key, std::string& problem);

}  // namespace mexbench::eval
