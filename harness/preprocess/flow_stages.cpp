// Stages `flow` and `flow-image`: flow.h, on what a list of stages left.
#include <fmt/format.h>

#include "harness/data/stages.h"
#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/flow.h"

namespace mexbench::preprocess {

core::Status flow_stage(const nlohmann::json& options, ClipState& state) {
  const cv::Size size = state.frame_size;
  if (!state.apex || size.width < kLeastFlowSide || size.height < kLeastFlowSide) {
    return core::Error::in_file(core::ErrorCode::kData, state.first_file,
                                state.apex
                                    ? fmt::format("gives frames of {} x {} pixels, at least {} on a side are wanted for stage 'flow'",
                                                  size.width, size.height, kLeastFlowSide)
                                    : "begins a clip without an apex, stage 'flow' wants one");
  }
  state.flow = flow_between(state.frames.front(), state.frames.at(*state.apex), options.at("method").get<std::string>());
  state.frames.clear();
  return {};
}

core::Status flow_image_stage(const nlohmann::json& options, ClipState& state) {
  MEXBENCH_ASSIGN(const std::vector<std::string> channels, data::flow_channels(options.at("channels").get<std::string>()));
  const int size = options.at("size");
  state.image = flow_planes(state.flow, channels, {size, size}, options.at("stretch") == "per-clip");
  state.flow.release();
  return {};
}

}  // namespace mexbench::preprocess
