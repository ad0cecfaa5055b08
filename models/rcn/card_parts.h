// What the cards of the RCN family share. Torch-free.
#pragma once

#include <fmt/format.h>

#include "models/registry.h"

namespace mexbench::models::rcn {

inline constexpr const char* kPaper =
    "Z. Xia, W. Peng, H.-Q. Khor, X. Feng, G. Zhao: Revealing the Invisible With Model and Data Shrinking for Composite-Database "
    "Micro-Expression Recognition. IEEE Transactions on Image Processing 29 (2020), 8590-8605";
inline constexpr const char* kDoi = "10.1109/TIP.2020.3018222";

// The constructor's parameters. The attention map of one position would be 0/0, so a network that has one needs a grid of at least 2.
inline std::vector<ParamDef> params(std::int64_t least_featuremaps, std::int64_t least_pool_size, const char* num_layers_doc) {
  using Type = ParamDef::Type;
  return {
      {.name = "num_input", .type = Type::kInteger, .default_value = 3, .min = 1, .max = 1024, .doc = "input channels"},
      {.name = "featuremaps",
       .type = Type::kInteger,
       .default_value = 32,
       .min = static_cast<double>(least_featuremaps),
       .max = 4096,
       .doc = "width of the network; the authors' training script has 64, the example of their readme 32"},
      {.name = "num_classes", .type = Type::kInteger, .default_value = 3, .min = 2, .max = 1000, .doc = "classes"},
      {.name = "num_layers", .type = Type::kInteger, .default_value = 1, .min = 1, .max = 8, .doc = num_layers_doc},
      {.name = "pool_size",
       .type = Type::kInteger,
       .default_value = 5,
       .min = static_cast<double>(least_pool_size),
       .max = 64,
       .doc = "side of the grid of the adaptive average pooling before the head; the authors' training script has 7"},
      {.name = "dropout",
       .type = Type::kNumber,
       .default_value = 0.5,
       .min = 0.0,
       .max = 0.99,
       .doc = "probability that an activation is dropped in training; fixed at 0.5 in the published code"},
  };
}

inline constexpr const char* kBlocksDoc = "blocks that follow one another; each halves height and width";

// The smallest side that leaves one position after `blocks` halvings.
inline InputSizes sizes_after_convolution(std::int64_t blocks) { return sides_from(4 + (std::int64_t{2} << blocks)); }
inline InputSizes sizes_after_streams(std::int64_t blocks) { return sides_from(3 * ((std::int64_t{1} << blocks) - 1) + 1); }

// Half the width and twice a quarter of it must give the width.
inline std::vector<Conflict> streams_conflict(const nlohmann::json& params) {
  const std::int64_t featuremaps = params.at("featuremaps");
  if (featuremaps % 4 == 0) return {};
  return {{.params = {"featuremaps"}, .message = fmt::format("featuremaps is {}, need a multiple of 4", featuremaps)}};
}

}  // namespace mexbench::models::rcn
