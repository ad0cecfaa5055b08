// Adapter `casme`: CASME (Yan et al., FG 2013), written from published loaders.
//
//   CASME_raw_selected/sub01/EP01_12/EP01_12-1.jpg ...   onset to offset, numbers padded from some clip on
//   Cropped/sub01/EP01_12/reg_EP01_12-1.jpg ...          faces
//
// Fourteen pairs of rows of the older sheet share subject and clip: their names get the onset (EP01_12_40).
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::casme {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::casme
