// A table of clips that researchers write themselves: one row for each, columns by name, in any order. Spreadsheets and .csv alike.
//
//   subject   clip    label      path             dataset  onset  apex  offset  fps  first
//   s01       c01     happiness  s01/c01          mine     1      12    24      100
//
// subject, clip, label and path are wanted, the others optional. Subject ids are text: `006` stays `006`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::datasets::own {

struct TableClip {
  std::string dataset;  // empty: no such column, or an empty cell
  std::string subject;
  std::string clip;
  std::string label;
  std::string path;  // relative to the root, '/' as separator
  std::optional<std::int64_t> onset, apex, offset;
  std::optional<double> fps;
  std::optional<std::int64_t> first;  // number of a video's first frame
  core::SourcePosition where;
  std::string place;
};

// Fails with kData, all problems at once: a column that is wanted is missing, an unknown one is there, cells that can't be read, a path
// that leads out of the root, a clip twice.
[[nodiscard]] core::Result<std::vector<TableClip>> read_clip_table(const std::filesystem::path& file);

// `given`, or the only one of clips.csv and clips.xlsx in root.
[[nodiscard]] core::Result<std::filesystem::path> find_clip_table(const std::filesystem::path& given, const std::filesystem::path& root);

}  // namespace mexbench::datasets::own
