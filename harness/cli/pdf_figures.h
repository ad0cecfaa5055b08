// Figures of a report as PDF, for papers whose typesetting takes no SVG: rsvg-convert of librsvg draws them. Its output is the same bytes
// for the same figure and the same librsvg, since the date in it is 1970 unless SOURCE_DATE_EPOCH says otherwise.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "harness/core/result.h"

namespace mexbench::cli {

// Writes <name>.pdf beside every <name>.svg among `files`, over one that is there; the number of them. kData when rsvg-convert is not
// installed, kFailed naming the figure that it does not convert.
[[nodiscard]] core::Result<std::size_t> write_pdf_figures(std::span<const std::filesystem::path> files);

}  // namespace mexbench::cli
