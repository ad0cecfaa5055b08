#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard capsulenet_card();

}  // namespace mexbench::models
