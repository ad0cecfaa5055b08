#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard alexnet_card();

}  // namespace mexbench::models
