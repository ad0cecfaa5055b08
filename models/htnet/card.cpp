#include "models/htnet/card.h"

#include <fmt/format.h>

namespace mexbench::models {
namespace {

std::vector<Conflict> conflicts(const nlohmann::json& params) {
  std::vector<Conflict> out;
  const std::int64_t image = params.at("image_size");
  const std::int64_t patch = params.at("patch_size");
  const std::int64_t levels = params.at("num_hierarchies");
  const std::int64_t blocks = std::int64_t{1} << (levels - 1);
  if (image % (patch * blocks) != 0) {
    out.push_back({.params = {"image_size", "patch_size", "num_hierarchies"},
                   .message = fmt::format("image_size is {}, need a multiple of {} (patch_size {} * 2^(num_hierarchies - 1) = {})", image,
                                          patch * blocks, patch, blocks)});
  }
  const std::int64_t dim = params.at("dim");
  const std::int64_t heads = params.at("heads");
  if (heads > dim) {
    out.push_back({.params = {"heads", "dim"}, .message = fmt::format("heads is {}, need at most dim, which is {}", heads, dim)});
  }
  const nlohmann::json& repeats = params.at("block_repeats");
  if (repeats.is_array() && static_cast<std::int64_t>(repeats.size()) != levels) {
    out.push_back({.params = {"block_repeats", "num_hierarchies"},
                   .message = fmt::format("block_repeats has {} {}, need one for each of the {} of num_hierarchies, or a single integer",
                                          repeats.size(), repeats.size() == 1 ? "entry" : "entries", levels)});
  }
  return out;
}

InputSizes sizes(const nlohmann::json& params) {
  const std::int64_t image = params.at("image_size");
  return sides(image, image);
}

nlohmann::json params_for(const nlohmann::json&, std::int64_t height, std::int64_t width) {
  return height == width ? nlohmann::json::object({{"image_size", height}}) : nlohmann::json::object();
}

}  // namespace

ModelCard htnet_card() {
  using Type = ParamDef::Type;
  return {
      .name = "htnet",
      .title = "HTNet",
      .paper =
          "Z. Wang, K. Zhang, W. Luo, R. Sankaranarayana: HTNet for micro-expression recognition. Neurocomputing 602 (2024), 128196; arXiv "
          "2307.14637",
      .doi = "10.48550/arXiv.2307.14637",
      .verified = "fixture",
      .input = {.channels = {"strain", "v", "u"}, .height = 28, .width = 28, .low = 0.0, .high = 255.0},
      .params =
          {
              {.name = "image_size", .type = Type::kInteger, .default_value = 28, .min = 1, .max = 4096, .doc = "side of the image"},
              {.name = "patch_size",
               .type = Type::kInteger,
               .default_value = 7,
               .min = 1,
               .max = 1024,
               .doc = "side of a patch; image_size is a multiple of patch_size * 2^(num_hierarchies - 1)"},
              {.name = "num_classes", .type = Type::kInteger, .default_value = 3, .min = 2, .max = 1000, .doc = "classes"},
              {.name = "dim",
               .type = Type::kInteger,
               .default_value = 256,
               .min = 1,
               .max = 8192,
               .doc = "width of the first level; every further one is twice as wide"},
              {.name = "heads",
               .type = Type::kInteger,
               .default_value = 3,
               .min = 1,
               .max = 1024,
               .doc = "attention heads of the first level, at most dim; every further one has twice as many"},
              {.name = "num_hierarchies",
               .type = Type::kInteger,
               .default_value = 3,
               .min = 1,
               .max = 8,
               .doc = "levels; the first has 2^(num_hierarchies - 1) blocks a side, every further one half as many"},
              {.name = "block_repeats",
               .type = Type::kIntegers,
               .default_value = nlohmann::json::array({2, 2, 10}),
               .min = 0,
               .max = 256,
               .least = 1,
               .most = 8,
               .lone = true,
               .doc = "transformer layers of each level: one number for each, or one for all"},
              {.name = "mlp_mult",
               .type = Type::kInteger,
               .default_value = 4,
               .min = 1,
               .max = 64,
               .doc = "widening of the feed-forward part"},
              {.name = "channels", .type = Type::kInteger, .default_value = 3, .min = 1, .max = 1024, .doc = "input channels"},
              {.name = "dim_head",
               .type = Type::kInteger,
               .default_value = 64,
               .min = 1,
               .max = 8192,
               .doc = "accepted and ignored, as in the published code"},
              {.name = "dropout",
               .type = Type::kNumber,
               .default_value = 0.0,
               .min = 0.0,
               .max = 0.99,
               .doc = "probability that an activation of the attention's and feed-forward parts is dropped in training"},
          },
      .classes_param = "num_classes",
      .channels_param = "channels",
      .parameters = 139582982,
      .numeric_version = 2,
      .flops = 370659328,
      .sizes = sizes,
      .conflicts = conflicts,
      .params_for_size = params_for,
  };
}

}  // namespace mexbench::models
