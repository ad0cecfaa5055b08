// From texts to predictions: the one place where every format of prediction file (tables, logs) is checked and canonicalised, so that
// the same slip gives the same message whatever the file looked like. For harness/eval's own readers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/text_problems.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {

// A piece of a row as it was written, and its place. The view must outlive assemble().
struct RawField {
  std::string_view text;
  std::size_t line = 0;
  std::size_t column = 0;  // 0: somewhere in the line
  [[nodiscard]] core::TextSpan span() const { return {.line = line, .column = column, .length = text.size()}; }
};

struct RawPrediction {
  RawField dataset;
  RawField subject;
  RawField clip;
  RawField fold;  // empty: not known
  RawField truth;
  RawField prediction;
  std::vector<RawField> scores;  // one per score class, or empty
};

// `score_classes` names the score columns, in the order of RawPrediction::scores; empty: there are none. `problems` may already hold
// what the reader found; the result is then an error whatever the rows are.
[[nodiscard]] core::Result<PredictionSet> assemble(const std::vector<RawPrediction>& rows, const std::vector<RawField>& score_classes,
                                                   const ReadOptions& options, core::TextProblems problems);

}  // namespace mexbench::eval
