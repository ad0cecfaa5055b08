// How an image is divided into a grid of blocks. Torch-free.
#pragma once

#include <cstdint>

namespace mexbench::models {

struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;  // behind the last
  [[nodiscard]] std::int64_t length() const { return end - begin; }
};

// Part number `part` of `parts` even ones of `length` pixels, none of them empty when there are at least as many pixels as parts. Where
// the division leaves a remainder, some parts are one pixel longer.
[[nodiscard]] constexpr Range even_part(std::int64_t part, std::int64_t parts, std::int64_t length) {
  return {.begin = part * length / parts, .end = (part + 1) * length / parts};
}

}  // namespace mexbench::models
