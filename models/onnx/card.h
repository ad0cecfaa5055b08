// What mexbench knows of onnx files without opening one. Torch-free.
#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard onnx_card();

}  // namespace mexbench::models
