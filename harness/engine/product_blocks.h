// Sizes of the blocks that products of matrices work on, the same for every instruction set. Private to this room.
#pragma once

#include <cstdint>

namespace mexbench::engine {

inline constexpr std::int64_t kProductDepth = 256;
inline constexpr std::int64_t kProductRows = 252;     // a multiple of the rows of every innermost block
inline constexpr std::int64_t kProductColumns = 512;  // likewise of its columns
inline constexpr std::int64_t kMostColumns = 32;      // of an innermost block
inline constexpr std::int64_t kMostRows = 14;
inline constexpr std::int64_t kProductWork = kProductDepth * (kProductColumns + kMostColumns + kProductRows + kMostRows);  // numbers

}  // namespace mexbench::engine
