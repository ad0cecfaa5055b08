// The outside of a PNG file (ISO/IEC 15948): signature, chunks with their checksums, and the image header. Pixels stay encoded, so that
// adapters can tell a damaged file from a whole one without an image library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::data {

struct PngHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bit_depth = 0;
  int colour_type = 0;  // 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
};

// Walks every chunk up to IEND. Fails with kData, the message saying what is wrong and `name` being the file it is told of: empty, no
// PNG signature, cut short, a chunk whose checksum does not hold, no image data.
[[nodiscard]] core::Result<PngHeader> inspect_png(std::string_view content, std::string_view name);

// "8-bit RGB", "8-bit grey", "16-bit RGB with alpha".
[[nodiscard]] std::string describe(const PngHeader& header);

}  // namespace mexbench::data
