// What mexbench knows of the chance baselines without running them. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard chance_card();

}  // namespace mexbench::models
