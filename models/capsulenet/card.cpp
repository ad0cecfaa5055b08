#include "models/capsulenet/card.h"

#include "models/capsulenet_head/card_parts.h"

namespace mexbench::models {
namespace {

constexpr std::int64_t kHalvings = 3;  // conv1 and two of the three stages

}  // namespace

ModelCard capsulenet_card() {
  std::vector<ParamDef> table = {
      integer_param("in_channels", 3, 1, 4096, "input channels"),
      integer_param("width", 64, 1, 1024,
                    "maps of the backbone's first stage, 64 as published; the last of the three has four times as many"),
  };
  for (ParamDef& param : capsules::params()) table.push_back(std::move(param));
  return {
      .name = "capsulenet",
      .title = "CapsuleNet (ResNet-18 backbone)",
      .paper = capsules::kPaper,
      .doi = capsules::kDoi,
      .verified = "shapes",
      .input = {.channels = {"r", "g", "b"}, .height = 224, .width = 224},
      .params = std::move(table),
      .classes_param = "classes",
      .channels_param = "in_channels",
      .parameters = 13842496,
      .flops = 15165925949,
      .sizes = [](const nlohmann::json& params) { return capsules::image_sizes(params, kHalvings); },
      .conflicts = capsules::conflicts,
      .params_for_size = [](const nlohmann::json& params, std::int64_t height,
                            std::int64_t width) { return capsules::params_for_image(params, kHalvings, height, width); },
  };
}

}  // namespace mexbench::models
