#include "harness/eval/best_epoch.h"

#include <cassert>
#include <cstddef>

#include "harness/eval/metrics.h"

namespace mexbench::eval {

const RecordedEpoch& best_epoch(std::span<const RecordedEpoch> epochs, const std::map<core::ClipId, data::Truth>& truths) {
  assert(!epochs.empty());
  const RecordedEpoch* best = nullptr;
  std::size_t best_right = 0;
  for (const RecordedEpoch& epoch : epochs) {
    std::size_t right = 0;
    for (const auto& [clip, scores] : epoch.scores) {
      if (agrees(truths.at(clip), argmax(scores))) ++right;
    }
    if (best == nullptr || right > best_right) {
      best = &epoch;
      best_right = right;
    }
  }
  return *best;
}

}  // namespace mexbench::eval
