#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard ststnet_card();

}  // namespace mexbench::models
