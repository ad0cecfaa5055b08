// Does a model that says "90 %" get nine of ten right? Everything here is computed over clips, and describes them: the clips of one person
// are not independent, so intervals are labelled clip-level, and two models are compared by subjects elsewhere.
//
// Top-label expected calibration error over bins of equal mass (Nguyen and O'Connor, "Posterior calibration and exploratory analysis for
// natural language processing models", EMNLP 2015; Nixon et al., "Measuring calibration in deep learning", CVPR workshops 2019; Roelofs et
// al., "Mitigating bias in calibration error estimation", AISTATS 2022, who find equal mass less biased than equal width):
//
//   ECE = sum over bins of (clips in bin / clips) |accuracy - mean confidence|
//
// Bins: bin_count(clips) of them, in ascending confidence. A clip belongs to bin floor(bins * m / clips), m the middle of the places, from
// 0 to `clips`, that its confidence covers in sorted order. So clips of equal confidence are never split, the order of the clips has no
// say, and a bin can be larger than its share or missing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/probabilities.h"

namespace mexbench::stats {

inline constexpr std::size_t kMostBins = 15;
inline constexpr std::size_t kFewestClipsPerBin = 20;

// kMostBins, or as many as leave each kFewestClipsPerBin clips, but at least one.
[[nodiscard]] std::size_t bin_count(std::size_t clips);

// 95 % interval of a share (Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927), which stays
// inside 0 to 1 and is no point when all or none succeed. trials > 0.
struct ShareInterval {
  double low = 0.0;
  double high = 0.0;
};
[[nodiscard]] ShareInterval wilson_interval(std::size_t successes, std::size_t trials);
// The same of a share from 0 to 1 that is known without its count, as a mean of shares of unequal classes is; trials > 0.
[[nodiscard]] ShareInterval wilson_interval_of_share(double share, double trials);

// One bar of a reliability diagram.
struct ReliabilityBin {
  std::size_t clips = 0;
  double lowest = 0.0;  // confidences in the bin
  double highest = 0.0;
  double mean_confidence = 0.0;
  double accuracy = 0.0;
  ShareInterval accuracy_interval;  // Wilson, clip-level
};

struct Calibration {
  std::size_t clips = 0;
  double ece = 0.0;
  // What a perfectly calibrated model with these confidences would show on average in these bins: each clip right with the probability
  // its confidence states, independently. An ECE is a sum of absolute values and never comes out at 0, so this is the height of the ground
  // that `ece` stands on; exact, from the distribution of the number right in each bin.
  double ece_if_calibrated = 0.0;
  std::vector<ReliabilityBin> bins;  // in ascending confidence, none empty
};

// At least one decision, confidences from 0 to 1.
[[nodiscard]] Calibration calibration_of(std::span<const Decision> decisions);

// The ECE that a perfectly calibrated model with these confidences would exceed in a share `1 - level` of samples only (consistency
// resampling: Broecker and Smith, "Increasing the reliability of reliability diagrams", Weather and Forecasting 22(3), 2007): each clip is
// right with the probability its confidence states, `draws` times. Above it a model is not calibrated; below it nobody can tell. Clips are
// taken to be independent, which makes the limit too small, never too large. At least one decision, 0 < level < 1, draws > 0.
[[nodiscard]] double ece_limit(std::span<const Decision> decisions, double level, std::size_t draws, core::RandomStream stream);

// Mean over clips of sum over classes (p - y)^2, y 1 for the true class and 0 elsewhere: from 0 to 2 (Brier, "Verification of forecasts
// expressed in terms of probability", Monthly Weather Review 78(1), 1950). Half of it is what two-class tools print.
[[nodiscard]] double brier_score(const Probabilities& probabilities, std::span<const std::size_t> truth);

}  // namespace mexbench::stats
