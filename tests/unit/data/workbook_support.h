// What the tests of workbooks share: a sheet as lines, an error as text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/data/workbook.h"

namespace mexbench::data {

// The filled cells: `A1 'text'`, `B1 12`.
inline std::vector<std::string> cells_of(const Sheet& sheet) {
  std::vector<std::string> out;
  for (const SheetRow& row : sheet.rows) {
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const SheetCell& cell = row.cells[column];
      if (cell.empty()) continue;
      out.push_back(fmt::format("{}{} {}", column_letters(column), row.number, cell.is_number() ? cell.text() : "'" + cell.text() + "'"));
    }
  }
  return out;
}

// Of the first sheet; one line with the error when it can't be read.
inline std::vector<std::string> cells_of(std::string_view content) {
  const auto workbook = parse_workbook(content, "book");
  if (!workbook) return {workbook.error().render()};
  return cells_of(workbook->sheets.front());
}

// The error as it is rendered, or "accepted".
inline std::string told(std::string_view content, std::string_view name = "book") {
  const auto workbook = parse_workbook(content, name);
  return workbook ? "accepted" : workbook.error().render();
}

}  // namespace mexbench::data
