#include "models/capsulenet_head/card.h"

#include "models/capsulenet_head/card_parts.h"

namespace mexbench::models {

ModelCard capsulenet_head_card() {
  std::vector<ParamDef> table = capsules::params();
  table.insert(table.begin(), integer_param("in_channels", 3, 1, 4096, "input channels; 256 behind the published backbones"));
  return {
      .name = "capsulenet_head",
      .title = "CapsuleNet: capsule head without its backbone",
      .paper = capsules::kPaper,
      .doi = capsules::kDoi,
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28},
      .params = std::move(table),
      .classes_param = "classes",
      .channels_param = "in_channels",
      .parameters = 5813504,
      .flops = 433605181,
      .sizes = [](const nlohmann::json& params) { return capsules::image_sizes(params, /*halvings=*/0); },
      .conflicts = capsules::conflicts,
      .params_for_size = [](const nlohmann::json& params, std::int64_t height,
                            std::int64_t width) { return capsules::params_for_image(params, /*halvings=*/0, height, width); },
  };
}

}  // namespace mexbench::models
