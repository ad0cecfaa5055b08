#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard rcn_s_card();

}  // namespace mexbench::models
