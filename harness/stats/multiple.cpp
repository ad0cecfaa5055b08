#include "harness/stats/multiple.h"

#include <algorithm>
#include <cassert>

#include "harness/stats/ranks.h"

namespace mexbench::stats {

std::vector<double> holm(std::span<const double> raw) {
  assert(!raw.empty());
  assert(std::all_of(raw.begin(), raw.end(), [](double p) { return p >= 0.0 && p <= 1.0; }));
  const std::vector<std::size_t> order = ascending(raw);
  std::vector<double> out(raw.size());
  double highest = 0.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    highest = std::max(highest, std::min(1.0, static_cast<double>(order.size() - i) * raw[order[i]]));
    out[order[i]] = highest;
  }
  return out;
}

TestFamily holm_family(std::string name, std::vector<double> raw) {
  assert(!name.empty());
  std::vector<double> adjusted = holm(raw);
  return {.name = std::move(name), .raw = std::move(raw), .adjusted = std::move(adjusted)};
}

}  // namespace mexbench::stats
