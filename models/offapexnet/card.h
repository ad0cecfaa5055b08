#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard offapexnet_card();

}  // namespace mexbench::models
