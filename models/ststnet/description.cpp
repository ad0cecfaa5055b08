// The network of models/ststnet/ststnet.h for the fused engine: its three streams one by one, as the release has them.
#include "models/ststnet/description.h"

#include <array>
#include <cstddef>
#include <string>

namespace mexbench::models {

core::Result<engine::Description> ststnet_description(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  constexpr std::array<std::int64_t, 3> kMaps{3, 5, 8};
  engine::Description net({.channels = params.at("in_channels").get<std::int64_t>(), .height = height, .width = width});
  std::array<engine::Value, kMaps.size()> streams;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    streams[i] = net.convolution("conv" + std::to_string(i + 1), net.input(),
                                 {.maps = kMaps[i], .kernel = 3, .padding = params.at("padding").get<std::int64_t>()});
  }
  for (std::size_t i = 0; i < streams.size(); ++i) streams[i] = net.batch_norm("bn" + std::to_string(i + 1), net.relu(streams[i]));
  for (engine::Value& stream : streams) {
    stream = net.dropout(net.max_pool(stream, {.kernel = 3, .stride = 3, .padding = 1}), params.at("dropout").get<double>());
  }
  const engine::Value pooled = net.average_pool(net.concatenate(streams), {.kernel = 2, .stride = 2});
  net.linear("fc", pooled, params.at("out_channels").get<std::int64_t>());
  return net;
}

}  // namespace mexbench::models
