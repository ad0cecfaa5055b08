#include "models/mdmo/card.h"

#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

InputSizes mdmo_sizes(const nlohmann::json& params) {
  const std::vector<std::int64_t> regions = integers_of_param(params.at("regions"), 2);
  return at_least(regions[0], regions[1]);
}

}  // namespace

ModelCard mdmo_card() {
  using Type = ParamDef::Type;
  return {
      .kind = Kind::kMethod,
      .name = "mdmo",
      .title = "MDMO",
      .paper =
          "Y.-J. Liu, J.-K. Zhang, W.-J. Yan, S.-J. Wang, G. Zhao, X. Fu: A Main Directional Mean Optical Flow Feature for Spontaneous "
          "Micro-Expression Recognition. IEEE Transactions on Affective Computing 7(4) (2016), 299-310",
      .doi = "10.1109/TAFFC.2015.2485205",
      .verified = "fixture",
      .input = {.channels = {"u", "v"}, .by_meaning = true},
      .params = with_svm_params(
          {
              {.name = "regions",
               .type = Type::kIntegers,
               .default_value = 6,
               .min = 1,
               .max = 64,
               .least = 2,
               .most = 2,
               .lone = true,
               .doc = "rows and columns of the grid that stands for the paper's 36 regions of interest"},
              {.name = "bins", .type = Type::kInteger, .default_value = 8, .min = 2, .max = 72, .doc = "directions of the flow"},
              {.name = "alpha",
               .type = Type::kNumber,
               .default_value = 0.9,
               .min = 0.0,
               .max = 1.0,
               .doc = "weight of the lengths; the directions have 1 - alpha. Without effect when 'scaling' is not none"},
              {.name = "zero",
               .type = Type::kNumber,
               .default_value = nullptr,
               .min = -1e6,
               .max = 1e6,
               .doc = "u and v where nothing moves; without it, the middle of the range that the values are in: 127.5 of 0..255",
               .middle = true},
          },
          "polynomial", "none"),
      .sizes = mdmo_sizes,
      .conflicts = svm_conflicts,
  };
}

}  // namespace mexbench::models
