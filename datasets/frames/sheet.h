// The sheet of a corpus of frames: found beside them, or named.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/frames/frame_corpus.h"
#include "harness/core/result.h"
#include "harness/data/annotation.h"

namespace mexbench::datasets::frames {

// `given`, or, when that is empty, the one spreadsheet in `root`, in the folder of the frames or above it whose name begins with one of
// `beginnings` (case doesn't count). Fails with kData: none, or several (which is no matter to guess: editions differ in labels).
[[nodiscard]] core::Result<std::filesystem::path> find_sheet(const std::filesystem::path& given, const std::filesystem::path& root,
                                                             const std::filesystem::path& frames,
                                                             const std::vector<std::string_view>& beginnings, std::string_view title);

// "row 17" of a sheet; in `where` the file, and the line of a csv file.
void place_row(DescribedClip& clip, const data::Annotation& sheet, const data::AnnotationRow& row);

}  // namespace mexbench::datasets::frames
