#include "models/lbp_top/card.h"

#include <algorithm>

#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

InputSizes lbp_top_sizes(const nlohmann::json& params) {
  const std::vector<std::int64_t> blocks = params.at("blocks");
  const std::vector<std::int64_t> radii = integers_of_param(params.at("radii"), 3);
  const std::int64_t border = 2 * std::max(radii[0], radii[1]);
  return at_least(blocks[0] + border, blocks[1] + border);
}

std::int64_t lbp_top_frames(const nlohmann::json& params) {
  const std::vector<std::int64_t> blocks = params.at("blocks");
  return blocks[2] + 2 * integers_of_param(params.at("radii"), 3)[2];
}

}  // namespace

ModelCard lbp_top_card() {
  using Type = ParamDef::Type;
  return {
      .kind = Kind::kMethod,
      .name = "lbp_top",
      .title = "LBP-TOP",
      .paper =
          "G. Zhao, M. Pietikainen: Dynamic Texture Recognition Using Local Binary Patterns with an Application to Facial Expressions. "
          "IEEE "
          "Transactions on Pattern Analysis and Machine Intelligence 29(6) (2007), 915-928",
      .doi = "10.1109/TPAMI.2007.1110",
      .verified = "fixture",
      .input = {},
      .params = with_svm_params(
          {
              {.name = "blocks",
               .type = Type::kIntegers,
               .default_value = {5, 5, 1},
               .min = 1,
               .max = 64,
               .least = 3,
               .most = 3,
               .doc = "blocks of voxels: rows, columns and in time"},
              {.name = "radii",
               .type = Type::kIntegers,
               .default_value = {1, 1, 4},
               .min = 1,
               .max = 32,
               .least = 3,
               .most = 3,
               .lone = true,
               .doc = "of the ellipses along x, y and t, in pixels and frames"},
              {.name = "neighbours",
               .type = Type::kIntegers,
               .default_value = 8,
               .min = 2,
               .max = 16,
               .least = 3,
               .most = 3,
               .lone = true,
               .doc = "points on the ellipses in the planes XY, XT and YT"},
              {.name = "sampling",
               .type = Type::kChoice,
               .default_value = "bilinear",
               .choices = {"bilinear", "nearest"},
               .doc = "grey value of a point between pixels; both are in use"},
          },
          "linear", "standardise"),
      .sizes = lbp_top_sizes,
      .conflicts = svm_conflicts,
      .least_frames = lbp_top_frames,
  };
}

}  // namespace mexbench::models
