#include "models/bi_woof/card.h"

#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

InputSizes bi_woof_sizes(const nlohmann::json& params) {
  const std::vector<std::int64_t> blocks = integers_of_param(params.at("blocks"), 2);
  return at_least(blocks[0], blocks[1]);
}

}  // namespace

ModelCard bi_woof_card() {
  using Type = ParamDef::Type;
  return {
      .kind = Kind::kMethod,
      .name = "bi_woof",
      .title = "Bi-WOOF",
      .paper =
          "S.-T. Liong, J. See, K. Wong, R. C.-W. Phan: Less is more: Micro-expression recognition from video using apex frame. Signal "
          "Processing: Image Communication 62 (2018), 82-92",
      .doi = "10.1016/j.image.2017.11.006",
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .by_meaning = true},
      .params = with_svm_params(
          {
              {.name = "blocks",
               .type = Type::kIntegers,
               .default_value = 5,
               .min = 1,
               .max = 64,
               .least = 2,
               .most = 2,
               .lone = true,
               .doc = "rows and columns of blocks"},
              {.name = "bins", .type = Type::kInteger, .default_value = 8, .min = 2, .max = 72, .doc = "directions of the flow"},
              {.name = "zero",
               .type = Type::kNumber,
               .default_value = nullptr,
               .min = -1e6,
               .max = 1e6,
               .doc = "u and v where nothing moves; without it, the middle of the range that the values are in: 127.5 of 0..255",
               .middle = true},
              {.name = "overlap",
               .type = Type::kBoolean,
               .default_value = true,
               .doc = "blocks reach one pixel into their neighbours, as in the released code; false: each pixel is in one block"},
              {.name = "normalise",
               .type = Type::kBoolean,
               .default_value = true,
               .doc = "each block's histogram is divided by its sum, and all features by their Euclidean norm, as in the released code"},
              {.name = "strain",
               .type = Type::kChoice,
               .default_value = "sum",
               .choices = {"sum", "mean"},
               .doc = "what of a block's strain multiplies its histogram: the sum, as in the released code, or the mean"},
          },
          "linear", "standardise"),
      .sizes = bi_woof_sizes,
      .conflicts = svm_conflicts,
  };
}

}  // namespace mexbench::models
