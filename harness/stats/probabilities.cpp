#include "harness/stats/probabilities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace mexbench::stats {
namespace {

using core::Error;
using core::ErrorCode;

bool is_distribution(std::span<const double> row) {
  if (std::any_of(row.begin(), row.end(), [](double value) { return value < 0.0; })) return false;
  return std::abs(std::accumulate(row.begin(), row.end(), 0.0) - 1.0) <= kSumTolerance;
}

void softmax(std::span<double> row) {
  const double highest = *std::max_element(row.begin(), row.end());
  for (double& value : row) value = std::exp(value - highest);
  // Smallest first, so that the order of the classes does not reach the last digit.
  std::vector<double> ordered(row.begin(), row.end());
  std::sort(ordered.begin(), ordered.end());
  const double sum = std::accumulate(ordered.begin(), ordered.end(), 0.0);
  for (double& value : row) value /= sum;
}

}  // namespace

core::Result<Probabilities> probabilities_of(std::span<const float> scores, std::size_t classes) {
  assert(classes >= 2 && scores.size() % classes == 0);
  if (scores.empty()) return Error(ErrorCode::kData, "there are no clips with scores");
  Probabilities out{.clips = scores.size() / classes,
                    .classes = classes,
                    .values = std::vector<double>(scores.begin(), scores.end()),
                    .predicted = {},
                    .source = ProbabilitySource::kProbabilities};
  for (std::size_t clip = 0; clip < out.clips; ++clip) {
    const std::span<const double> row = out.row(clip);
    if (!std::all_of(row.begin(), row.end(), [](double value) { return std::isfinite(value); })) {
      return Error(ErrorCode::kData, fmt::format("a score of clip {} of {} is not a finite number", clip + 1, out.clips));
    }
    // Before the softmax, which rounds scores together that differ.
    out.predicted.push_back(static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()));
    if (!is_distribution(row)) out.source = ProbabilitySource::kSoftmax;
  }
  if (out.source == ProbabilitySource::kSoftmax) {
    for (std::size_t clip = 0; clip < out.clips; ++clip) softmax(std::span(out.values).subspan(clip * classes, classes));
  }
  return out;
}

std::vector<Decision> decisions_of(const Probabilities& probabilities, std::span<const std::size_t> truth) {
  assert(truth.size() == probabilities.clips);
  std::vector<Decision> out;
  for (std::size_t clip = 0; clip < probabilities.clips; ++clip) {
    assert(truth[clip] < probabilities.classes);
    const std::size_t predicted = probabilities.predicted[clip];
    out.push_back({.confidence = probabilities.row(clip)[predicted], .correct = predicted == truth[clip]});
  }
  return out;
}

}  // namespace mexbench::stats
