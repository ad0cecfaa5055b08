// How a corpus gets to disk: its folder appears under its name only when it is complete, frames are encoded and written one by one, and the
// work is shared out among threads without the bytes depending on how many there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::preprocess {

// Draws into `root`, which must be missing or empty: `render` fills a hidden folder beside it, which is then renamed. Nothing happens when
// `is_rendered` says that the corpus is there; its failure (something else is there) is ours. A failed or killed rendering leaves `root`
// as it was. Fails with kFailed when folders can't be made.
[[nodiscard]] core::Status publish_corpus(const std::filesystem::path& root,
                                          const std::function<core::Result<bool>(const std::filesystem::path& folder)>& is_rendered,
                                          const std::function<core::Status(const std::filesystem::path& folder)>& render);

// Calls `work` with 0 to `units` - 1, each once, on this thread and up to `threads` - 1 others; fewer when the system has no more. After a
// failure no further unit is begun, and one of the failures is returned.
[[nodiscard]] core::Status in_parallel(std::size_t units, int threads, const std::function<core::Status(std::size_t unit)>& work);

// The folder and those above it. Fails with kFailed.
[[nodiscard]] core::Status make_folders(const std::filesystem::path& folder);

// A file of a corpus that is being made: nothing is flushed, since the whole folder is before it is published. Fails with kFailed.
[[nodiscard]] core::Status write_bytes(const std::filesystem::path& path, std::string_view bytes);

// Pixels of an image, row-major; three channels are blue, green, red.
struct FramePixels {
  std::span<const std::uint8_t> pixels;
  int width = 0;
  int height = 0;
  int channels = 1;
};

// The ending of the name says how it is encoded: png, bmp, or jpg with `jpeg_quality` (1 to 100). Fails with kFailed.
[[nodiscard]] core::Status write_frame(const std::filesystem::path& path, const FramePixels& frame, int jpeg_quality = 95);

}  // namespace mexbench::preprocess
