// What mexbench knows of LBP-TOP without running it. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard lbp_top_card();

}  // namespace mexbench::models
