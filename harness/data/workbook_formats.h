// Behind parse_workbook: one reader per format, and the limits they share. For this room only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/workbook.h"

namespace mexbench::data {

inline constexpr std::size_t kMaxWorkbookBytes = std::size_t{64} << 20U;
inline constexpr std::size_t kMaxTextBytes = std::size_t{256} << 20U;  // of all cells; thousands may share one text
inline constexpr std::size_t kMaxFilledCells = 1'000'000;
// Rows are dense up to their last filled cell, so a cell far to the right holds many empty ones before it.
inline constexpr std::size_t kMaxHeldCells = 4 * kMaxFilledCells;
inline constexpr std::size_t kMaxSheetRows = 1'048'576;
inline constexpr std::size_t kMaxSheetColumns = 16'384;

// How much the sheets of one workbook hold together.
struct SheetTotals {
  std::size_t filled = 0;
  std::size_t held = 0;
  std::size_t text_bytes = 0;
};

// The rows of one sheet, in whatever order its cells come.
class SheetRows {
 public:
  // `totals` must outlive this object.
  SheetRows(std::string file, std::string sheet, SheetTotals& totals)
      : file_(std::move(file)), sheet_(std::move(sheet)), totals_(&totals) {}

  // `row` from 1, `column` from 0. Leaves an empty cell out. Fails when the place lies outside any sheet or is taken, when a text is no
  // UTF-8, or when the workbook holds too much.
  [[nodiscard]] core::Status put(std::size_t row, std::size_t column, SheetCell cell);
  [[nodiscard]] bool has(std::size_t row, std::size_t column) const;
  [[nodiscard]] Sheet take() &&;

  // kData: `file: error: sheet 'HS', cell F17: <message>`
  [[nodiscard]] core::Error problem(std::size_t row, std::size_t column, std::string_view message) const;

 private:
  std::string file_;
  std::string sheet_;
  SheetTotals* totals_;
  std::map<std::size_t, std::vector<SheetCell>> rows_;
};

// `F17`
[[nodiscard]] std::string cell_name(std::size_t row, std::size_t column);
// Adds one character; `point` is no half of a pair.
void append_utf8(std::string& out, std::uint32_t point);

[[nodiscard]] core::Result<std::vector<Sheet>> read_xlsx(std::string_view content, const std::string& file);
[[nodiscard]] core::Result<std::vector<Sheet>> read_xls(std::string_view content, const std::string& file);
[[nodiscard]] core::Result<std::vector<Sheet>> read_csv(std::string_view content, const std::string& file, char separator);

// The cells of an .xls file that FreeXL 1.0.6 drops or distorts (workbook_biff.cpp says which).
struct BiffCell {
  std::size_t row = 0;     // from 1
  std::size_t column = 0;  // from 0
  SheetCell value;
};
struct BiffSheet {
  bool worksheet = true;  // not a chart, macro sheet or module
  std::vector<BiffCell> cells;
};
// Walks the file from end to end, so that what is cut short, runs in circles or is encrypted is told before FreeXL sees it.
[[nodiscard]] core::Result<std::vector<BiffSheet>> walk_biff(std::string_view content, const std::string& file);

}  // namespace mexbench::data
