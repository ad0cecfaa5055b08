// Adapter `casme2`: CASME II (Yan et al., PLoS ONE 2014) as it is distributed: one of the three image archives and a coding sheet.
//
//   CASME2-RAW/sub01/EP02_01f/img1.jpg ...             whole episodes
//   CASME2_RAW_selected/sub01/EP02_01f/img46.jpg ...   onset to offset
//   Cropped/sub01/EP02_01f/reg_img46.jpg ...           onset to offset, registered and cropped faces
//
// Frame numbers are those of the sheet in all three.
#pragma once

#include "datasets/frames/sheet_corpus.h"
#include "datasets/registry.h"

namespace mexbench::datasets::casme2 {

[[nodiscard]] frames::SheetCorpus corpus();
[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::casme2
