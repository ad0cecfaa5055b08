// Adapters `frames-csv` and `flow-images`: any corpus that one table describes (clip_table.h), so that nobody needs C++ to add one.
//
//   frames-csv    `path` is a folder of frames (jpg, png, bmp), or a video file, whose frames are numbered from `first` (1 when not given)
//                 (cards: datasets/frames_csv, datasets/meview)
//   flow-images   `path` is an image whose colour planes are u (R), v (G) and strain (B) of the flow from onset to apex
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::own {

[[nodiscard]] AdapterInfo frames_info();
[[nodiscard]] AdapterInfo flow_info();

// MEVIEW (Husak, Cech, Matas, CVWW 2017): a video for each clip, and nothing that a program can read about them. Documented, unverified.
[[nodiscard]] AdapterInfo meview_info();

}  // namespace mexbench::datasets::own
