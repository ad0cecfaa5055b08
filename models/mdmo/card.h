// What mexbench knows of MDMO without running it. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard mdmo_card();

}  // namespace mexbench::models
