#include "datasets/frames/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "datasets/frames/frame_folder.h"
#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/text.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

bool is_sheet(const std::string& name, const std::vector<std::string_view>& beginnings) {
  if (is_clutter(name)) return false;
  const std::string small = core::lower(name);
  const bool spreadsheet = small.ends_with(".xlsx") || small.ends_with(".xls") || small.ends_with(".csv");
  return spreadsheet &&
         std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view one) { return small.starts_with(core::lower(one)); });
}

}  // namespace

core::Result<fs::path> find_sheet(const fs::path& given, const fs::path& root, const fs::path& frames,
                                  const std::vector<std::string_view>& beginnings, std::string_view title) {
  if (!given.empty()) return given;
  std::set<fs::path> found;
  std::error_code none;
  const fs::path around = fs::weakly_canonical(root, none).parent_path();
  for (const fs::path& folder : {root, frames, frames.parent_path(), around}) {
    const auto names = core::list_folder(folder);
    if (!names) continue;
    for (const std::string& name : *names) {
      if (is_sheet(name, beginnings)) found.insert(fs::weakly_canonical(folder / name, none));
    }
  }
  if (found.size() == 1) return *found.begin();
  if (found.empty()) {
    return Error::in_file(ErrorCode::kData, root.string(), fmt::format("has no sheet of {}, like {}*.xlsx", title, beginnings.front()))
        .hint("put it there, or name it with 'annotation'");
  }
  std::vector<std::string> names;
  for (const fs::path& one : found) names.push_back(one.filename().string());
  return Error::in_file(ErrorCode::kData, root.string(),
                        fmt::format("has several sheets of {}: {}", title, core::quoted_list(names, "and")))
      .hint("editions differ in labels: name the one that is meant with 'annotation'");
}

void place_row(DescribedClip& clip, const data::Annotation& sheet, const data::AnnotationRow& row) {
  clip.where = {.file = sheet.file, .line = sheet.sheet.empty() ? row.row : 0, .column = 0};
  clip.place = sheet.sheet.empty() ? "" : fmt::format("sheet '{}', row {}", sheet.sheet, row.row);
}

}  // namespace mexbench::datasets::frames
