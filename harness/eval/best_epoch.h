// What selection on the test subject would have reported. Published code often keeps, for each test subject, the epoch that scores best on
// that very subject; the gap to the honest score is how much that flatters. Computed from the test scores of every epoch (record_epochs),
// after the run and for comparison only: nothing here ever reaches training.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/truth.h"

namespace mexbench::eval {

// One epoch of a fold's epochs.csv.
struct EpochScores {
  std::string phase;  // train, select or refit
  std::int64_t epoch = 0;
  double train_loss = 0.0;
  std::optional<double> validation;                   // score on the validation clips
  std::map<core::ClipId, std::vector<float>> scores;  // of the fold's test clips
};

// A fold's epochs.csv, at least one epoch, in the file's order. Fails with kData when it is not such a file, or an epoch does not have
// exactly the clips of `truths`.
[[nodiscard]] core::Result<std::vector<EpochScores>> read_epochs(std::string_view csv, const std::string& file,
                                                                 std::span<const std::string> classes,
                                                                 const std::map<core::ClipId, data::Truth>& truths);

struct BestEpoch {
  std::int64_t epoch = 0;
  std::int64_t recorded = 0;                          // epochs it was chosen from
  std::map<core::ClipId, std::vector<float>> scores;  // of the fold's test clips in that epoch
};

// The epoch with most of the fold's test clips right, the earliest of equals, in the last phase of training (the refit, where there is
// one). `epochs` as read_epochs() gives them.
[[nodiscard]] BestEpoch best_of(const std::vector<EpochScores>& epochs, const std::map<core::ClipId, data::Truth>& truths);

}  // namespace mexbench::eval
