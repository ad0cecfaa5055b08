#include "models/offapexnet_two_stream/card.h"

#include "models/offapexnet_two_stream/description.h"
#include "models/param_defs.h"

namespace mexbench::models {

ModelCard offapexnet_two_stream_card() {
  return {
      .name = "offapexnet_two_stream",
      .title = "OFF-ApexNet (two streams)",
      .paper =
          "Y. S. Gan, S.-T. Liong, W.-C. Yau, Y.-C. Huang, L.-K. Tan: OFF-ApexNet on micro-expression recognition system. Signal "
          "Processing: Image Communication 74 (2019), 129-139",
      .doi = "10.1016/j.image.2019.02.005",
      .verified = "shapes",
      .input = {.channels = {"u", "v"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params =
          {
              classes_param_def("num_classes"),
              integers_param("filters", {6, 16}, 1, 4096, 2, 2, "filters of the two convolutions of each stream"),
              integers_param("units", {1024, 1024}, 1, 65536, 2, 2, "units of the two hidden layers"),
              boolean_param("conv_relu", true, "ReLU after each convolution"),
              number_param("dropout", 0.5, 0, 0.99, "probability that a unit of either hidden layer is dropped in training"),
          },
      .classes_param = "num_classes",
      .channels_param = "",
      .parameters = 2664475,
      .flops = 7699968,
      .sizes = [](const nlohmann::json&) { return sides(28, 31); },
      .describe = offapexnet_two_stream_description,
  };
}

}  // namespace mexbench::models
