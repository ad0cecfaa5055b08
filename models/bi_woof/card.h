// What mexbench knows of Bi-WOOF without running it. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard bi_woof_card();

}  // namespace mexbench::models
