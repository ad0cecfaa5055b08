// The images of one clip as they lie in its folder. What is on disk decides: the folder is listed once, and a frame's number is the last
// run of digits in its name, however it is padded (`img46.jpg`, `reg_img046.jpg`, `006_05562.jpg`, `EP01_12-7.jpg`).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::datasets::frames {

// What file managers, archives and office programs leave behind.
[[nodiscard]] bool is_clutter(std::string_view name);

// The number in `name`, an image (jpg, jpeg, png, bmp, in any case). Nothing for other files and for images without a number.
[[nodiscard]] std::optional<std::int64_t> frame_number(std::string_view name);

// The folders in a folder, sorted as bytes, without clutter. Fails with kData when it can't be read.
[[nodiscard]] core::Result<std::vector<std::string>> folders_in(const std::filesystem::path& folder);

struct FrameFolder {
  std::filesystem::path folder;
  std::map<std::int64_t, std::string> names;  // by number

  [[nodiscard]] std::int64_t first() const { return names.begin()->first; }
  [[nodiscard]] std::int64_t last() const { return names.rbegin()->first; }
  // Numbers between two frames (inclusive) that are not there.
  [[nodiscard]] std::vector<std::int64_t> missing(std::int64_t from, std::int64_t to) const;
};

// Fails with kData: no such folder, no image in it, two images of one number.
[[nodiscard]] core::Result<FrameFolder> read_frame_folder(const std::filesystem::path& folder);

// "12, 13 and 15", cut after a few.
[[nodiscard]] std::string in_words(const std::vector<std::int64_t>& numbers);

}  // namespace mexbench::datasets::frames
