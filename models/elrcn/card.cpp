#include "models/elrcn/card.h"

#include <fmt/format.h>

#include "models/param_defs.h"

namespace mexbench::models {
namespace {

// Every stage halves the side, rounding down.
std::int64_t stages(const nlohmann::json& params) { return static_cast<std::int64_t>(params.at("filters").size()); }

std::vector<Conflict> conflicts(const nlohmann::json& params) {
  std::vector<Conflict> out;
  const std::size_t filters = params.at("filters").size();
  const std::size_t convolutions = params.at("convolutions").size();
  if (filters != convolutions) {
    out.push_back({.params = {"convolutions", "filters"},
                   .message = fmt::format("convolutions has {} {}, need one for each of the {} of filters", convolutions,
                                          convolutions == 1 ? "entry" : "entries", filters)});
  }
  const std::int64_t side = params.at("image_size");
  const std::int64_t least = std::int64_t{1} << stages(params);
  if (side < least) {
    out.push_back(
        {.params = {"image_size", "filters"},
         .message = fmt::format("image_size is {}, need at least {} (each of the {} stages of filters halves it)", side, least, filters)});
  }
  return out;
}

InputSizes sizes(const nlohmann::json& params) {
  const std::int64_t halvings = stages(params);
  const std::int64_t map_side = params.at("image_size").get<std::int64_t>() >> halvings;
  return sides(map_side << halvings, ((map_side + 1) << halvings) - 1);
}

nlohmann::json params_for(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  const std::int64_t halvings = stages(params);
  return height >> halvings == width >> halvings ? nlohmann::json::object({{"image_size", height}}) : nlohmann::json::object();
}

}  // namespace

ModelCard elrcn_card() {
  return {
      .name = "elrcn",
      .title = "ELRCN (VGG-16, then LSTM)",
      .paper =
          "H.-Q. Khor, J. See, R. C. W. Phan, W. Lin: Enriched Long-term Recurrent Convolutional Network for Facial Micro-Expression "
          "Recognition. FG 2018, 667-674; arXiv 1805.08417",
      .doi = "10.48550/arXiv.1805.08417",
      .verified = "shapes",
      .input = {.channels = frame_channels(10), .height = 224, .width = 224},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("frames", 10, 1, 1024, "frames of a clip; their channels follow one another frame by frame"),
              integer_param("channels_per_frame", 1, 1, 1024, "channels of each frame"),
              integer_param("image_size", 224, 1, 4096, "side of a frame"),
              integers_param("filters", {64, 128, 256, 512, 512}, 1, 4096, 1, 8, "filters of the convolutions of each stage"),
              integers_param("convolutions", {2, 2, 3, 3, 3}, 1, 16, 1, 8, "3x3 convolutions of each stage, which ends in pooling by 2"),
              integers_param("units", {4096, 4096}, 1, 65536, 1, 4, "units of the linear layers that encode a frame"),
              integers_param("lstm", {3000}, 1, 65536, 1, 4, "units of the recurrent layers, one after another"),
              integer_param("dense", 128, 1, 65536, "units of the layer between the recurrent layers and the classes"),
              number_param("dropout", 0.5, 0, 0.99, "probability that a unit of the frame's linear layers is dropped in training"),
          },
      .classes_param = "num_classes",
      .channels_param = "frames",
      .parameters = 219819907,
      .flops = 310068282096,
      .sizes = sizes,
      .conflicts = conflicts,
      .params_for_size = params_for,
      .channels =
          [](const nlohmann::json& params) {
            return params.at("frames").get<std::int64_t>() * params.at("channels_per_frame").get<std::int64_t>();
          },
  };
}

}  // namespace mexbench::models
