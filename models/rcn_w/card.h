#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard rcn_w_card();

}  // namespace mexbench::models
