// What mexbench knows of torchscript files without opening one. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard torchscript_card();

}  // namespace mexbench::models
