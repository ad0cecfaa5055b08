#include "datasets/own/clip_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>
#include <tuple>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/workbook.h"

namespace mexbench::datasets::own {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::array<std::string_view, 4> kWanted{"subject", "clip", "label", "path"};
constexpr std::array<std::string_view, 6> kOptional{"dataset", "onset", "apex", "offset", "fps", "first"};

class Reader {
 public:
  explicit Reader(const data::Workbook& workbook) : workbook_(workbook), sheet_(workbook.sheets.front()) {}

  core::Result<std::vector<TableClip>> read() {
    if (sheet_.rows.empty())
      return Error::in_file(ErrorCode::kData, workbook_.file, "is empty, a header and a row for each clip are wanted");
    read_header(sheet_.rows.front());
    if (!problems_.empty()) return Error(ErrorCode::kData, std::move(problems_));
    for (std::size_t i = 1; i < sheet_.rows.size(); ++i) read_row(sheet_.rows[i]);
    if (out_.empty() && problems_.empty()) return Error::in_file(ErrorCode::kData, workbook_.file, "has a header and no clip");
    if (!problems_.empty()) return Error(ErrorCode::kData, std::move(problems_));
    return std::move(out_);
  }

 private:
  void problem(const data::SheetRow& row, std::size_t column, const std::string& message, std::string hint = "") {
    core::Diagnostic one;
    one.where = data::position_of(workbook_, row, column);
    one.message = fmt::format("{}: {}", data::in_words(workbook_, sheet_, row, column), message);
    one.hint = std::move(hint);
    problems_.push_back(std::move(one));
  }

  void read_header(const data::SheetRow& row) {
    std::vector<std::string> known(kWanted.begin(), kWanted.end());
    known.insert(known.end(), kOptional.begin(), kOptional.end());
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cell(i).empty()) continue;
      const std::string name = core::plain_name(row.cell(i).text());
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        const auto near = core::closest(name, known);
        problem(row, i, fmt::format("column '{}' is none of a table of clips", row.cell(i).text()),
                near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there are {}", core::quoted_list(known, "and")));
      } else if (!columns_.try_emplace(name, i).second) {
        problem(row, i, fmt::format("column '{}' is there twice", name));
      }
    }
    for (const std::string_view name : kWanted) {
      if (!columns_.contains(std::string(name))) problem(row, 0, fmt::format("the table has no column '{}'", name));
    }
  }

  std::string text(const data::SheetRow& row, std::string_view column) const {
    const auto found = columns_.find(std::string(column));
    return found == columns_.end() ? std::string() : row.cell(found->second).text();
  }

  std::optional<std::int64_t> frame(const data::SheetRow& row, std::string_view column) {
    const std::string written = text(row, column);
    if (written.empty()) return std::nullopt;
    const auto number = core::parse_int(written);
    if (!number || *number < 0)
      problem(row, columns_.at(std::string(column)), fmt::format("'{}' is no frame number, a whole number is wanted", written));
    return number;
  }

  void read_row(const data::SheetRow& row) {
    const std::size_t before = problems_.size();
    TableClip clip{.dataset = text(row, "dataset"),
                   .subject = text(row, "subject"),
                   .clip = text(row, "clip"),
                   .label = text(row, "label"),
                   .path = text(row, "path"),
                   .onset = frame(row, "onset"),
                   .apex = frame(row, "apex"),
                   .offset = frame(row, "offset"),
                   .fps = {},
                   .first = frame(row, "first"),
                   .where = data::position_of(workbook_, row, 0),
                   .place = workbook_.kind == data::WorkbookKind::kCsv ? "" : fmt::format("row {}", row.number)};
    for (const std::string_view name : kWanted) {
      if (text(row, name).empty()) problem(row, columns_.at(std::string(name)), fmt::format("the clip has no {}", name));
    }
    for (const auto& [name, value] :
         {std::pair("subject", &clip.subject), std::pair("clip", &clip.clip), std::pair("dataset", &clip.dataset)}) {
      if (value->find('/') != std::string::npos)
        problem(row, columns_.at(name), fmt::format("{} '{}' has a '/', which separates the parts of an id", name, *value));
    }
    const fs::path inside = fs::path(clip.path).lexically_normal();
    if (!clip.path.empty() && (inside.is_absolute() || *inside.begin() == ".."))
      problem(row, columns_.at("path"), fmt::format("path '{}' leads out of the root", clip.path), "paths are relative to the root");
    if (const std::string written = text(row, "fps"); !written.empty()) {
      clip.fps = core::parse_double(written);
      if (!clip.fps || !(*clip.fps > 0.0 && *clip.fps < 1e6))
        problem(row, columns_.at("fps"), fmt::format("'{}' is no frame rate, frames per second are wanted", written));
    }
    const auto [known, added] = rows_.try_emplace(std::tuple(clip.dataset, clip.subject, clip.clip), row.number);
    if (!added) problem(row, columns_.at("clip"), fmt::format("clip '{}/{}' is in row {} already", clip.subject, clip.clip, known->second));
    if (problems_.size() == before) out_.push_back(std::move(clip));
  }

  const data::Workbook& workbook_;
  const data::Sheet& sheet_;
  std::map<std::string, std::size_t> columns_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> rows_;
  std::vector<TableClip> out_;
  std::vector<core::Diagnostic> problems_;
};

}  // namespace

core::Result<std::vector<TableClip>> read_clip_table(const fs::path& file) {
  MEXBENCH_ASSIGN(const data::Workbook workbook, data::read_workbook(file));
  return Reader(workbook).read();
}

core::Result<fs::path> find_clip_table(const fs::path& given, const fs::path& root) {
  if (!given.empty()) return given;
  std::vector<fs::path> found;
  std::error_code none;
  for (const char* name : {"clips.csv", "clips.xlsx"}) {
    if (fs::exists(root / name, none)) found.push_back(root / name);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error::in_file(ErrorCode::kData, root.string(), "has no clips.csv, the table of its clips is wanted")
        .hint("put it there, or name it with 'table'");
  }
  return Error::in_file(ErrorCode::kData, root.string(), "has both clips.csv and clips.xlsx")
      .hint("name the one that is meant with 'table'");
}

}  // namespace mexbench::datasets::own
