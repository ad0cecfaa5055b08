// What choosing the epoch on the test subject gives to a guesser that looks at nothing.
//
// Some published code keeps, for every held-out subject, the epoch that scores best on that very subject. This is the null curve of that
// selection: for each subject E epochs of independent guesses, the epoch with most clips right kept (the earliest of several; its
// answers are those of any epoch with that many right), counts pooled as every other score is. It needs the clip counts only, no images
// and no training. A score below the curve of its number of epochs is no evidence of recognition.
//
// Independent epochs are the upper curve. Epochs of one training resemble each other, so the number of epochs that count as independent
// is smaller than the number trained; where it lies between 1 and E is not known from scores alone.
//
// Exactly: a subject's number of right clips has the Poisson-binomial distribution F, clips of class c being right with probability q_c
// = the guesser's share of c. The best of E epochs has F(m)^E, so its mean is
//
//   E[max] = sum over m >= 0 of (1 - F(m)^E)
//
// (order statistics: David and Nagaraja, "Order Statistics", 3rd edition 2003, section 2.1; the Poisson-binomial by convolution: Hong,
// "On computing the distribution function for the Poisson binomial distribution", Computational Statistics & Data Analysis 59, 2013).
// UF1 and UAR are drawn: the number right from F^E by inversion, then how it divides over classes from the tables of the classes that
// are left (clips of a class are alike), then a class for every wrong clip from the guesser's other shares. The cost does not grow with E.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::stats {

using core::Figure;

struct GuessedSubject {
  core::SubjectId id;
  std::vector<std::int64_t> clips;  // per class
  std::vector<double> shares;       // per class, the guesser's probabilities in this subject's fold: uniform, or the training shares
};

// Over the draws; undefined when it is in any of them.
struct DrawnScore {
  Figure mean;
  double low = 0.0;   // 2.5 percentile
  double high = 0.0;  // 97.5 percentile; 0 without a mean
  friend bool operator==(const DrawnScore&, const DrawnScore&) = default;
};

struct BestOfEpochs {
  std::int64_t epochs = 0;
  double accuracy = 0.0;  // expected, exact
  DrawnScore uf1;
  DrawnScore uar;
  DrawnScore drawn_accuracy;  // its mean differs from `accuracy` by the noise of the draws
};

struct BestOfEpochsOptions {
  std::int64_t draws = 10'000;  // at least 1
  core::Seed seed{0};
};

// One entry for each of `epochs`, in their order. A subject draws from a stream of its own (seed, subject, "best of epochs"), anew for
// every number of epochs, so curves are smooth and the order of subjects changes nothing. Fails with kData, all problems at once: no
// subjects or no clips at all, an id twice, a wrong number of counts or shares, a count or share below zero, shares that do not add up to
// 1 within 1e-9, a number of epochs below 1.
[[nodiscard]] core::Result<std::vector<BestOfEpochs>> best_of_epochs(std::span<const std::string> classes,
                                                                     std::span<const GuessedSubject> subjects,
                                                                     std::span<const std::int64_t> epochs,
                                                                     const BestOfEpochsOptions& options = {});

}  // namespace mexbench::stats
