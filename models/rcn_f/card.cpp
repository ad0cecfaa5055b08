#include "models/rcn_f/card.h"

#include "models/rcn/card_parts.h"

namespace mexbench::models {

ModelCard rcn_f_card() {
  std::vector<ParamDef> table =
      rcn::params(/*least_featuremaps=*/4, /*least_pool_size=*/2, "accepted and ignored, as in the published code");
  table.push_back({.name = "use_stream3",
                   .type = ParamDef::Type::kBoolean,
                   .default_value = false,
                   .since = 2,
                   .doc = "the third quarter of the maps comes from stream3, as it is built; the published code calls stream2 again"});
  return {
      .name = "rcn_f",
      .title = "RCN-F (embedded attention)",
      .paper = rcn::kPaper,
      .doi = rcn::kDoi,
      .verified = "fixture",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28, .low = 0.0, .high = 1.0},
      .params = std::move(table),
      .classes_param = "num_classes",
      .channels_param = "num_input",
      .parameters = 13795,
      .flops = 5994775,
      .sizes = [](const nlohmann::json&) { return rcn::sizes_after_streams(1); },
      .conflicts = rcn::streams_conflict,
  };
}

}  // namespace mexbench::models
