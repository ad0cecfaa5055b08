// FreeXL in a process of its own, and what that process sends. For this room only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::data {

// A mark of one byte, then its fields, numbers as they lie in memory; a text is its length (uint32) and its bytes.
enum class FreexlMark : std::uint8_t {
  kSheet = 1,  // name; every sheet of the workbook, charts too
  kNumber,     // row (uint32, from 0), column (uint16, from 0), double
  kText,       // row, column, text
  kFailed,     // int: FreeXL's error code, or kFreexlRefused
  kEnd,        // int: 0
};

inline constexpr int kFreexlRefused = 1;  // FreeXL's codes are negative

// What the child sent: whole, with kFailed or kEnd last, or cut short when it died. Fails with kFailed when there can be no child.
[[nodiscard]] core::Result<std::string> ask_freexl(std::string_view content, const std::string& file);

}  // namespace mexbench::data
