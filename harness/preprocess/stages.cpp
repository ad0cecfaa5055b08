#include "harness/preprocess/stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "harness/data/stages.h"
#include "harness/preprocess/clip_frames.h"
#include "harness/preprocess/clip_state.h"

namespace mexbench::preprocess {
namespace {

constexpr std::array<std::pair<std::string_view, StageWork>, 12> kWork = {{{"align", align_stage},
                                                                           {"crop", crop_stage},
                                                                           {"dynamic-image", dynamic_image_stage},
                                                                           {"flow", flow_stage},
                                                                           {"flow-image", flow_image_stage},
                                                                           {"frame-volume", frame_volume_stage},
                                                                           {"landmark-mosaic", landmark_mosaic_stage},
                                                                           {"landmarks", landmarks_stage},
                                                                           {"magnify", magnify_stage},
                                                                           {"resize", resize_stage},
                                                                           {"spot-apex", spot_apex_stage},
                                                                           {"temporal-interpolation", temporal_interpolation_stage}}};

StageWork work_of(std::string_view name) {
  const auto* const found = std::find_if(kWork.begin(), kWork.end(), [&](const auto& entry) { return entry.first == name; });
  assert(found != kWork.end());  // a test goes through all definitions
  return found->second;
}

}  // namespace

core::Status check_stages(const data::InputRecipe& recipe) {
  MEXBENCH_TRY(data::planned_stages(recipe));
  return {};
}

core::Status run_stages(const ClipFiles& input, std::span<float> out) {
  MEXBENCH_ASSIGN(const data::StageList stages, data::planned_stages(input.recipe));
  core::Timed decoding(input.profile, "decode");
  MEXBENCH_ASSIGN(ClipState state, decode_frames(stages, input));
  decoding.stop();
  for (const data::PlannedStage& stage : stages.stages) {
    const core::Timed working(input.profile, stage.def->name);
    MEXBENCH_TRY(work_of(stage.def->name)(stage.options, state));
  }
  auto to = out.begin();
  for (const cv::Mat& plane : state.image) to = std::copy(plane.begin<float>(), plane.end<float>(), to);
  assert(to == out.end());
  return {};
}

}  // namespace mexbench::preprocess
