// What one subject does to the scores: a standard error without random draws, as a cross-check of the bootstrap, and the influence of
// each person.
//
// Standard error, with n_h subjects in stratum (dataset) h and t_hi the score without subject i of it:
//
//   SE = sqrt( sum over h of (n_h - 1)/n_h * sum over i of (t_hi - mean_h)^2 )
//
// Source: Wolter, "Introduction to Variance Estimation" (2nd edition, 2007), chapter 4; Shao and Tu, "The Jackknife and Bootstrap"
// (1995), chapter 6. As there, the other subjects of the stratum count n_h/(n_h - 1) times in t_hi, so that leaving a person out does
// not shift weight from one dataset to another. With a single stratum that changes nothing, since scores are ratios of counts.
//
// The interval is estimate +- t * SE with the t of n - H degrees of freedom (subjects less strata): the SE is itself estimated from so
// many deviations, and with 20 subjects the normal's 1.96 would be 7 % too short. It is not cut to [0, 1]. The bootstrap's interval is
// the one to report; where the two differ much, one person decides the result, and the influences below tell who.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stats/subject_counts.h"

namespace mexbench::stats {

struct JackknifeInterval {
  Figure estimate;
  Figure standard_error;            // undefined when the score without some subject is, or every dataset has one subject
  std::optional<double> low, high;  // exactly when there is a standard error
  double level = 0.0;
  double degrees = 0.0;  // of freedom
  std::string_view method;
  std::string_view unit;
};

struct JackknifeScores {
  JackknifeInterval uf1;
  JackknifeInterval uar;
  JackknifeInterval accuracy;
  std::vector<JackknifeInterval> f1;
  [[nodiscard]] const JackknifeInterval& of(Metric metric) const;
};

// Of model `model`, and of model `first` minus model `second`. `level` is inside (0, 1).
[[nodiscard]] JackknifeScores jackknife(const SubjectCounts& counts, std::size_t model, double level = 0.95);
[[nodiscard]] JackknifeScores jackknife_difference(const SubjectCounts& counts, std::size_t first, std::size_t second, double level = 0.95);

// Ranks of models by a score, 1 the best; scores closer than 1e-12 share a rank, and the next rank is left out (1, 2, 2, 4). A model
// without a score has no rank: 0.
using Ranks = std::vector<std::size_t>;

struct Influence {
  std::size_t subject = 0;      // place in SubjectCounts::subjects()
  std::vector<Figure> without;  // per model, the pooled score of all other subjects, each counted once
  std::vector<Figure> change;   // without minus with: above 0, the subject pulls the score down
  Ranks ranks;
  bool changes_best = false;   // other models share rank 1 than with everybody
  bool changes_order = false;  // some rank differs
};

struct Influences {
  std::vector<Figure> scores;  // per model, with everybody
  Ranks ranks;
  std::vector<Influence> subjects;  // in the order of SubjectCounts::subjects()
};

// With a single subject there is nothing without it: its scores are undefined.
[[nodiscard]] Influences influences(const SubjectCounts& counts, Metric metric);

}  // namespace mexbench::stats
