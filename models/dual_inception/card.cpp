#include "models/dual_inception/card.h"

#include "models/param_defs.h"

namespace mexbench::models {

ModelCard dual_inception_card() {
  return {
      .name = "dual_inception",
      .title = "Dual-Inception",
      .paper = "L. Zhou, Q. Mao, L. Xue: Dual-Inception Network for Cross-Database Micro-Expression Recognition. FG 2019, 1-5",
      .doi = "10.1109/FG.2019.8756579",
      .verified = "shapes",
      .input = {.channels = {"u", "v"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("stream_channels", 1, 1, 64, "channels of each of the two streams; 3 in the released code, which reads colour"),
              integers_param("filters", {6, 16}, 1, 4096, 2, 2, "filters of each of the four paths, in the first and the second block"),
              integer_param("units", 1024, 1, 65536, "units of the hidden layer"),
          },
      .classes_param = "num_classes",
      .channels_param = "stream_channels",
      .parameters = 6449867,
      .flops = 25049696,
      .sizes = [](const nlohmann::json&) { return sides(28, 31); },
      .channels = [](const nlohmann::json& params) { return 2 * params.at("stream_channels").get<std::int64_t>(); },
  };
}

}  // namespace mexbench::models
