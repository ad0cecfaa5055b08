// Adapter `casme_sq`: CAS(ME)^2 (Qu et al., IEEE TAFFC 2018), written from published loaders.
//
//   rawpic/s15/15_0101disgustingteeth/img001.jpg ...   long videos
//   selectedpic/s15/anger1_1/img557.jpg ...            one expression in a folder
//   cropped/15/anger1_1/img557.jpg ...                 faces
//
// The sheet numbers people from 1 to 22, folders from s15 to s40: its sheets `naming rule1` and `naming rule2` say which is which, and what
// the videos' codes mean.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::casme_sq {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::casme_sq
