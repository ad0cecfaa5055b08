// Adapter `synth`: a corpus that mexbench draws itself (harness/data/synth.h says how it lies on disk), so that every step from frames
// to report can be exercised, and tested against a truth that is known, without a licensed corpus.
//
// Input recipe `onset-apex-flow`: optical flow between onset and apex frame. Root must hold the corpus of exactly these options.
#pragma once

#include "datasets/registry.h"

namespace mexbench::datasets::synth {

[[nodiscard]] AdapterInfo info();

}  // namespace mexbench::datasets::synth
