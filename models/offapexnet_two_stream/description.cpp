// The network of models/offapexnet_two_stream/offapexnet_two_stream.h for the fused engine.
#include "models/offapexnet_two_stream/description.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace mexbench::models {

core::Result<engine::Description> offapexnet_two_stream_description(const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  const auto filters = params.at("filters").get<std::vector<std::int64_t>>();
  const auto units = params.at("units").get<std::vector<std::int64_t>>();
  const bool rectified = params.at("conv_relu").get<bool>();
  const double dropped = params.at("dropout").get<double>();
  engine::Description net({.channels = 2, .height = height, .width = width});
  std::array<engine::Value, 2> streams;  // of u and of v
  for (std::size_t stream = 0; stream < streams.size(); ++stream) {
    engine::Value maps = net.channels(net.input(), static_cast<std::int64_t>(stream), 1);
    for (std::size_t stage = 0; stage < filters.size(); ++stage) {
      maps = net.convolution("cnn" + std::to_string(stream + 1) + ".conv" + std::to_string(stage + 1), maps,
                             {.maps = filters[stage], .kernel = 5, .padding = 2});
      if (rectified) maps = net.relu(maps);
      maps = net.max_pool(maps, {.kernel = 2, .stride = 2});
    }
    streams[stream] = maps;
  }
  // The numbers in the names count the layers without parameters too.
  engine::Value hidden = net.relu(net.linear("dense.0", net.concatenate(streams), units[0]));
  hidden = net.relu(net.linear("dense.3", net.dropout(hidden, dropped), units[1]));
  net.linear("dense.6", net.dropout(hidden, dropped), params.at("num_classes").get<std::int64_t>());
  return net;
}

}  // namespace mexbench::models
