// What selection on the test subject would have reported. Published code often keeps, for each test subject, the epoch that scores best on
// that very subject; the gap to the honest score is how much that flatters. Computed from the test scores of every epoch (record_epochs),
// after the run and for comparison only: nothing here ever reaches training.
#pragma once

#include <map>
#include <span>

#include "harness/core/ids.h"
#include "harness/data/truth.h"
#include "harness/eval/epochs.h"

namespace mexbench::eval {

// The best of a fold's epochs is the one with most of its test clips right, the earliest of equals. `epochs` are those of read_epochs(),
// of the clips of `truths`: at least one.
[[nodiscard]] const RecordedEpoch& best_epoch(std::span<const RecordedEpoch> epochs, const std::map<core::ClipId, data::Truth>& truths);

}  // namespace mexbench::eval
