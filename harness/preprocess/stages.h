// Recipe `stages`: a clip's frames go through the stages that its experiment lists. What each is stands in harness/data/stages.h, how it
// computes in the file of its family: align.h, geometry.cpp, interpolate.h, spot.h, magnify.h, flow.h, compose.h.
#pragma once

#include <span>

#include "harness/core/result.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {

[[nodiscard]] core::Status check_stages(const data::InputRecipe& recipe);
[[nodiscard]] core::Status run_stages(const ClipFiles& input, std::span<float> out);

}  // namespace mexbench::preprocess
