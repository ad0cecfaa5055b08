#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard dual_inception_card();

}  // namespace mexbench::models
