#include "models/offapexnet/card.h"

#include "models/offapexnet/description.h"

namespace mexbench::models {

ModelCard offapexnet_card() {
  return {
      .name = "offapexnet",
      .title = "OFF-ApexNet (single-stream form of the MEB toolbox)",
      .paper =
          "Y. S. Gan, S.-T. Liong, W.-C. Yau, Y.-C. Huang, L.-K. Tan: OFF-ApexNet on micro-expression recognition system. Signal "
          "Processing: Image Communication 74 (2019), 129-139",
      .doi = "10.1016/j.image.2019.02.005",
      .verified = "fixture",
      .input = {.channels = {"u", "v"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params =
          {
              {.name = "num_classes", .type = ParamDef::Type::kInteger, .default_value = 3, .min = 2, .max = 1000, .doc = "classes"},
              {.name = "dropout",
               .type = ParamDef::Type::kNumber,
               .default_value = 0.5,
               .min = 0.0,
               .max = 0.99,
               .doc = "probability that an input of either linear layer is dropped in training"},
          },
      .classes_param = "num_classes",
      .channels_param = "",
      .parameters = 807909,
      .flops = 2136512,
      .sizes = [](const nlohmann::json&) { return sides(28, 31); },
      .describe = offapexnet_description,
  };
}

}  // namespace mexbench::models
