// Adapter `mmew`: MMEW (Ben et al., IEEE TPAMI 2022). Documented, unverified.
//
//   Micro_Expression/happiness/S03-01-002/1.jpg       as shipped
//   Micro_Expression/S03/happiness/S03-01-002/1.jpg   as documented
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::mmew {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::mmew
