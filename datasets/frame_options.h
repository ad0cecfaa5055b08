// Options of every adapter whose clips are frames: what the tensor is made of them.
//
//   volume = 0   optical flow between onset and apex, as channels strain, v, u     recipe onset-apex-flow
//   volume = N   N grey frames at equal steps from onset to offset                 recipe frame-volume
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
using data::whole_option;

// flow, stretch, volume, side.
[[nodiscard]] std::vector<OptionDef> input_options();

// 0: flow.
[[nodiscard]] std::size_t volume_of(const nlohmann::json& options);

// Fails with kUsage: a volume of one frame, or options of flow beside a volume.
[[nodiscard]] core::Status check_input_options(const nlohmann::json& options);
[[nodiscard]] data::InputRecipe input_recipe(const nlohmann::json& options);

// Role and number of the frames the tensor is made of. A volume's lie at equal steps, to the nearest frame (halves to the later one);
// its apex is not asked for.
[[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> frames_of_input(const nlohmann::json& options, std::int64_t onset,
                                                                                std::int64_t apex, std::int64_t offset);

}  // namespace mexbench::datasets
