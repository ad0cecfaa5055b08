#include "models/sssnet/card.h"

#include "models/sssnet/description.h"

namespace mexbench::models {

ModelCard sssnet_card() {
  using Type = ParamDef::Type;
  return {
      .name = "sssnet",
      .title = "SSSNet",
      .paper =
          "T. Varanka, W. Peng, G. Zhao: Micro-expression recognition with noisy labels. IS&T Electronic Imaging: Human Vision and "
          "Electronic Imaging 33 (2021), 157-1 to 157-8",
      .doi = "10.2352/ISSN.2470-1173.2021.11.HVEI-157",
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 64, .width = 64},
      .params =
          {
              {.name = "num_classes", .type = Type::kInteger, .default_value = 3, .min = 2, .max = 1000, .doc = "classes"},
              {.name = "h_dims",
               .type = Type::kIntegers,
               .default_value = nlohmann::json::array({32, 64, 256}),
               .min = 1,
               .max = 65536,
               .least = 3,
               .most = 3,
               .doc = "filters of conv1, filters of conv2, units of fc1"},
              {.name = "dropout",
               .type = Type::kNumber,
               .default_value = 0.5,
               .min = 0.0,
               .max = 0.99,
               .doc = "probability that a map (after either convolution) or a unit of fc1 is dropped in training"},
              {.name = "softmax", .type = Type::kBoolean, .default_value = false, .doc = "softmax over the classes after the last layer"},
          },
      .classes_param = "num_classes",
      .channels_param = "",
      .parameters = 1349251,
      .flops = 32187776,
      .sizes = [](const nlohmann::json&) { return sides(64, 69); },
      .describe = sssnet_description,
  };
}

}  // namespace mexbench::models
