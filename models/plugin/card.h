// What mexbench knows of plugin files without opening one. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard plugin_card();

}  // namespace mexbench::models
