// Adapter `dfme`: DFME (Zhao et al., IEEE TAFFC 2023), the public challenge's data. Documented, unverified.
//
//   train_data/sub0003_01/00000.png ...   numbered from 0; each clip has a frame rate of its own
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::dfme {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::dfme
