// Percentile intervals of pooled scores, and of their differences between models, by drawing subjects with replacement.
//
// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13 (percentile interval) and section 6.2 (standard
// error); strata as in Davison and Hinkley, "Bootstrap Methods and their Application" (1997), section 3.2. One draw takes from every
// dataset as many subjects as it has, each with all its clips and all its seeds; then the counts are pooled and scored. All models are
// scored on the same draws, so the interval of a difference is that of paired data. A percentile is type 7 of Hyndman and Fan
// (harness/core/quantile.h).
//
// How far to trust them, measured on the clip counts of MEGC 2019 with subjects that differ in how hard they are (docs/statistics.md
// says how, and has the table): a 95 % interval of UF1 covers the truth 93 % of the time with its 68 subjects, 92 % with 28, 91 % with 20
// or 16 and 89 % with 12. Below kFewSubjects the result says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::stats {

inline constexpr std::int64_t kDraws = 10'000;
inline constexpr std::size_t kFewSubjects = 30;
// A score that is undefined in more than this share of draws (a rare class was not drawn) has no interval.
inline constexpr double kMostUndefined = 0.05;

struct BootstrapOptions {
  std::int64_t draws = kDraws;  // above 1
  double level = 0.95;          // inside (0, 1)
  core::Seed seed{0};
  bool pairs = true;  // differences too
};

// An interval says all that a reader needs to judge it.
struct Interval {
  Figure estimate;                       // on the subjects as they are
  std::optional<double> low, high;       // both or neither
  std::string reason;                    // why there is no interval; empty when there is one
  std::optional<double> standard_error;  // standard deviation over the defined draws; nothing exactly when there is no interval
  double level = 0.0;
  std::string_view method;     // words for a caption
  std::string_view unit;       // what was drawn
  std::int64_t draws = 0;      // asked for
  std::int64_t undefined = 0;  // of them; percentiles are over the others
  [[nodiscard]] bool holds(double value) const { return low && *low <= value && value <= *high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct ScoreIntervals {
  Interval uf1;
  Interval uar;
  Interval accuracy;
  std::vector<Interval> f1;  // per class
  [[nodiscard]] const Interval& of(Metric metric) const;
  friend bool operator==(const ScoreIntervals&, const ScoreIntervals&) = default;
};

// Of `first` minus `second`, places in SubjectCounts::models(), first < second.
struct PairIntervals {
  std::size_t first = 0;
  std::size_t second = 0;
  ScoreIntervals difference;
};

struct Bootstrap {
  std::vector<ScoreIntervals> models;
  std::vector<PairIntervals> pairs;  // (0, 1), (0, 2) ... (1, 2) ...
  bool few_subjects = false;         // fewer than kFewSubjects
  std::vector<std::string> notes;    // sentences that belong under the intervals: few subjects, a dataset with one subject
};

// Each dataset draws from a stream of its own (seed, dataset, "bootstrap"): equal subjects give equal draws whatever the models, their
// order or the order in which subjects were handed over. With one subject in every dataset all draws are alike: no interval, with the
// reason.
[[nodiscard]] Bootstrap bootstrap(const SubjectCounts& counts, const BootstrapOptions& options = {});

}  // namespace mexbench::stats
