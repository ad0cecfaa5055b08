// What the cards of networks that end in the capsule head share. Torch-free.
#pragma once

#include <fmt/format.h>

#include <cmath>

#include "models/param_defs.h"
#include "models/registry.h"

namespace mexbench::models::capsules {

inline constexpr const char* kPaper = "N. V. Quang, J. Chun, T. Tokuyama: CapsuleNet for Micro-Expression Recognition. FG 2019, 1-7";
inline constexpr const char* kDoi = "10.1109/FG.2019.8756544";

// All of the head's parameters but its input channels.
inline std::vector<ParamDef> params() {
  return {
      integer_param("conv1_channels", 256, 1, 4096, "filters of the head's first convolution"),
      integer_param("conv1_kernel", 9, 1, 64, "side of its kernel"),
      integer_param("primary_channels", 256, 1, 4096, "filters of its second convolution, of stride 2; a multiple of dim_caps"),
      integer_param("primary_kernel", 9, 1, 64, "side of its kernel"),
      integer_param("dim_caps", 8, 1, 4096, "numbers of a primary capsule"),
      integer_param("in_num_caps", 1152, 1, 1048576, "primary capsules: primary_channels / dim_caps for each position of their map"),
      integer_param("classes", 3, 2, 1000, "classes: digit capsules"),
      integer_param("out_dim_caps", 16, 1, 4096, "numbers of a digit capsule"),
      integer_param("routings", 3, 1, 64, "rounds of routing"),
  };
}

// The sides of the maps, where `halvings` before the head halve the image, rounding up.
struct Shape {
  Shape(const nlohmann::json& params, std::int64_t halvings)
      : scale(std::int64_t{1} << halvings),
        conv1_kernel(params.at("conv1_kernel")),
        primary_kernel(params.at("primary_kernel")),
        capsules(params.at("in_num_caps")),
        groups(params.at("primary_channels").get<std::int64_t>() / params.at("dim_caps").get<std::int64_t>()) {}

  // Side of the map of primary capsules for a side of the image; 0: too small.
  [[nodiscard]] std::int64_t map_side(std::int64_t image) const {
    const std::int64_t left = (image + scale - 1) / scale - (conv1_kernel - 1) - primary_kernel;
    return left < 0 ? 0 : left / 2 + 1;
  }
  // The images whose map of primary capsules has this side.
  [[nodiscard]] InputSizes images(std::int64_t map_side) const {
    const std::int64_t least = conv1_kernel - 1 + primary_kernel + 2 * (map_side - 1);
    return sides((least - 1) * scale + 1, (least + 1) * scale);
  }

  std::int64_t scale, conv1_kernel, primary_kernel, capsules, groups;
};

inline std::vector<Conflict> conflicts(const nlohmann::json& params) {
  const std::int64_t channels = params.at("primary_channels");
  const std::int64_t dim = params.at("dim_caps");
  if (channels % dim != 0) {
    return {{.params = {"primary_channels", "dim_caps"},
             .message = fmt::format("primary_channels is {}, need a multiple of dim_caps, which is {}", channels, dim)}};
  }
  const Shape shape(params, /*halvings=*/0);
  if (shape.capsules % shape.groups != 0) {
    return {
        {.params = {"in_num_caps", "primary_channels", "dim_caps"},
         .message = fmt::format("in_num_caps is {}, need a multiple of {} (primary_channels / dim_caps), one group for each position of "
                                "the map of primary capsules",
                                shape.capsules, shape.groups)}};
  }
  return {};
}

inline InputSizes image_sizes(const nlohmann::json& params, std::int64_t halvings) {
  const Shape shape(params, halvings);
  const std::int64_t positions = shape.capsules / shape.groups;
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(positions))));
  return {.words = side * side == positions ? shape.images(side).words
                                            : fmt::format("sizes whose map of primary capsules has {} positions", positions),
          .take = [shape, positions](std::int64_t height, std::int64_t width) {
            return shape.map_side(height) * shape.map_side(width) == positions;
          }};
}

inline nlohmann::json params_for_image(const nlohmann::json& params, std::int64_t halvings, std::int64_t height, std::int64_t width) {
  const Shape shape(params, halvings);
  return nlohmann::json::object({{"in_num_caps", shape.groups * shape.map_side(height) * shape.map_side(width)}});
}

}  // namespace mexbench::models::capsules
