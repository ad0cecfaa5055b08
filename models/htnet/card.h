#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard htnet_card();

}  // namespace mexbench::models
