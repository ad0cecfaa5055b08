#include "harness/stats/selective.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "harness/stats/ranks.h"

namespace mexbench::stats {

RiskCoverage risk_coverage(std::span<const Decision> decisions) {
  assert(!decisions.empty());
  std::vector<double> confidences;
  for (const Decision& decision : decisions) confidences.push_back(decision.confidence);
  assert(all_finite(confidences));
  std::vector<std::size_t> order = ascending(confidences);
  std::reverse(order.begin(), order.end());

  const auto clips = static_cast<double>(decisions.size());
  RiskCoverage out;
  std::size_t errors = 0;
  for (const TieGroup& group : tie_groups(confidences, order, 0.0)) {
    const std::size_t before = errors;
    for (std::size_t i = group.begin; i < group.end; ++i) errors += decisions[order[i]].correct ? 0U : 1U;
    const double per_clip = static_cast<double>(errors - before) / static_cast<double>(group.size());
    for (std::size_t k = group.begin + 1; k <= group.end; ++k) {
      const double expected = static_cast<double>(before) + per_clip * static_cast<double>(k - group.begin);
      out.aurc += expected / static_cast<double>(k) / clips;
    }
    const auto accepted = static_cast<double>(group.end);
    out.points.push_back({.clips = group.end,
                          .errors = errors,
                          .threshold = confidences[order[group.begin]],
                          .coverage = accepted / clips,
                          .risk = static_cast<double>(errors) / accepted});
  }
  const std::size_t right = decisions.size() - errors;
  for (std::size_t k = right + 1; k <= decisions.size(); ++k) {
    out.best_aurc += static_cast<double>(k - right) / static_cast<double>(k) / clips;
  }
  out.excess = std::max(0.0, out.aurc - out.best_aurc);  // rounding must not make the best order beatable
  return out;
}

const RiskPoint& at_coverage(const RiskCoverage& curve, double coverage) {
  assert(coverage > 0.0 && coverage <= 1.0 && !curve.points.empty());
  // 0.8 of ten clips is eight, whatever 0.8 is in binary.
  const double wanted = coverage - 1e-9;
  return *std::lower_bound(curve.points.begin(), curve.points.end(), wanted,
                           [](const RiskPoint& point, double least) { return point.coverage < least; });
}

}  // namespace mexbench::stats
