// The parameters of constructors of the published code, as parity fixtures tell them. Torch-free.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "harness/core/result.h"
#include "models/registry.h"

namespace mexbench::models {

inline constexpr std::int64_t kLargestInteger = std::int64_t{1} << 20U;

// The parameters with the card's defaults filled in. A published constructor knows no ranges of ours: only names and types are checked, and
// the network itself says which values it can't be made of. As in Python, a whole number may be written as 3.0, and 0 or 1 stand for false
// and true; a list may have more entries than are used. Integers beyond kLargestInteger are refused: products of three of them fit. Fails
// with kUsage and one diagnostic per problem.
[[nodiscard]] core::Result<nlohmann::json> published_params(const ModelCard& card, const nlohmann::json& given);

}  // namespace mexbench::models
