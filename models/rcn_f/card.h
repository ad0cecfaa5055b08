#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard rcn_f_card();

}  // namespace mexbench::models
