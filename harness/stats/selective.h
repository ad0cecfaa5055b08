// Selective prediction: what would a model get wrong if it answered only when it is sure? (El-Yaniv and Wiener, "On the foundations of
// noise-free selective classification", JMLR 11, 2010; Geifman and El-Yaniv, "Selective classification for deep neural networks",
// NeurIPS 2017.)
//
// Clips are accepted in descending confidence. Coverage is the share of all clips that is accepted, risk the share of the accepted that is
// wrong. A threshold can't tell clips of equal confidence apart, so they enter together, and the order of the clips has no say.
//
//   AURC    = 1/n sum_{k=1..n} risk of the k surest clips. Inside a group of equal confidence the errors are spread evenly over its clips,
//             which is the mean over all orders of the group. Without ties it is the usual sum. A confidence that knows nothing scores the
//             plain error rate.
//   E-AURC  = AURC - AURC of the best possible order, all errors last (Geifman, Uziel, El-Yaniv, "Bias-reduced uncertainty estimation for
//             deep neural classifiers", ICLR 2019; here the finite sum, for which they give the limit r + (1 - r) ln(1 - r)). It removes
//             what the error rate alone decides, so models of different accuracy can be compared in how well they know their errors.
//
// All of it is over clips and describes them; it has no intervals.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/stats/probabilities.h"

namespace mexbench::stats {

struct RiskPoint {
  std::size_t clips = 0;   // accepted: those with at least this confidence
  std::size_t errors = 0;  // of them
  double threshold = 0.0;  // confidence
  double coverage = 0.0;   // clips / all clips
  double risk = 0.0;       // errors / clips
};

struct RiskCoverage {
  std::vector<RiskPoint> points;  // one for each confidence that occurs, in ascending coverage; the last accepts every clip
  double aurc = 0.0;
  double best_aurc = 0.0;  // with the same number of errors, all of them last
  double excess = 0.0;     // E-AURC
};

// At least one decision; confidences are finite.
[[nodiscard]] RiskCoverage risk_coverage(std::span<const Decision> decisions);

// The point of smallest coverage that is at least `coverage`, from above 0 to 1: its accuracy is 1 - risk, and its coverage, which ties
// can make larger than what was asked, belongs beside it.
[[nodiscard]] const RiskPoint& at_coverage(const RiskCoverage& curve, double coverage);

}  // namespace mexbench::stats
