#include "models/rcn_w/card.h"

#include "models/rcn/card_parts.h"

namespace mexbench::models {

ModelCard rcn_w_card() {
  return {
      .name = "rcn_w",
      .title = "RCN-W (wide expansion)",
      .paper = rcn::kPaper,
      .doi = rcn::kDoi,
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params = rcn::params(/*least_featuremaps=*/4, /*least_pool_size=*/1, rcn::kBlocksDoc),
      .classes_param = "num_classes",
      .channels_param = "num_input",
      .parameters = 13795,
      .flops = 4117600,
      .sizes = [](const nlohmann::json& params) { return rcn::sizes_after_streams(params.at("num_layers")); },
      .conflicts = rcn::streams_conflict,
  };
}

}  // namespace mexbench::models
