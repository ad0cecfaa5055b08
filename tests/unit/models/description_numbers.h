// What a description's layers hold, as LibTorch's layers name and shape it: for tests that hold descriptions to cards and networks.
#pragma once

#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "harness/engine/description.h"

namespace mexbench::models {

using NamedShape = std::pair<std::string, std::vector<std::int64_t>>;

struct DescribedNumbers {
  std::vector<NamedShape> parameters;
  std::vector<NamedShape> buffers;  // running statistics

  [[nodiscard]] std::int64_t parameter_count() const {
    std::int64_t out = 0;
    for (const auto& [name, shape] : parameters) out += std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    return out;
  }
};

inline DescribedNumbers numbers_of(const engine::Description& description) {
  using LayerKind = engine::Layer::Kind;
  DescribedNumbers out;
  for (const engine::Layer& layer : description.layers()) {
    if (layer.kind != LayerKind::kConvolution && layer.kind != LayerKind::kLinear && layer.kind != LayerKind::kBatchNorm) continue;
    const engine::Shape& given = description.layers()[static_cast<std::size_t>(layer.from.front())].shape;
    const std::int64_t made = layer.shape.channels;
    std::vector<std::int64_t> weight{made};
    if (layer.kind == LayerKind::kConvolution) weight = {made, given.channels, layer.kernel, layer.kernel};
    if (layer.kind == LayerKind::kLinear) weight = {made, given.numbers()};
    out.parameters.emplace_back(layer.name + ".weight", weight);
    out.parameters.emplace_back(layer.name + ".bias", std::vector<std::int64_t>{made});
    if (layer.kind != LayerKind::kBatchNorm) continue;
    out.buffers.emplace_back(layer.name + ".running_mean", std::vector<std::int64_t>{made});
    out.buffers.emplace_back(layer.name + ".running_var", std::vector<std::int64_t>{made});
    out.buffers.emplace_back(layer.name + ".num_batches_tracked", std::vector<std::int64_t>{});
  }
  return out;
}

}  // namespace mexbench::models
