// Adapter `fourd`: 4DME (Li et al., IEEE TAFFC 2023), grey camera. Documented, unverified.
//
//   gray_micro/<sub_ID>/<fold_name>/<n>.jpg
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::fourd {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::fourd
