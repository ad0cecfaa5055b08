// What mexbench knows of 3D-HOG without running it. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard hog3d_card();

}  // namespace mexbench::models
