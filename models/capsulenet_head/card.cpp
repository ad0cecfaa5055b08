#include "models/capsulenet_head/card.h"

#include <fmt/format.h>

#include <cmath>

namespace mexbench::models {
namespace {

// The sides of the network's maps.
struct Shape {
  explicit Shape(const nlohmann::json& params)
      : conv1_kernel(params.at("conv1_kernel")),
        primary_kernel(params.at("primary_kernel")),
        capsules(params.at("in_num_caps")),
        groups(params.at("primary_channels").get<std::int64_t>() / params.at("dim_caps").get<std::int64_t>()) {}

  // Side of the map of primary capsules for a side of the image; 0: too small.
  [[nodiscard]] std::int64_t map_side(std::int64_t image) const {
    const std::int64_t left = image - (conv1_kernel - 1) - primary_kernel;
    return left < 0 ? 0 : left / 2 + 1;
  }
  [[nodiscard]] std::int64_t least_image(std::int64_t map_side) const { return conv1_kernel - 1 + primary_kernel + 2 * (map_side - 1); }

  std::int64_t conv1_kernel, primary_kernel, capsules, groups;
};

std::vector<Conflict> conflicts(const nlohmann::json& params) {
  const std::int64_t channels = params.at("primary_channels");
  const std::int64_t dim = params.at("dim_caps");
  if (channels % dim != 0) {
    return {{.params = {"primary_channels", "dim_caps"},
             .message = fmt::format("primary_channels is {}, need a multiple of dim_caps, which is {}", channels, dim)}};
  }
  const Shape shape(params);
  if (shape.capsules % shape.groups != 0) {
    return {
        {.params = {"in_num_caps", "primary_channels", "dim_caps"},
         .message = fmt::format("in_num_caps is {}, need a multiple of {} (primary_channels / dim_caps), one group for each position of "
                                "the map of primary capsules",
                                shape.capsules, shape.groups)}};
  }
  return {};
}

InputSizes sizes(const nlohmann::json& params) {
  const Shape shape(params);
  const std::int64_t positions = shape.capsules / shape.groups;
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(positions))));
  return {.words = side * side == positions ? sides(shape.least_image(side), shape.least_image(side) + 1).words
                                            : fmt::format("sizes whose map of primary capsules has {} positions", positions),
          .take = [shape, positions](std::int64_t height, std::int64_t width) {
            return shape.map_side(height) * shape.map_side(width) == positions;
          }};
}

nlohmann::json params_for(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  const Shape shape(params);
  return nlohmann::json::object({{"in_num_caps", shape.groups * shape.map_side(height) * shape.map_side(width)}});
}

ParamDef integer(const char* name, std::int64_t value, double min, double max, const char* doc) {
  return {.name = name, .type = ParamDef::Type::kInteger, .default_value = value, .min = min, .max = max, .doc = doc};
}

}  // namespace

ModelCard capsulenet_head_card() {
  return {
      .name = "capsulenet_head",
      .title = "CapsuleNet: capsule head without its backbone",
      .paper = "N. V. Quang, J. Chun, T. Tokuyama: CapsuleNet for Micro-Expression Recognition. FG 2019, 1-7",
      .doi = "10.1109/FG.2019.8756544",
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28},
      .params =
          {
              integer("in_channels", 3, 1, 4096, "input channels; 256 behind the published backbones"),
              integer("conv1_channels", 256, 1, 4096, "filters of the first convolution"),
              integer("conv1_kernel", 9, 1, 64, "side of its kernel"),
              integer("primary_channels", 256, 1, 4096, "filters of the second convolution, of stride 2; a multiple of dim_caps"),
              integer("primary_kernel", 9, 1, 64, "side of its kernel"),
              integer("dim_caps", 8, 1, 4096, "numbers of a primary capsule"),
              integer("in_num_caps", 1152, 1, 1048576, "primary capsules: primary_channels / dim_caps for each position of their map"),
              integer("classes", 3, 2, 1000, "classes: digit capsules"),
              integer("out_dim_caps", 16, 1, 4096, "numbers of a digit capsule"),
              integer("routings", 3, 1, 64, "rounds of routing"),
          },
      .classes_param = "classes",
      .channels_param = "in_channels",
      .parameters = 5813504,
      .flops = 433605181,
      .sizes = sizes,
      .conflicts = conflicts,
      .params_for_size = params_for,
  };
}

}  // namespace mexbench::models
