// Adapters `casme3` and `casme3c`: CAS(ME)^3 (Li et al., IEEE TPAMI 2023), written from published loaders.
//
//   Part_A_ME_clip/frame/spNo.1_a_355/355.jpg ...   a micro-expression; the folder is called after subject, video and onset
//   part_A/spNO.1/a/color/1.jpg ...                 long videos
//
// Where the frames of part C lie was told by nobody: part_C/<subject>/<number of the clip>/ with or without a folder `color` is read.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::casme3 {

[[nodiscard]] AdapterInfo info();
[[nodiscard]] AdapterInfo part_c_info();

}  // namespace mexbench::datasets::casme3
