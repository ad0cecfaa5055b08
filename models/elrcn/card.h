#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard elrcn_card();

}  // namespace mexbench::models
