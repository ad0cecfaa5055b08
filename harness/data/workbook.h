// Spreadsheets as corpora are annotated in, read to plain tables of cells: .xlsx (ECMA-376), old .xls (BIFF, through FreeXL) and .csv.
//
// A cell is a text or a number, as stored: `01` typed as text stays `01`, and in a .csv file every cell is a text. A formula counts as the
// value stored with it and is never evaluated; one without is a text, "=D2-C2". True and false are the texts TRUE and FALSE, an error is a
// text such as #REF!. Dates are the numbers they are stored as, in .xls files texts such as 2014-05-08. Rows and columns that are
// styled but hold nothing are left out, so a sheet is as large as its contents; charts are no sheets, hidden sheets are. What a file is
// is told by its first bytes, not by its name; a table of text is separated by what stands most often in its first line: commas, semicolons
// or tabs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/diagnostic.h"
#include "harness/core/result.h"

namespace mexbench::data {

struct SheetCell {
  std::variant<std::monostate, std::string, double> value;

  [[nodiscard]] bool empty() const;  // nothing, or blanks only
  // Without blanks at its ends, the no-break and the full-width one too. A number in the shortest form that reads back as the same: 12 for
  // 12.0, 566.4 for 566.4.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool is_number() const { return std::holds_alternative<double>(value); }
};

struct SheetRow {
  std::size_t number = 0;            // row of the sheet, line of the csv file; from 1
  std::vector<SheetCell> cells;      // [0] is column A; columns behind the last filled one are left out
  std::vector<std::size_t> columns;  // csv only: where each field begins in line `number`, in bytes from 1; 0 in a later line

  // Beyond the end: the empty cell.
  [[nodiscard]] const SheetCell& cell(std::size_t column) const;
};

struct Sheet {
  std::string name;            // empty for csv
  std::vector<SheetRow> rows;  // by number; those with a filled cell only
};

enum class WorkbookKind { kXlsx, kXls, kCsv };

struct Workbook {
  std::string file;  // as given, for messages
  WorkbookKind kind = WorkbookKind::kCsv;
  char separator = ',';       // of a csv file: a comma, semicolon or tab
  std::vector<Sheet> sheets;  // in the workbook's order, one at least; one for csv
};

// Fails with kData: no such file, a pipe or device, a lock file (`~$...`), nothing in it, no spreadsheet, damaged, encrypted, larger than
// anything an annotation is (64 MiB; a million cells; a part that unpacks to 256 MiB). Damage is told, never read around. `name` stands in
// messages. An .xls file is read in a child process, because FreeXL does not survive damaged ones; kFailed when there can be none.
[[nodiscard]] core::Result<Workbook> read_workbook(const std::filesystem::path& file);
[[nodiscard]] core::Result<Workbook> parse_workbook(std::string_view content, std::string_view name);

// `A`, `Z`, `AA`; `column` from 0.
[[nodiscard]] std::string column_letters(std::size_t column);

// Where a cell is: `file:line:column` for csv; for others the file, and `in_words` to begin a message with: "sheet 'HS', cell F17"
// ("field 6" for csv).
[[nodiscard]] core::SourcePosition position_of(const Workbook& workbook, const SheetRow& row, std::size_t column);
[[nodiscard]] std::string in_words(const Workbook& workbook, const Sheet& sheet, const SheetRow& row, std::size_t column);

}  // namespace mexbench::data
