#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard rcn_a_card();

}  // namespace mexbench::models
