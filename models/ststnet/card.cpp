#include "models/ststnet/card.h"

#include "models/ststnet/description.h"

namespace mexbench::models {

ModelCard ststnet_card() {
  return {
      .name = "ststnet",
      .title = "STSTNet",
      .paper =
          "S.-T. Liong, Y. S. Gan, J. See, H.-Q. Khor, Y.-C. Huang: Shallow Triple Stream Three-dimensional CNN (STSTNet) for "
          "Micro-expression Recognition. FG 2019, 1-5",
      .doi = "10.1109/FG.2019.8756567",
      .verified = "fixture",
      .input = {.channels = {"strain", "v", "u"}, .height = 28, .width = 28, .low = 0.0, .high = 255.0},
      .params =
          {
              {.name = "in_channels", .type = ParamDef::Type::kInteger, .default_value = 3, .min = 1, .max = 64, .doc = "input channels"},
              {.name = "out_channels", .type = ParamDef::Type::kInteger, .default_value = 3, .min = 2, .max = 1000, .doc = "classes"},
              {.name = "dropout",
               .type = ParamDef::Type::kNumber,
               .default_value = 0.5,
               .min = 0.0,
               .max = 0.99,
               .doc = "probability that a pooled activation of a stream is dropped in training; fixed at 0.5 in the published code"},
              {.name = "padding",
               .type = ParamDef::Type::kInteger,
               .default_value = 2,
               .min = 1,
               .max = 2,
               .since = 2,
               .doc = "rows and columns of zeros around the image in each convolution; 2 in the released code, 1 in the paper's table"},
          },
      .classes_param = "out_channels",
      .channels_param = "in_channels",
      .parameters = 1683,
      .numeric_version = 2,
      .flops = 839200,
      .sizes =
          [](const nlohmann::json& params) {
            const std::int64_t more = 2 * (2 - params.at("padding").get<std::int64_t>());  // pixels that less padding leaves out
            return sides(26 + more, 31 + more);
          },
      .describe = ststnet_description,
  };
}

}  // namespace mexbench::models
