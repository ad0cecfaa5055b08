// What a cell of an annotation says about a frame.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/data/workbook.h"

namespace mexbench::data {

enum class FrameReading {
  kFrame,
  kMissing,     // empty, a mark that stands for nothing, a number below the first frame
  kFraction,    // a number between two frames; `frame` is the nearest
  kUnreadable,  // prose, or a number no video has
};

struct FrameCell {
  FrameReading reading = FrameReading::kMissing;
  std::optional<std::int64_t> frame;  // for kFrame and kFraction
  bool grouped = false;               // the digits stand in groups of three: 17,581,039
};

// `first`: the least number a frame of the release has. Digits and marks of full width count as what they look like.
[[nodiscard]] FrameCell read_frame(const SheetCell& cell, std::int64_t first);

}  // namespace mexbench::data
