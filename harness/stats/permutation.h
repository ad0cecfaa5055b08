// Is the difference of two models' pooled scores more than chance? Subjects are swapped between them.
//
// If the models are exchangeable on every subject, all their seeds together, then giving a subject's tables of model A to B and those of
// B to A changes nothing about the distribution of d = score(A) - score(B). So d is compared with d* after random swaps:
//
//   p = (b + 1) / (B + 1)    b = swaps with |d*| >= |d|, of B drawn; two-sided, never 0
//
// Source: Phipson and Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular Biology
// 9(1), 2010; the swap of whole units as in Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses" (2005), and,
// for pooled F scores, Yeh, "More accurate tests for the statistical significance of result differences" (COLING 2000).
//
// When all 2^n swaps of n subjects are no more than the permutations asked for, each is tried once and p = b / 2^n with the identity
// among the b. That is the same formula: without the identity there are B = 2^n - 1 swaps and b - 1 of them are as extreme.
//
// Unequal numbers of seeds: the seeds of each model are repeated in turn up to their least common multiple, which leaves both means as
// they are. A mean of many seeds varies less than a single seed, so such models are exchangeable in what they are expected to score only:
// a p from unequal seeds is approximate.
//
// Swapping keeps the clips of each class, so UAR is undefined always or never. UF1 may come out undefined when a class without clips is
// predicted by one model; such a swap counts as extreme, which can only raise p, and is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::stats {

struct PermutationOptions {
  std::int64_t permutations = 10'000;  // at least 1
  core::Seed seed{0};
};

struct PermutationTest {
  Figure difference;              // first minus second
  Figure p;                       // undefined when the difference is
  std::int64_t permutations = 0;  // drawn, or 2^n when `exact`
  std::int64_t extreme = 0;       // of them at least as far from 0 as the difference; the identity is among them when `exact`
  std::int64_t undefined = 0;     // of the extreme ones, those without a score
  bool exact = false;             // every swap was tried once
  friend bool operator==(const PermutationTest&, const PermutationTest&) = default;
};

// `first` and `second` are places in SubjectCounts::models().
struct PairTest {
  std::size_t first = 0;
  std::size_t second = 0;
  PermutationTest uf1;
  PermutationTest uar;
  PermutationTest accuracy;
  [[nodiscard]] const PermutationTest& of(Metric metric) const;
};

// The swaps of a subject come from a stream of its own (seed, subject, "swap"), so they do not depend on the models compared, nor on the
// order of models or subjects. Fails with kUsage when two models' seeds have a least common multiple above kMostSeeds.
inline constexpr std::size_t kMostSeeds = 1000;
[[nodiscard]] core::Result<PairTest> permutation_test(const SubjectCounts& counts, std::size_t first, std::size_t second,
                                                      const PermutationOptions& options = {});
// Every pair, (0, 1), (0, 2) ... (1, 2) ..., with the same swaps.
[[nodiscard]] core::Result<std::vector<PairTest>> permutation_tests(const SubjectCounts& counts, const PermutationOptions& options = {});

}  // namespace mexbench::stats
