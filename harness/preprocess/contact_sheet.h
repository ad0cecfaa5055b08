// A picture to look a corpus over with: one line for each clip with its onset, apex and offset frame and the flow from onset to apex.
// It shows faces, and says so: it is not to be published.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::preprocess {

struct SheetClip {
  std::string title;                          // "samm/006/006_1_2  negative  5562 5588 5632"
  std::filesystem::path onset, apex, offset;  // images; an empty path leaves its place empty
};

// Writes a PNG of 8-bit colour to `file`. Flow (Farneback) is drawn as direction (hue) and length (saturation, full at 2 % of the frame's
// width, as in Baker et al., IJCV 2011). Fails with kData naming an image that can't be read, with kFailed when `file` can't be written.
[[nodiscard]] core::Status write_contact_sheet(const std::string& corpus, const std::vector<SheetClip>& clips,
                                               const std::filesystem::path& file);

}  // namespace mexbench::preprocess
