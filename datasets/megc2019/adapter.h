// Adapter `megc2019`: the composite of MEGC 2019 (See et al., FG 2019) from the frames of CASME II, SMIC-HS and SAMM as they are
// distributed. Labels are those of the three corpora's own label maps `megc2019`, with CASME II's sheet of 2014. Where the official list
// (combined_3class_gt.csv) is given, every clip of it must be found with its class, and no other.
//
// The three lie below one root, each in a folder of its id or as the options say.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::megc2019 {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::megc2019
