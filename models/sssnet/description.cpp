// The network of models/sssnet/sssnet.h for the fused engine.
#include "models/sssnet/description.h"

#include <vector>

namespace mexbench::models {

core::Result<engine::Description> sssnet_description(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  if (params.at("softmax").get<bool>()) return core::Error(core::ErrorCode::kUsage, "softmax at the end");
  const auto widths = params.at("h_dims").get<std::vector<std::int64_t>>();
  const double dropped = params.at("dropout").get<double>();
  engine::Description net({.channels = 3, .height = height, .width = width});
  engine::Value maps = net.relu(net.convolution("conv1", net.input(), {.maps = widths[0], .kernel = 5}));
  maps = net.map_dropout(net.batch_norm("bn1", net.max_pool(maps, {.kernel = 3, .stride = 3})), dropped);
  maps = net.relu(net.convolution("conv2", maps, {.maps = widths[1], .kernel = 3}));
  maps = net.map_dropout(net.batch_norm("bn2", net.max_pool(maps, {.kernel = 2, .stride = 2})), dropped);
  const engine::Value hidden = net.relu(net.linear("fc1", maps, widths[2]));
  net.linear("fc", net.dropout(hidden, dropped), params.at("num_classes").get<std::int64_t>());
  return net;
}

}  // namespace mexbench::models
