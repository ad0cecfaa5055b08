#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "harness/engine/plan.h"

namespace mexbench::engine {
namespace {

using Kind = Layer::Kind;

// Layers from a convolution to what a concatenation takes, each with one consumer: first to last. Empty when the chain begins otherwise.
std::vector<std::int32_t> chain_to(std::span<const Layer> layers, std::int32_t last) {
  std::vector<std::int32_t> out;
  for (std::int32_t at = last;; at = layers[static_cast<std::size_t>(at)].from.front()) {
    const Layer& layer = layers[static_cast<std::size_t>(at)];
    out.insert(out.begin(), at);
    if (layer.kind == Kind::kConvolution) return out;
    if (layer.kind == Kind::kInput || layer.kind == Kind::kChannels || layer.kind == Kind::kConcatenate || layer.kind == Kind::kLinear) {
      return {};
    }
  }
}

bool alike(const Layer& a, const Layer& b) {
  return a.kind == b.kind && a.shape.height == b.shape.height && a.shape.width == b.shape.width && a.kernel == b.kernel &&
         a.stride == b.stride && a.padding == b.padding && a.probability == b.probability && a.epsilon == b.epsilon &&
         a.momentum == b.momentum;
}

// The chains that a concatenation joins, when they can be one chain with all their maps.
std::optional<std::vector<std::vector<std::int32_t>>> chains_of(std::span<const Layer> layers, const Layer& concatenation) {
  std::vector<std::vector<std::int32_t>> chains;
  for (const std::int32_t from : concatenation.from) chains.push_back(chain_to(layers, from));
  const std::vector<std::int32_t>& first = chains.front();
  for (const std::vector<std::int32_t>& chain : chains) {
    if (chain.empty() || chain.size() != first.size()) return std::nullopt;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (!alike(layers[static_cast<std::size_t>(chain[i])], layers[static_cast<std::size_t>(first[i])])) return std::nullopt;
    }
    if (layers[static_cast<std::size_t>(chain.front())].from != layers[static_cast<std::size_t>(first.front())].from) return std::nullopt;
  }
  return chains;
}

void check_uses(std::span<const Layer> layers) {
  std::vector<int> uses(layers.size(), 0);
  for (const Layer& layer : layers) {
    for (const std::int32_t from : layer.from) ++uses[static_cast<std::size_t>(from)];
    if (layer.kind == Kind::kChannels && layers[static_cast<std::size_t>(layer.from.front())].kind != Kind::kInput) {
      throw std::invalid_argument("channels: of the input only");
    }
  }
  for (std::size_t at = 0; at < layers.size(); ++at) {
    const bool is_input = layers[at].kind == Kind::kInput || layers[at].kind == Kind::kChannels;
    const bool is_last = at + 1 == layers.size();
    if (is_input || uses[at] == (is_last ? 0 : 1)) continue;
    throw std::invalid_argument(fmt::format("layer {} ({}) is used {} times, need once", at, to_string(layers[at].kind), uses[at]));
  }
  if (layers.back().kind != Kind::kLinear) throw std::invalid_argument("the last layer is not linear");
}

}  // namespace

std::vector<Unit> units_of(const Description& description) {
  const std::span<const Layer> layers = description.layers();
  check_uses(layers);
  // Of each layer: the unit that it is a part of.
  std::vector<std::int32_t> unit_of(layers.size(), -1);
  // The chain that a layer is merged with, by the position of its concatenation, and its place in that chain.
  struct Merged {
    std::int32_t concatenation = -1;
    std::size_t place = 0;
  };
  std::vector<Merged> merged(layers.size());
  std::vector<std::vector<std::vector<std::int32_t>>> chains(layers.size());
  for (std::size_t at = 0; at < layers.size(); ++at) {
    if (layers[at].kind != Kind::kConcatenate) continue;
    auto found = chains_of(layers, layers[at]);
    if (!found) continue;
    for (const std::vector<std::int32_t>& chain : *found) {
      for (std::size_t place = 0; place < chain.size(); ++place) {
        merged[static_cast<std::size_t>(chain[place])] = {.concatenation = static_cast<std::int32_t>(at), .place = place};
      }
    }
    chains[at] = std::move(*found);
  }

  std::vector<Unit> units;
  const auto add = [&](const Layer& layer, const std::vector<std::int32_t>& members) {
    Unit unit{.layer = layer, .given = {}, .parts = {}};
    unit.layer.shape.channels = 0;
    for (const std::int32_t member : members) {
      const Layer& part = layers[static_cast<std::size_t>(member)];
      unit.layer.shape.channels += part.shape.channels;
      unit.parts.push_back({.name = part.name, .channels = part.shape.channels, .layer = member});
      unit_of[static_cast<std::size_t>(member)] = static_cast<std::int32_t>(units.size());
    }
    for (std::int32_t& from : unit.layer.from) from = unit_of[static_cast<std::size_t>(from)];
    if (!unit.layer.from.empty()) unit.given = units[static_cast<std::size_t>(unit.layer.from.front())].layer.shape;
    units.push_back(std::move(unit));
  };
  for (std::size_t at = 0; at < layers.size(); ++at) {
    const Merged& place = merged[at];
    if (place.concatenation >= 0) continue;  // with its concatenation
    if (chains[at].empty()) {
      add(layers[at], {static_cast<std::int32_t>(at)});
      continue;
    }
    for (std::size_t i = 0; i < chains[at].front().size(); ++i) {
      std::vector<std::int32_t> members;
      for (const std::vector<std::int32_t>& chain : chains[at]) members.push_back(chain[i]);
      add(layers[static_cast<std::size_t>(members.front())], members);
    }
    unit_of[at] = static_cast<std::int32_t>(units.size()) - 1;
  }
  return units;
}

}  // namespace mexbench::engine
