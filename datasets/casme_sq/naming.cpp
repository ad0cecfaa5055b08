#include "datasets/casme_sq/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "datasets/frames/folder_names.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/workbook.h"

namespace mexbench::datasets::casme_sq {
namespace {

using core::Error;
using core::ErrorCode;

core::Result<const data::Sheet*> sheet_called(const data::Workbook& workbook, std::string_view name) {
  for (const data::Sheet& sheet : workbook.sheets) {
    if (core::plain_name(sheet.name) == core::plain_name(name)) return &sheet;
  }
  std::vector<std::string> names;
  for (const data::Sheet& sheet : workbook.sheets) names.push_back(sheet.name);
  return Error::in_file(ErrorCode::kData, workbook.file,
                        fmt::format("has no sheet '{}', which says how folders are called; there {} {}", name,
                                    names.size() == 1 ? "is" : "are", core::quoted_list(names, "and")))
      .hint("use the release's workbook as it is, not one of its sheets saved as csv");
}

}  // namespace

core::Result<Naming> read_naming(const std::filesystem::path& workbook_file) {
  MEXBENCH_ASSIGN(const data::Workbook workbook, data::read_workbook(workbook_file));
  MEXBENCH_ASSIGN(const data::Sheet* subjects, sheet_called(workbook, "naming rule1"));
  MEXBENCH_ASSIGN(const data::Sheet* videos, sheet_called(workbook, "naming rule2"));
  Naming out;
  std::vector<core::Diagnostic> problems;
  const auto add = [&](const data::Sheet& sheet, const data::SheetRow& row, std::map<std::string, std::string>& to, std::string from,
                       std::string name) {
    const auto [known, added] = to.try_emplace(std::move(from), name);
    if (added || known->second == name) return;
    core::Diagnostic one;
    one.where.file = workbook.file;
    one.message =
        fmt::format("sheet '{}', row {}: '{}' is '{}', it was '{}' above", sheet.name, row.number, known->first, name, known->second);
    problems.push_back(std::move(one));
  };
  // Folder number, folder (s15), id of the sheet; a header, if there is one, has no numbers.
  for (const data::SheetRow& row : subjects->rows) {
    const std::string number = frames::number_in(row.cell(0).text());
    const std::string id = frames::number_in(row.cell(2).text());
    if (!number.empty() && !id.empty()) add(*subjects, row, out.folder_of_subject, id, number);
  }
  // Video code (0401, or 401 as a number), name (anger1).
  for (const data::SheetRow& row : videos->rows) {
    const std::string code = row.cell(0).text();
    if (frames::is_number(code) && code.size() <= 4 && !row.cell(1).empty())
      add(*videos, row, out.code_of_video, row.cell(1).text(), fmt::format("{:0>4}", code));
  }
  for (const auto& [sheet, empty] : {std::pair(subjects, out.folder_of_subject.empty()), std::pair(videos, out.code_of_video.empty())}) {
    if (!empty) continue;
    core::Diagnostic one;
    one.where.file = workbook.file;
    one.message = fmt::format("sheet '{}' names nothing", sheet->name);
    problems.push_back(std::move(one));
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return out;
}

}  // namespace mexbench::datasets::casme_sq
