#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard sssnet_card();

}  // namespace mexbench::models
