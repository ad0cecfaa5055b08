// Adapter `samm_lv`: SAMM Long Videos (Yap et al., FG 2020), written from published loaders.
//
//   SAMM_longvideos/006_1/006_1_0001.jpg ...   a long video with several movements, numbered from 1
//
// A clip's video is the first two parts of its name: 006_1_1 is in 006_1. The sheet has no emotions.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::samm_lv {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::samm_lv
