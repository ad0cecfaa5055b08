// A fold's epochs.csv read back: what record_epochs kept of every epoch. For analysis after a run alone; no training ever reads it.
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

struct RecordedEpoch {
  std::int64_t epoch = 0;
  double train_loss = 0.0;
  std::map<core::ClipId, std::vector<float>> scores;  // of the fold's test clips, one per class
};

// The epochs of the last phase of training (the refit, where there is one), in the file's order; never empty. An epoch whose scores were
// not finite has no rows, and is missing here. Fails with kData, naming the line, when it is not such a file, or an epoch does not have
// exactly the clips of `truths`.
[[nodiscard]] core::Result<std::vector<RecordedEpoch>> read_epochs(std::string_view csv, const std::string& file,
                                                                   std::span<const std::string> classes,
                                                                   const std::map<core::ClipId, data::Truth>& truths);

}  // namespace mexbench::eval
