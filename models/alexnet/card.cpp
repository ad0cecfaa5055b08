#include "models/alexnet/card.h"

#include "models/param_defs.h"

namespace mexbench::models {

ModelCard alexnet_card() {
  return {
      .name = "alexnet",
      .title = "AlexNet (one tower)",
      .paper = "A. Krizhevsky: One weird trick for parallelizing convolutional neural networks. arXiv 1404.5997 (2014)",
      .doi = "10.48550/arXiv.1404.5997",
      .verified = "shapes",
      .input = {.channels = {"u", "v", "strain"}, .height = 224, .width = 224},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("in_channels", 3, 1, 4096, "input channels"),
              integer_param("units", 4096, 1, 65536, "units of the two hidden layers, 4096 as published"),
              number_param("dropout", 0.5, 0, 0.99, "probability that an input of either hidden layer is dropped in training"),
          },
      .classes_param = "num_classes",
      .channels_param = "in_channels",
      .parameters = 57016131,
      .flops = 1421506816,
      .sizes = [](const nlohmann::json&) { return sides_from(63); },
  };
}

}  // namespace mexbench::models
