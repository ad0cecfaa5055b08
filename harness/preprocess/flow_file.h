// Motion fields on disk, in the .flo format of the Middlebury benchmark (Baker, Scharstein, Lewis, Roth, Black, Szeliski: A Database and
// Evaluation Methodology for Optical Flow. IJCV 92, 2011): the float 202021.25, width and height as 32-bit integers, then u and v of each
// pixel as 32-bit floats, row by row, all little-endian.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::preprocess {

// Displacement of every pixel of a frame, in pixels: u to the right, v downwards.
struct FlowField {
  int width = 0;
  int height = 0;
  std::vector<float> u;  // row-major
  std::vector<float> v;
};

[[nodiscard]] std::string flo_bytes(const FlowField& field);
// Fails with kData: no such file format, cut short, larger than 16384 pixels a side. `name` stands in messages.
[[nodiscard]] core::Result<FlowField> parse_flo(std::string_view content, std::string_view name);

}  // namespace mexbench::preprocess
