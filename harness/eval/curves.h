// How a run learned: training loss and pooled test UF1 after every epoch, over all its folds. Derived from the epochs that record_epochs
// kept, and small, since a report has no time for the hundreds of thousands of rows of epochs.csv. The UF1 of an epoch other than the last
// is no score of the run: whoever chooses an epoch by it chooses on the test subjects.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/truth.h"
#include "harness/eval/best_epoch.h"

namespace mexbench::eval {

struct CurvePoint {
  std::int64_t epoch = 0;
  std::int64_t folds = 0;   // that recorded this epoch
  double train_loss = 0.0;  // mean over them
  double loss_low = 0.0;    // 2.5 percentile over them (core/quantile.h)
  double loss_high = 0.0;   // 97.5 percentile
  // Counts of all folds before the formula (metrics.h); a fold that did not record this epoch, since it had ended or its scores were not
  // finite, stands with the last one before. Undefined while a fold has none.
  core::Figure test_uf1;
  friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

struct Curves {
  std::vector<CurvePoint> epochs;                       // ascending; every epoch that some fold recorded
  std::map<core::FoldId, std::int64_t> epochs_trained;  // of each fold: the epoch whose weights gave the run's own predictions
  friend bool operator==(const Curves&, const Curves&) = default;
};

class CurvesBuilder {
 public:
  explicit CurvesBuilder(std::vector<std::string> classes) : classes_(std::move(classes)) {}
  // One call for each fold; `epochs` as read_epochs() gives them, of the clips of `truths`. Those of the last phase count.
  void add(const core::FoldId& fold, std::int64_t epochs_trained, std::span<const EpochScores> epochs,
           const std::map<core::ClipId, data::Truth>& truths);
  // At least one fold was added.
  [[nodiscard]] Curves build() const;

 private:
  struct Counted {
    std::int64_t epoch = 0;
    double train_loss = 0.0;
    std::vector<std::int64_t> confusion;  // classes x classes, row-major, rows are truth
  };
  struct Fold {
    core::FoldId id;
    std::int64_t epochs_trained = 0;
    std::vector<Counted> epochs;
  };
  std::vector<std::string> classes_;
  std::vector<Fold> folds_;
};

// curves.json, schema "mexbench.curves/1" (docs/file-formats.md). Reading fails with kData: a member that is missing or mistyped, columns
// of different lengths, epochs that do not ascend, no epoch.
[[nodiscard]] nlohmann::json to_json(const Curves& curves);
[[nodiscard]] core::Result<Curves> curves_from_json(const nlohmann::json& source, const std::string& file);

}  // namespace mexbench::eval
