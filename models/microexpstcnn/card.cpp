#include "models/microexpstcnn/card.h"

#include <fmt/format.h>

#include "models/param_defs.h"

namespace mexbench::models {
namespace {

// The convolution (3 pixels a side) and the pooling by 3 that follows leave this side.
std::int64_t pooled_side(std::int64_t image) { return (image - 2) / 3; }

std::vector<Conflict> conflicts(const nlohmann::json& params) {
  const std::int64_t frames = params.at("frames");
  const std::int64_t least = params.at("kernel_frames").get<std::int64_t>() + 2;
  if (frames >= least) return {};
  return {
      {.params = {"frames", "kernel_frames"},
       .message = fmt::format("frames is {}, need at least {} (kernel_frames + 2, what the pooling over 3 frames takes)", frames, least)}};
}

InputSizes sizes(const nlohmann::json& params) {
  const std::int64_t least = 3 * pooled_side(params.at("image_size")) + 2;
  return sides(least, least + 2);
}

nlohmann::json params_for(const nlohmann::json&, std::int64_t height, std::int64_t width) {
  return pooled_side(height) == pooled_side(width) ? nlohmann::json::object({{"image_size", height}}) : nlohmann::json::object();
}

}  // namespace

ModelCard microexpstcnn_card() {
  return {
      .name = "microexpstcnn",
      .title = "MicroExpSTCNN",
      .paper =
          "S. P. T. Reddy, S. T. Karri, S. R. Dubey, S. Mukherjee: Spontaneous Facial Micro-Expression Recognition using 3D "
          "Spatiotemporal Convolutional Neural Networks. IJCNN 2019, 1-8",
      .doi = "10.1109/IJCNN.2019.8852419",
      .verified = "shapes",
      .input = {.channels = frame_channels(18), .height = 64, .width = 64},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("frames", 18, 3, 1024,
                            "frames of a clip, one channel each; the released code has 18 for SMIC, 96 for CAS(ME)^2"),
              integer_param("image_size", 64, 5, 1024, "side of a frame"),
              integer_param("filters", 32, 1, 4096, "filters of the convolution"),
              integer_param("kernel_frames", 15, 1, 1022, "frames that a filter spans, 15 as published; at most frames - 2"),
              integer_param("units", 128, 1, 65536, "units of the hidden layer"),
              number_param("dropout", 0.5, 0, 0.99, "probability that an input of either linear layer is dropped in training"),
          },
      .classes_param = "num_classes",
      .channels_param = "frames",
      .parameters = 1643267,
      .flops = 136963968,
      .sizes = sizes,
      .conflicts = conflicts,
      .params_for_size = params_for,
  };
}

}  // namespace mexbench::models
