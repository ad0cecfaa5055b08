// The outside of an image file: PNG (png.h), JPEG (ITU-T T.81) or BMP. Decoders fill what is missing of a file that was cut short with grey
// and say nothing that a program could read, so a clip is looked at before it is decoded. Pixels stay encoded: no image library.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::data {

enum class ImageFormat { kPng, kJpeg, kBmp };

struct ImageHeader {
  ImageFormat format = ImageFormat::kPng;
  std::uint32_t width = 0;   // pixels
  std::uint32_t height = 0;  // pixels
};

// Told apart by the first bytes, not by the name. Fails with kData, the message saying what is wrong and `name` being the file it is told
// of: empty, none of the three, cut short, damaged.
[[nodiscard]] core::Result<ImageHeader> inspect_image(std::string_view content, std::string_view name);

}  // namespace mexbench::data
