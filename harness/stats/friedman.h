// Several models over the same blocks (datasets, or subjects): do they differ at all, and which pairs do?
//
// Friedman's test (Friedman, "The use of ranks to avoid the assumption of normality implicit in the analysis of variance", JASA 32, 1937).
// In each of N blocks the k models are ranked, the best score has rank 1, ties share the mean of their ranks. With R_j the sum of the ranks
// of model j and r_bj its rank in block b
//
//   chi^2 = (k - 1) sum_j (R_j - N (k + 1) / 2)^2 / sum_bj (r_bj - (k + 1) / 2)^2        k - 1 degrees of freedom
//
// which is the usual statistic with its tie correction: equals scipy.stats.friedmanchisquare. It is conservative for few blocks; Iman and
// Davenport ("Approximations of the critical region of the Friedman statistic", Communications in Statistics A9(6), 1980) take
//
//   F = (N - 1) chi^2 / (N (k - 1) - chi^2)                                              k - 1 and (k - 1)(N - 1) degrees of freedom
//
// Pairs are compared by Wilcoxon's signed-rank test on their scores with Holm's adjustment over all k (k - 1) / 2 pairs (Benavoli, Corani,
// Mangili, "Should we really use post-hoc tests based on mean-ranks?", JMLR 17(5), 2016). The distance between mean ranks is no test of
// two models, because it depends on which other models are in the table. Holm alone keeps the error rate of the pairs, so they are
// compared whether or not Friedman's test rejects.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/stats/wilcoxon.h"

namespace mexbench::stats {

// Higher scores are better.
struct ScoreTable {
  std::vector<std::string> models;          // names, all different
  std::vector<std::vector<double>> blocks;  // blocks[block][model]
};

inline constexpr std::size_t kFewestBlocks = 5;
inline constexpr std::size_t kFewestModels = 3;

struct Friedman {
  std::size_t blocks = 0;
  std::vector<double> average_ranks;  // in the order of the models; 1 is best
  double chi_squared = 0.0;
  double chi_squared_p = 1.0;
  // Nothing when every block ranks the models alike, where F is infinite; `p` is then exact: the chance that N blocks agree when each
  // of the a arrangements of a block's ranks is equally likely, a^(1-N). Nothing too when all scores of every block tie: p is 1.
  std::optional<double> f;
  double p = 1.0;      // of F: the one to quote
  std::string reason;  // why there is no F
};

// Fails with kData: fewer than kFewestBlocks blocks, or kFewestModels models (two are compared by wilcoxon_signed_rank), a score that is
// not finite. Rows that do not have one score per model are a programmer error.
[[nodiscard]] core::Result<Friedman> friedman(const ScoreTable& table);

struct PairedComparison {
  std::size_t first = 0;  // places of the models; first < second
  std::size_t second = 0;
  SignedRank test;        // of the differences first - second
  double adjusted = 1.0;  // Holm over all pairs of the table
};

// What a critical-difference diagram and the sentences under it are both made of.
struct RankComparison {
  Friedman friedman;
  double alpha = 0.0;
  std::vector<PairedComparison> pairs;  // (0, 1), (0, 2), ... (1, 2), ...
  // Places of the models from the best average rank to the worst; equal average ranks in byte order of the names.
  std::vector<std::size_t> order;
  // Groups of models that can't be told apart. A group is a run of at least two neighbours in `order` in which no pair at all is
  // significant (adjusted p above alpha), and which no longer run of that kind contains. A model may be in several groups, and two models
  // in no common group may still be undistinguished, when a model ranked between them differs from one of them: `pairs` has the last word.
  // Members are places of models, in the order of `order`; groups go from the best to the worst.
  std::vector<std::vector<std::size_t>> groups;
  // The smallest adjusted p that any pair could have had with so many blocks. Above alpha, groups only say that blocks are few.
  double smallest_adjusted_p = 1.0;
};

// Fails as friedman() does. 0 < alpha < 1.
[[nodiscard]] core::Result<RankComparison> compare_ranks(const ScoreTable& table, double alpha, ZeroRule zeros = ZeroRule::kDrop);

}  // namespace mexbench::stats
