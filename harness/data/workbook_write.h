// Spreadsheets as releases are annotated in, written: the counterpart of workbook.h, for corpora that look like a release. A cell is
// written as it would be stored by a spreadsheet program: text, number, formula with its value, or a style with nothing in it. Equal
// sheets give equal bytes (libxlsxwriter is given a fixed date).
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

// "=SUM(F15-D15)+1" and what it came to. Readers take the value.
struct Formula {
  std::string text;
  double value = 0.0;
  friend bool operator==(const Formula&, const Formula&) = default;
};

// A border around nothing: releases have hundreds of rows of them behind their data.
struct StyledBlank {
  friend bool operator==(const StyledBlank&, const StyledBlank&) = default;
};

// std::monostate: no cell at all.
using WrittenCell = std::variant<std::monostate, std::string, double, Formula, StyledBlank>;
using WrittenRow = std::vector<WrittenCell>;  // [0] is column A

struct WrittenSheet {
  std::string name;              // 1 to 31 characters
  std::vector<WrittenRow> rows;  // [0] is row 1; an empty row has no cells
  friend bool operator==(const WrittenSheet&, const WrittenSheet&) = default;
};

// An .xlsx file (ECMA-376). Fails with kFailed: no sheet, a name or a text Excel does not take, a file that can't be written. The folder
// must be there; nothing is flushed to the disk.
[[nodiscard]] core::Status write_xlsx(const std::filesystem::path& file, const std::vector<WrittenSheet>& sheets);

// The same cells as CSV with LF, every row as long as the longest: numbers in the shortest form, formulas as their value, blanks as
// nothing.
[[nodiscard]] std::string to_csv(const WrittenSheet& sheet);

}  // namespace mexbench::data
