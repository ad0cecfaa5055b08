#include "harness/stats/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "harness/core/quantile.h"
#include "harness/stats/distributions.h"
#include "harness/stats/ranks.h"

namespace mexbench::stats {
namespace {

// E|right - sum of the confidences| for independent clips, each right with its confidence.
double expected_gap(std::span<const double> confidences) {
  std::vector<double> chance(confidences.size() + 1, 0.0);  // of that many right
  chance[0] = 1.0;
  double sum = 0.0;
  std::size_t clips = 0;
  for (const double confidence : confidences) {
    ++clips;
    for (std::size_t right = clips; right > 0; --right) {
      chance[right] = chance[right] * (1.0 - confidence) + chance[right - 1] * confidence;
    }
    chance[0] *= 1.0 - confidence;
    sum += confidence;
  }
  double out = 0.0;
  for (std::size_t right = 0; right < chance.size(); ++right) out += chance[right] * std::abs(static_cast<double>(right) - sum);
  return out;
}

}  // namespace

std::size_t bin_count(std::size_t clips) { return std::clamp<std::size_t>(clips / kFewestClipsPerBin, 1, kMostBins); }

ShareInterval wilson_interval_of_share(double share, double trials) {
  assert(trials > 0.0 && share >= 0.0 && share <= 1.0);
  const double z = normal_quantile(0.975);
  const double scale = 1.0 + z * z / trials;
  const double centre = (share + z * z / (2.0 * trials)) / scale;
  const double half = z * std::sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)) / scale;
  // Rounding must not lead out of the range, or past a share that is an end of it.
  return {.low = share == 0.0 ? 0.0 : centre - half, .high = share == 1.0 ? 1.0 : centre + half};
}

ShareInterval wilson_interval(std::size_t successes, std::size_t trials) {
  assert(trials > 0 && successes <= trials);
  return wilson_interval_of_share(static_cast<double>(successes) / static_cast<double>(trials), static_cast<double>(trials));
}

Calibration calibration_of(std::span<const Decision> decisions) {
  assert(!decisions.empty());
  std::vector<double> confidences;
  for (const Decision& decision : decisions) {
    assert(decision.confidence >= 0.0 && decision.confidence <= 1.0 + kSumTolerance);
    confidences.push_back(std::min(decision.confidence, 1.0));
  }
  const std::vector<std::size_t> order = ascending(confidences);
  const std::size_t clips = decisions.size();
  const std::size_t bins = bin_count(clips);

  Calibration out{.clips = clips};
  const std::vector<TieGroup> groups = tie_groups(confidences, order, 0.0);
  const auto bin_of = [&](const TieGroup& group) { return bins * (group.begin + group.end) / (2 * clips); };
  for (std::size_t first = 0; first < groups.size();) {
    std::size_t last = first;
    while (last + 1 < groups.size() && bin_of(groups[last + 1]) == bin_of(groups[first])) ++last;
    std::vector<double> members;  // confidences
    std::size_t right = 0;
    for (std::size_t i = groups[first].begin; i < groups[last].end; ++i) {
      members.push_back(confidences[order[i]]);
      if (decisions[order[i]].correct) ++right;
    }
    const auto size = static_cast<double>(members.size());
    const double sum = std::accumulate(members.begin(), members.end(), 0.0);
    out.bins.push_back({.clips = members.size(),
                        .lowest = members.front(),
                        .highest = members.back(),
                        .mean_confidence = std::clamp(sum / size, members.front(), members.back()),
                        .accuracy = static_cast<double>(right) / size,
                        .accuracy_interval = wilson_interval(right, members.size())});
    out.ece += std::abs(static_cast<double>(right) - sum) / static_cast<double>(clips);
    out.ece_if_calibrated += expected_gap(members) / static_cast<double>(clips);
    first = last + 1;
  }
  return out;
}

double ece_limit(std::span<const Decision> decisions, double level, std::size_t draws, core::RandomStream stream) {
  assert(level > 0.0 && level < 1.0 && draws > 0);
  std::vector<Decision> drawn(decisions.begin(), decisions.end());
  // In one order, so that the clips' own has no say.
  std::sort(drawn.begin(), drawn.end(), [](const Decision& a, const Decision& b) { return a.confidence < b.confidence; });
  std::vector<double> values;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (Decision& decision : drawn) decision.correct = stream.uniform() < decision.confidence;
    values.push_back(calibration_of(drawn).ece);
  }
  return core::quantile(values, level);
}

double brier_score(const Probabilities& probabilities, std::span<const std::size_t> truth) {
  assert(truth.size() == probabilities.clips && !truth.empty());
  std::vector<double> terms;
  for (std::size_t clip = 0; clip < probabilities.clips; ++clip) {
    assert(truth[clip] < probabilities.classes);
    double term = 0.0;
    for (std::size_t c = 0; c < probabilities.classes; ++c) {
      const double miss = probabilities.row(clip)[c] - (c == truth[clip] ? 1.0 : 0.0);
      term += miss * miss;
    }
    terms.push_back(term);
  }
  std::sort(terms.begin(), terms.end());  // so that the order of the clips does not reach the last digit
  return std::accumulate(terms.begin(), terms.end(), 0.0) / static_cast<double>(terms.size());
}

}  // namespace mexbench::stats
