#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard resnet18_card();

}  // namespace mexbench::models
