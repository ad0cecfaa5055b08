// The network of models/offapexnet/offapexnet.h for the fused engine.
#include "models/offapexnet/description.h"

namespace mexbench::models {

core::Result<engine::Description> offapexnet_description(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  constexpr std::int64_t kUnits = 1024;
  const double dropped = params.at("dropout").get<double>();
  engine::Description net({.channels = 2, .height = height, .width = width});
  engine::Value maps = net.relu(net.convolution("conv1", net.input(), {.maps = 6, .kernel = 3, .padding = 1}));
  maps = net.max_pool(maps, {.kernel = 2, .stride = 2});
  maps = net.relu(net.convolution("conv2", maps, {.maps = 16, .kernel = 3, .padding = 1}));
  maps = net.max_pool(maps, {.kernel = 2, .stride = 2});
  const engine::Value hidden = net.relu(net.linear("fc1", net.dropout(maps, dropped), kUnits));
  net.linear("fc", net.dropout(hidden, dropped), params.at("num_classes").get<std::int64_t>());
  return net;
}

}  // namespace mexbench::models
