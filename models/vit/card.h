#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard vit_card();

}  // namespace mexbench::models
