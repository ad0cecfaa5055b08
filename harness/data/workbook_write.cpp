#include "harness/data/workbook_write.h"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <memory>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/text.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

// 2000-01-01 00:00:00 UTC, in place of the date of writing.
constexpr std::time_t kDate = 946'684'800;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Error not_written(const fs::path& file, std::string message) {
  return Error::in_file(ErrorCode::kFailed, file.string(), fmt::format("can't be written: {}", std::move(message)));
}

lxw_error write_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const WrittenCell& cell, lxw_format* border) {
  return std::visit(Overloaded{[](const std::monostate&) { return LXW_NO_ERROR; },
                               [&](const std::string& text) { return worksheet_write_string(sheet, row, column, text.c_str(), nullptr); },
                               [&](double number) { return worksheet_write_number(sheet, row, column, number, nullptr); },
                               [&](const Formula& formula) {
                                 return worksheet_write_formula_num(sheet, row, column, formula.text.c_str(), nullptr, formula.value);
                               },
                               [&](const StyledBlank&) { return worksheet_write_blank(sheet, row, column, border); }},
                    cell);
}

core::Status write_sheet(const fs::path& file, lxw_workbook* book, const WrittenSheet& sheet, lxw_format* border) {
  if (const lxw_error wrong = workbook_validate_sheet_name(book, sheet.name.c_str()); wrong != LXW_NO_ERROR)
    return not_written(file, fmt::format("sheet name '{}': {}", sheet.name, lxw_strerror(wrong)));
  lxw_worksheet* const written = workbook_add_worksheet(book, sheet.name.c_str());
  if (written == nullptr) return not_written(file, fmt::format("sheet '{}' can't be added", sheet.name));
  for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
    for (std::size_t column = 0; column < sheet.rows[row].size(); ++column) {
      const lxw_error wrong =
          write_cell(written, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), sheet.rows[row][column], border);
      if (wrong != LXW_NO_ERROR)
        return not_written(file, fmt::format("sheet '{}', row {}, column {}: {}", sheet.name, row + 1, column + 1, lxw_strerror(wrong)));
    }
  }
  return {};
}

std::string csv_text(const WrittenCell& cell) {
  return std::visit(Overloaded{[](const std::monostate&) { return std::string(); }, [](const std::string& text) { return text; },
                               [](double number) { return core::format_double(number); },
                               [](const Formula& formula) { return core::format_double(formula.value); },
                               [](const StyledBlank&) { return std::string(); }},
                    cell);
}

}  // namespace

core::Status write_xlsx(const fs::path& file, const std::vector<WrittenSheet>& sheets) {
  if (sheets.empty()) return not_written(file, "a workbook without a sheet, at least one is wanted");
  // libxlsxwriter would tell of it on stderr.
  if (!std::ofstream(file, std::ios::binary)) return not_written(file, "the folder is missing, or may not be written to");
  lxw_workbook* const book = workbook_new(file.c_str());
  if (book == nullptr) return not_written(file, "no memory for a workbook");
  lxw_doc_properties properties{};
  properties.created = kDate;
  lxw_format* const border = workbook_add_format(book);
  core::Status status;
  if (workbook_set_properties(book, &properties) != LXW_NO_ERROR || border == nullptr) status = not_written(file, "no memory for it");
  if (border != nullptr) format_set_border(border, LXW_BORDER_THIN);
  for (const WrittenSheet& sheet : sheets) {
    if (status) status = write_sheet(file, book, sheet, border);
  }
  if (!status) {
    lxw_workbook_free(book);
    return status;
  }
  // Frees the workbook, whatever comes of it.
  if (const lxw_error wrong = workbook_close(book); wrong != LXW_NO_ERROR) return not_written(file, lxw_strerror(wrong));
  return {};
}

std::string to_csv(const WrittenSheet& sheet) {
  std::size_t columns = 0;
  for (const WrittenRow& row : sheet.rows) columns = std::max(columns, row.size());
  std::string out;
  for (const WrittenRow& row : sheet.rows) {
    std::vector<std::string> fields(columns);
    std::transform(row.begin(), row.end(), fields.begin(), [](const WrittenCell& cell) { return core::csv_field(csv_text(cell)); });
    out += core::join(fields, ",") + "\n";
  }
  return out;
}

}  // namespace mexbench::data
