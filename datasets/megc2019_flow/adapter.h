// Adapter `megc2019-flow`: the MEGC 2019 composite (CASME II, SAMM, SMIC-HS) as STSTNet's optical-flow images, one per clip.
//
// On disk: <fold>/u_test/<class>/<fold>_<clip> .png, one fold folder per person (`sub01` CASME II, `s01` SMIC, `006` SAMM); the blank
// before .png belongs to the name. Images are 28 x 28, 8-bit RGB: R horizontal flow u, G vertical flow v, B optical strain, each channel
// stretched to 0..255. The tensor has them as strain, v, u, the order of a reader that yields B, G, R, which released weights expect.
//
// Labels come from the official ground truth, joined by clip id; the class folder must agree with it. A complete corpus has 442 clips of
// 68 subjects: casme2 145 of 24, samm 133 of 28, smic 164 of 16.
//
// Clips are ordered by class folder, then file name as bytes: the order in which published code that does not shuffle trains.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::megc2019_flow {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::megc2019_flow
