// Fills in a model's parameters, whatever is taken for a value. Not for other rooms.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/core/result.h"
#include "models/registry.h"

namespace mexbench::models {

// "did you mean 'dropout'?", or what there is.
[[nodiscard]] std::string suggestion(std::string_view seen, std::span<const std::string> known);

// The value as it is used, or the words for what is wanted instead.
using TakeParam = std::function<std::variant<nlohmann::json, std::string>(const ParamDef&, const nlohmann::json&)>;

// The parameters with the card's defaults; a `middle` one that is not given is left out. Fails with kUsage and one diagnostic for each
// unknown name and each value that is not taken.
[[nodiscard]] core::Result<nlohmann::json> fill_params(const ModelCard& card, const nlohmann::json& given, const TakeParam& take);

}  // namespace mexbench::models
