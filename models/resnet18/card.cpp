#include "models/resnet18/card.h"

#include "models/param_defs.h"

namespace mexbench::models {

ModelCard resnet18_card() {
  return {
      .name = "resnet18",
      .title = "ResNet-18",
      .paper = "K. He, X. Zhang, S. Ren, J. Sun: Deep Residual Learning for Image Recognition. CVPR 2016, 770-778",
      .doi = "10.1109/CVPR.2016.90",
      .verified = "shapes",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("in_channels", 3, 1, 4096, "input channels"),
              integer_param("width", 64, 1, 1024, "maps of the first stage, 64 as published; each of the three others has twice as many"),
              boolean_param("max_pool", true, "max pooling after the first convolution, as published; without it maps are twice as large"),
          },
      .classes_param = "num_classes",
      .channels_param = "in_channels",
      .parameters = 11178051,
      .flops = 68640960,
      .sizes = [](const nlohmann::json&) { return any_size(); },
  };
}

}  // namespace mexbench::models
