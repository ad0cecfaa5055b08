#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard microexpstcnn_card();

}  // namespace mexbench::models
