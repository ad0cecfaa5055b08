#include "models/rcn_a/card.h"

#include <utility>

#include "models/rcn/card_parts.h"

namespace mexbench::models {

ModelCard rcn_a_card() {
  std::vector<ParamDef> table = rcn::params(/*least_featuremaps=*/1, /*least_pool_size=*/2, rcn::kBlocksDoc);
  table.push_back({.name = "model_version",
                   .type = ParamDef::Type::kInteger,
                   .default_value = 3,
                   .min = 3,
                   .max = 3,
                   .doc = "only 3 works in the published code: 1 and 2 stop with an error"});
  return {
      .name = "rcn_a",
      .title = "RCN-A (attention)",
      .paper = rcn::kPaper,
      .doi = rcn::kDoi,
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params = std::move(table),
      .classes_param = "num_classes",
      .channels_param = "num_input",
      .parameters = 15331,
      .flops = 8519319,
      .sizes = [](const nlohmann::json& params) { return rcn::sizes_after_convolution(params.at("num_layers")); },
  };
}

}  // namespace mexbench::models
