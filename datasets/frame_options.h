// Options of every adapter whose clips are frames: what the tensor is made of them.
//
//   preprocess   a list of stages (harness/data/stages.h)                             recipe stages
//   volume = N   N grey frames at equal steps from onset to offset                    recipe frame-volume
//   otherwise    optical flow between onset and apex, as channels strain, v, u        recipe onset-apex-flow
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "datasets/registry.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::datasets {

using data::choice_option;
using data::path_option;
using data::whole_option;

// preprocess, flow, stretch, volume, side.
[[nodiscard]] std::vector<OptionDef> input_options();

// Which frames of a clip its tensor is made of, and how.
struct InputPlan {
  enum class Frames { kOnsetAndApex, kSteps, kSpan };

  data::InputRecipe recipe;
  Frames frames = Frames::kOnsetAndApex;
  bool needs_apex = true;   // the frame that the corpus, or a rule, says is the apex
  bool finds_apex = false;  // a stage looks for it
};

// Fails with kUsage: a volume of one frame, options of one way beside another, stages that don't fit together.
[[nodiscard]] core::Result<InputPlan> plan_input(const nlohmann::json& options);

// Role and number of the frames the tensor is made of. Steps lie at equal distances, to the nearest frame (halves to the later one).
[[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> frames_of_input(const InputPlan& plan, const data::FrameSpan& span);

}  // namespace mexbench::datasets
