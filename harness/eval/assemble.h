// From texts to predictions: the one place where every format of prediction file (tables, logs) is checked and canonicalised, so that
// the same slip gives the same message whatever the file looked like. For harness/eval's own readers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/diagnostic.h"
#include "harness/core/result.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {

// One row as it was written. The views must outlive assemble().
struct RawPrediction {
  std::size_t line = 0;
  std::string_view dataset;
  std::string_view subject;
  std::string_view clip;
  std::string_view fold;  // empty: not known
  std::string_view truth;
  std::string_view prediction;
  std::vector<std::string_view> scores;  // one per score class, or empty
};

// Problems of a file, in the order found. The first 20 are told, the rest counted.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  void add(std::size_t line, std::string message, std::string hint = {});
  [[nodiscard]] bool any() const { return !told_.empty(); }
  [[nodiscard]] core::Error error() &&;

 private:
  static constexpr std::size_t kMostTold = 20;
  std::string file_;
  std::vector<core::Diagnostic> told_;
  std::size_t untold_ = 0;
};

// `score_classes` names the score columns, in the order of RawPrediction::scores; empty: there are none. `problems` may already hold
// what the reader found; the result is then an error whatever the rows are.
[[nodiscard]] core::Result<PredictionSet> assemble(const std::vector<RawPrediction>& rows, const std::vector<std::string>& score_classes,
                                                   const ReadOptions& options, Problems problems);

}  // namespace mexbench::eval
