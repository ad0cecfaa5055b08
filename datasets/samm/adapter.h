// Adapter `samm`: SAMM (Davison et al., IEEE TAFFC 2018) as it is distributed: SAMM/006/006_1_2/006_05562.jpg ..., from onset to offset
// with the numbers of the sheet, padded to four digits in some clips and to five in others.
#pragma once

#include "datasets/frames/sheet_corpus.h"
#include "datasets/registry.h"

namespace mexbench::datasets::samm {

[[nodiscard]] frames::SheetCorpus corpus();
[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::samm
