#include "datasets/frame_options.h"

#include <fmt/format.h>

#include "harness/data/stages.h"

namespace mexbench::datasets {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// Fails when an option of another way of making the tensor is set.
core::Status refuse_beside(const json& options, const char* chosen, std::initializer_list<std::string_view> others) {
  for (const OptionDef& option : input_options()) {
    const bool other = std::find(others.begin(), others.end(), option.name) != others.end();
    if (!other || options.at(option.name) == option.default_value) continue;
    return Error(ErrorCode::kUsage, fmt::format("option '{}' has no meaning beside '{}'", option.name, chosen)).hint("remove one of them");
  }
  return {};
}

core::Result<InputPlan> plan_of_stages(const json& options) {
  MEXBENCH_TRY(refuse_beside(options, "preprocess", {"flow", "stretch", "volume", "side"}));
  MEXBENCH_ASSIGN(data::StagePlan stages, data::plan_stages(options.at("preprocess")));
  return InputPlan{
      .recipe = std::move(stages.input),
      .frames = stages.frames == data::FramesWanted::kOnsetAndApex ? InputPlan::Frames::kOnsetAndApex : InputPlan::Frames::kSpan,
      .needs_apex = stages.needs_apex,
      .finds_apex = stages.finds_apex};
}

core::Result<InputPlan> plan_of_volume(const json& options, std::size_t volume) {
  if (volume == 1) {
    return Error(ErrorCode::kUsage, "option 'volume' is 1, a volume has at least 2 frames").hint("0 is optical flow");
  }
  MEXBENCH_TRY(refuse_beside(options, "volume", {"flow", "stretch"}));
  InputPlan plan{.recipe = {.recipe = "frame-volume",
                            .version = 1,
                            .channels = {},
                            .height = options.at("side"),
                            .width = options.at("side"),
                            .low = 0.0,
                            .high = 255.0,
                            .options = json::object()},
                 .frames = InputPlan::Frames::kSteps,
                 .needs_apex = false,
                 .finds_apex = false};
  for (std::size_t i = 0; i < volume; ++i) plan.recipe.channels.push_back(data::volume_channel(i));
  return plan;
}

}  // namespace

std::vector<OptionDef> input_options() {
  OptionDef stages = data::list_option("preprocess", data::OptionType::kStages,
                                       "stages that make the tensor out of frames, in their order (docs/stages.md); empty: as the options "
                                       "below say");
  OptionDef volume = whole_option("volume", 0, 0, 99,
                                  "grey frames of the tensor, at equal steps from onset to offset, as channels t00, t01, ...; 0: optical "
                                  "flow of onset and apex");
  OptionDef side = whole_option("side", 28, 8, 512, "side of the tensor's images in pixels");
  stages.since = 2;
  volume.since = 2;
  side.since = 2;
  return {std::move(stages), choice_option("flow", {"farneback", "dis"}, "optical flow between onset and apex"),
          choice_option("stretch", {"per-clip", "fixed"}, "how a channel is brought to 0..255"), std::move(volume), std::move(side)};
}

core::Result<InputPlan> plan_input(const json& options) {
  if (!options.at("preprocess").empty()) return plan_of_stages(options);
  if (const auto volume = options.at("volume").get<std::size_t>(); volume > 0) return plan_of_volume(options, volume);
  return InputPlan{.recipe = {.recipe = "onset-apex-flow",
                              .version = 1,
                              .channels = {"strain", "v", "u"},
                              .height = options.at("side"),
                              .width = options.at("side"),
                              .low = 0.0,
                              .high = 255.0,
                              .options = {{"flow", options.at("flow")}, {"stretch", options.at("stretch")}}},
                   .frames = InputPlan::Frames::kOnsetAndApex,
                   .needs_apex = true,
                   .finds_apex = false};
}

std::vector<std::pair<std::string, std::int64_t>> frames_of_input(const InputPlan& plan, const data::FrameSpan& span) {
  const std::int64_t onset = *span.onset;
  const std::int64_t length = *span.offset - onset;
  std::vector<std::pair<std::string, std::int64_t>> out;
  const bool by_number = plan.recipe.recipe == "stages";
  switch (plan.frames) {
    case InputPlan::Frames::kOnsetAndApex:
      out = {{by_number ? data::frame_role(onset) : "onset", onset}, {by_number ? data::frame_role(*span.apex) : "apex", *span.apex}};
      if (by_number && onset == *span.apex) out.pop_back();
      break;
    case InputPlan::Frames::kSteps: {
      const auto steps = static_cast<std::int64_t>(plan.recipe.channels.size()) - 1;
      for (std::int64_t i = 0; i <= steps; ++i) {
        const std::int64_t after_onset = (2 * i * length + steps) / (2 * steps);
        out.emplace_back(data::volume_channel(static_cast<std::size_t>(i)), onset + after_onset);
      }
      break;
    }
    case InputPlan::Frames::kSpan:
      for (std::int64_t i = 0; i <= length; ++i) out.emplace_back(data::frame_role(onset + i), onset + i);
      break;
  }
  return out;
}

}  // namespace mexbench::datasets
