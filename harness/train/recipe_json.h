// The `train` section of an experiment, checked and complete, as a Recipe. Torch-free.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/train/recipe.h"

namespace mexbench::train {

// Every key that has a default must be there. Throws nlohmann::json::exception when one is missing or of another type: such a section
// was never checked.
[[nodiscard]] Recipe recipe_from_json(const nlohmann::json& train);

}  // namespace mexbench::train
