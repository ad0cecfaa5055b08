// What this design can see: how far seeds and subjects spread the scores apart, the smallest difference it can resolve, and how many
// subjects a given difference would take.
//
// A test at two-sided level alpha finds a true difference delta with the wanted power when
//
//   delta >= (z_{1-alpha/2} + z_power) * SE        SE: standard error of the difference, from the paired subject bootstrap
//
// which is (1.960 + 0.842) SE = 2.80 SE for 5 % and 80 %. Source: Lachin, "Introduction to sample size determination and power analysis
// for clinical trials", Controlled Clinical Trials 2, 1981; Cohen, "Statistical Power Analysis for the Behavioral Sciences"
// (2nd edition, 1988), chapter 2. It assumes that the difference is near normal; the far tail (a difference of the wrong sign that is
// significant) is left out, which is one in a million at these settings.
//
// It is a lower bound. Where the true difference is exactly delta_min, the swap test of permutation.h found it in 75 % of simulated pairs
// of models on the 68 subjects of MEGC 2019, not 80: the bootstrap's SE is 3 % small, and a swap test pays for subjects of unequal size
// (docs/statistics.md).
//
// The SE shrinks as 1/sqrt(n) when subjects are added that are like those there, in the same mix of datasets, so a difference delta
// takes n (delta_min / delta)^2 of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/stats/bootstrap.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::stats {

struct PowerOptions {
  double alpha = 0.05;  // two-sided, inside (0, 1)
  double power = 0.8;   // inside (alpha / 2, 1)
};

// `standard_error` is not below 0.
[[nodiscard]] double smallest_difference(double standard_error, const PowerOptions& options = {});

// Subjects in all, rounded up. `smallest` is what `subjects` of them resolve. Nothing for a difference of 0, which no number of subjects
// resolves, and for more than 10^15 of them.
[[nodiscard]] std::optional<std::int64_t> subjects_needed(std::size_t subjects, double smallest, double difference);

// Two sources of spread, told apart. Seeds: the same people, another random start. Subjects: the same model, other people. Only the
// second is in an interval or a p of this room, and more seeds do not make up for few subjects.
struct Spread {
  std::size_t seeds = 0;
  Figure seed_deviation;  // standard deviation (n - 1) of the pooled scores over seeds; undefined with one seed
  Figure subject_error;   // standard error of their mean, from the bootstrap
};
[[nodiscard]] Spread spread(const SubjectCounts& counts, const Bootstrap& bootstrap, std::size_t model, Metric metric);

struct Resolution {
  std::size_t first = 0;
  std::size_t second = 0;
  Figure difference;      // first minus second
  Figure standard_error;  // of the difference
  Figure smallest;        // the smallest difference that would be found with the wanted power
  // Subjects that a true difference as large as the one seen would take; nothing when it is 0 or a figure is undefined.
  std::optional<std::int64_t> subjects_needed;
};
// One entry for each of `bootstrap`'s pairs, which must come from `counts`.
[[nodiscard]] std::vector<Resolution> resolutions(const SubjectCounts& counts, const Bootstrap& bootstrap, Metric metric,
                                                  const PowerOptions& options = {});

}  // namespace mexbench::stats
