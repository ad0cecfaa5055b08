#include "datasets/frame_options.h"

#include <fmt/format.h>

namespace mexbench::datasets {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::vector<OptionDef> input_options() {
  OptionDef volume = whole_option("volume", 0, 0, 99,
                                  "grey frames of the tensor, at equal steps from onset to offset, as channels t00, t01, ...; 0: optical "
                                  "flow of onset and apex");
  OptionDef side = whole_option("side", 28, 8, 512, "side of the tensor's images in pixels");
  volume.since = 2;
  side.since = 2;
  return {choice_option("flow", {"farneback", "dis"}, "optical flow between onset and apex"),
          choice_option("stretch", {"per-clip", "fixed"}, "how a channel is brought to 0..255"), std::move(volume), std::move(side)};
}

std::size_t volume_of(const json& options) { return options["volume"].get<std::size_t>(); }

core::Status check_input_options(const json& options) {
  const std::size_t volume = volume_of(options);
  if (volume == 0) return {};
  if (volume == 1) {
    return Error(ErrorCode::kUsage, "option 'volume' is 1, a volume has at least 2 frames").hint("0 is optical flow");
  }
  for (const OptionDef& option : input_options()) {
    if ((option.name != "flow" && option.name != "stretch") || options[option.name] == option.default_value) continue;
    return Error(ErrorCode::kUsage, fmt::format("option '{}' belongs to optical flow, 'volume' asks for frames", option.name))
        .hint("remove one of them");
  }
  return {};
}

data::InputRecipe input_recipe(const json& options) {
  data::InputRecipe input{.recipe = "onset-apex-flow",
                          .version = 1,
                          .channels = {"strain", "v", "u"},
                          .height = options["side"],
                          .width = options["side"],
                          .low = 0.0,
                          .high = 255.0,
                          .options = {{"flow", options["flow"]}, {"stretch", options["stretch"]}}};
  if (const std::size_t volume = volume_of(options); volume > 0) {
    input.recipe = "frame-volume";
    input.channels.clear();
    for (std::size_t i = 0; i < volume; ++i) input.channels.push_back(data::volume_channel(i));
    input.options = json::object();
  }
  return input;
}

std::vector<std::pair<std::string, std::int64_t>> frames_of_input(const json& options, std::int64_t onset, std::int64_t apex,
                                                                  std::int64_t offset) {
  const std::size_t volume = volume_of(options);
  if (volume == 0) return {{"onset", onset}, {"apex", apex}};
  std::vector<std::pair<std::string, std::int64_t>> out;
  const auto steps = static_cast<std::int64_t>(volume) - 1;
  for (std::int64_t i = 0; i <= steps; ++i) {
    const std::int64_t after_onset = (2 * i * (offset - onset) + steps) / (2 * steps);
    out.emplace_back(data::volume_channel(static_cast<std::size_t>(i)), onset + after_onset);
  }
  return out;
}

}  // namespace mexbench::datasets
