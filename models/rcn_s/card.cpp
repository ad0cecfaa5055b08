#include "models/rcn_s/card.h"

#include "models/rcn/card_parts.h"

namespace mexbench::models {

ModelCard rcn_s_card() {
  return {
      .name = "rcn_s",
      .title = "RCN-S (dense shortcuts)",
      .paper = rcn::kPaper,
      .doi = rcn::kDoi,
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params = rcn::params(/*least_featuremaps=*/1, /*least_pool_size=*/1, rcn::kBlocksDoc),
      .classes_param = "num_classes",
      .channels_param = "num_input",
      .parameters = 24643,
      .flops = 11191616,
      .sizes = [](const nlohmann::json& params) { return rcn::sizes_after_convolution(params.at("num_layers")); },
  };
}

}  // namespace mexbench::models
