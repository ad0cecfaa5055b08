// The same predictions under sixteen conventions of scoring. Leaving one subject out gives folds of a few clips that often lack a class,
// so averaging a score over folds and pooling counts before scoring are far apart, and what an absent class counts as can decide more
// than the model does. A paper that does not say which it used could have printed any of these.
//
// A class is absent from a fold's F1 when 2TP + FP + FN = 0 there, from its recall when it has no clips there. "Who uses it" names code
// or a challenge that was read for it, or the function and the default of scikit-learn (Pedregosa et al., JMLR 12, 2011; behaviour of
// version 1.2) that computes it. That no paper is named for a convention does not mean that none uses it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/figure.h"

namespace mexbench::stats {

using core::Figure;

struct FoldCounts {
  std::string name;
  std::vector<std::int64_t> table;  // [truth][prediction], K x K
};

struct Convention {
  std::string_view id;  // stable, for files
  std::string_view name;
  std::string_view formula;
  std::string_view who;  // uses it
  Figure value;
};

// One entry per convention, always all of them and in the same order, the pooled scores of MEGC 2019 first. A wrong size of a table and a
// count below zero are programmer errors. No folds, or a fold without clips, leave undefined what is averaged over folds.
[[nodiscard]] std::vector<Convention> conventions(std::span<const std::string> classes, std::span<const FoldCounts> folds);

}  // namespace mexbench::stats
