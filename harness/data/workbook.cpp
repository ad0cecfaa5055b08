#include "harness/data/workbook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <new>
#include <system_error>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/data/workbook_formats.h"
#include "harness/data/workbook_ole.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

constexpr std::array<std::string_view, 10> kBlanks{
    " ",
    "\t",
    "\r",
    "\n",
    "\v",
    "\f",
    "\xC2\xA0",           // no-break space
    "\xE3\x80\x80",       // full-width space
    "\xE2\x80\x8B",       // zero-width space
    core::kByteOrderMark  // zero-width no-break space
};

// The bytes of a blank at one end of the text; 0 when there is none.
template <typename IsAtEnd>
std::size_t blank_bytes(IsAtEnd is_at_end) {
  const auto blank = std::find_if(kBlanks.begin(), kBlanks.end(), is_at_end);
  return blank == kBlanks.end() ? 0 : blank->size();
}

std::string_view without_blanks(std::string_view text) {
  while (const std::size_t bytes = blank_bytes([&](std::string_view blank) { return text.starts_with(blank); })) text.remove_prefix(bytes);
  while (const std::size_t bytes = blank_bytes([&](std::string_view blank) { return text.ends_with(blank); })) text.remove_suffix(bytes);
  return text;
}

Error problem(std::string_view file, std::string message) {
  return Error::in_file(ErrorCode::kData, std::string(file), std::move(message));
}

Error too_many(std::string_view file, std::string_view what, std::size_t limit) {
  return problem(file, fmt::format("holds more than {} {}, more than any annotation has", limit, what));
}

// Excel leaves `~$name.xlsx` beside an open workbook, LibreOffice `.~lock.name.xlsx#`.
Status refuse_lock_file(std::string_view file) {
  std::string name = std::filesystem::path(file).filename().string();
  constexpr std::string_view kExcel = "~$";
  constexpr std::string_view kLibreOffice = ".~lock.";
  if (name.starts_with(kExcel)) {
    name.erase(0, kExcel.size());
  } else if (name.starts_with(kLibreOffice)) {
    name.erase(0, kLibreOffice.size());
    if (name.ends_with('#')) name.pop_back();
  } else {
    return {};
  }
  return problem(file, "is a lock file that a spreadsheet program left, the workbook beside it is wanted")
      .hint(fmt::format("did you mean '{}'?", name));
}

// A pipe that nobody writes to keeps its reader waiting for ever, and a terminal too. What can't be looked at is told when it is read.
Status refuse_pipe(const std::filesystem::path& file) {
  std::error_code none;
  const std::filesystem::file_status status = std::filesystem::status(file, none);
  if (!std::filesystem::is_other(status)) return {};
  return problem(file.string(), "is a pipe or a device, a file is wanted").hint("save it to a file first");
}

bool begins_with(std::string_view content, std::initializer_list<std::string_view> signatures) {
  return std::any_of(signatures.begin(), signatures.end(), [&](std::string_view signature) { return content.starts_with(signature); });
}

bool is_zip(std::string_view content) { return begins_with(content, {"PK\x03\x04", "PK\x05\x06"}); }

// An OLE container, or the bare BOF record that BIFF 2 to 4 begin with. 5 and 8 are never bare; FreeXL says so.
bool is_xls(std::string_view content) {
  using namespace std::string_view_literals;
  return begins_with(content, {kOleSignature, "\x09\x00\x04\x00"sv, "\x09\x02\x06\x00"sv, "\x09\x04\x06\x00"sv, "\x09\x08"sv});
}

// Some programs give their web pages and XML the name of a workbook.
Status refuse_markup(std::string_view content, std::string_view file) {
  if (!without_blanks(content.substr(0, 256)).starts_with('<')) return {};
  return problem(file, "is HTML or XML, a spreadsheet is wanted").hint("open it in a spreadsheet program and save it as .xlsx or .csv");
}

// What stands most often in the first line that is not empty, outside quotes; a comma unless another is more frequent. Spreadsheets write
// semicolons where the comma is the decimal point.
char separator_of(std::string_view content) {
  const std::size_t begin = content.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return ',';
  std::map<char, std::size_t> counts;
  bool quoted = false;
  for (const char c : content.substr(begin, content.find_first_of("\r\n", begin) - begin)) {
    if (c == '"') quoted = !quoted;
    if (!quoted) ++counts[c];
  }
  char out = ',';
  for (const char other : {';', '\t'}) {
    if (counts[other] > counts[out]) out = other;
  }
  return out;
}

Status read_sheets(std::string_view content, Workbook& workbook) {
  const std::string& file = workbook.file;
  if (is_zip(content)) {
    workbook.kind = WorkbookKind::kXlsx;
    MEXBENCH_ASSIGN(workbook.sheets, read_xlsx(content, file));
    return {};
  }
  if (is_xls(content)) {
    workbook.kind = WorkbookKind::kXls;
    MEXBENCH_ASSIGN(workbook.sheets, read_xls(content, file));
    return {};
  }
  MEXBENCH_TRY(refuse_markup(content, file));
  workbook.kind = WorkbookKind::kCsv;
  workbook.separator = separator_of(content);
  MEXBENCH_ASSIGN(workbook.sheets, read_csv(content, file, workbook.separator));
  return {};
}

Error out_of_memory(std::string_view file) {
  return Error::in_file(ErrorCode::kFailed, std::string(file), "needs more memory to be read than there is");
}

// The places of all fields are kept, so that a message can point at an empty one.
SheetRow csv_row(core::CsvRow&& row) {
  SheetRow out{.number = row.line, .cells = {}, .columns = {}};
  for (const core::CsvPlace& place : row.places) out.columns.push_back(place.line == row.line ? place.column : 0);
  for (std::string& field : row.fields) out.cells.push_back({.value = std::move(field)});
  while (!out.cells.empty() && out.cells.back().empty()) out.cells.pop_back();
  for (SheetCell& cell : out.cells) {
    if (cell.empty()) cell = {};
  }
  return out;
}

}  // namespace

bool SheetCell::empty() const {
  const auto* text = std::get_if<std::string>(&value);
  return std::holds_alternative<std::monostate>(value) || (text != nullptr && without_blanks(*text).empty());
}

std::string SheetCell::text() const {
  if (const auto* number = std::get_if<double>(&value)) return core::format_double(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return std::string(without_blanks(*text));
  return {};
}

const SheetCell& SheetRow::cell(std::size_t column) const {
  static const SheetCell kEmpty;
  return column < cells.size() ? cells[column] : kEmpty;
}

Status SheetRows::put(std::size_t row, std::size_t column, SheetCell cell) {
  if (cell.empty()) return {};
  if (row < 1 || row > kMaxSheetRows || column >= kMaxSheetColumns) return problem(row, column, "lies outside any sheet");
  std::vector<SheetCell>& cells = rows_[row];
  const std::size_t grows = column < cells.size() ? 0 : column + 1 - cells.size();
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    if (core::invalid_utf8(*text)) return problem(row, column, "holds text that is not UTF-8");
    totals_->text_bytes += text->size();
  }
  totals_->held += grows;
  ++totals_->filled;
  if (totals_->filled > kMaxFilledCells) return too_many(file_, "filled cells", kMaxFilledCells);
  if (totals_->text_bytes > kMaxTextBytes) return too_many(file_, "bytes of text", kMaxTextBytes);
  if (totals_->held > kMaxHeldCells) {
    return problem(row, column, fmt::format("lies too far out: with the empty cells before it the rows hold more than {}", kMaxHeldCells));
  }
  if (grows > 0) cells.resize(column + 1);
  if (!cells[column].empty()) return problem(row, column, "stands twice");
  cells[column] = std::move(cell);
  return {};
}

bool SheetRows::has(std::size_t row, std::size_t column) const {
  const auto found = rows_.find(row);
  return found != rows_.end() && column < found->second.size() && !found->second[column].empty();
}

Sheet SheetRows::take() && {
  Sheet sheet{.name = std::move(sheet_), .rows = {}};
  sheet.rows.reserve(rows_.size());
  for (auto& [number, cells] : rows_) sheet.rows.push_back({.number = number, .cells = std::move(cells), .columns = {}});
  return sheet;
}

Error SheetRows::problem(std::size_t row, std::size_t column, std::string_view message) const {
  return data::problem(file_, fmt::format("sheet '{}', cell {}: {}", sheet_, cell_name(row, column), message));
}

Result<std::vector<Sheet>> read_csv(std::string_view content, const std::string& file, char separator) {
  if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF")) {
    return problem(file, "is UTF-16 text, UTF-8 is wanted").hint("save it as UTF-8");
  }
  // Before any field is made: each takes far more memory than the comma it comes from.
  const auto separators = std::count_if(content.begin(), content.end(), [&](char c) { return c == separator || c == '\n'; });
  if (static_cast<std::size_t>(separators) > kMaxHeldCells) return too_many(file, "fields", kMaxHeldCells);
  MEXBENCH_ASSIGN(std::vector<core::CsvRow> rows, core::parse_csv(content, file, separator));
  Sheet sheet;
  std::size_t filled = 0;
  for (core::CsvRow& row : rows) {
    SheetRow made = csv_row(std::move(row));
    if (made.cells.empty()) continue;
    filled += static_cast<std::size_t>(std::count_if(made.cells.begin(), made.cells.end(), [](const SheetCell& c) { return !c.empty(); }));
    if (filled > kMaxFilledCells) return too_many(file, "filled cells", kMaxFilledCells);
    sheet.rows.push_back(std::move(made));
  }
  std::vector<Sheet> sheets;
  sheets.push_back(std::move(sheet));
  return sheets;
}

Result<Workbook> parse_workbook(std::string_view content, std::string_view name) {
  Workbook workbook;
  workbook.file = name;
  try {
    MEXBENCH_TRY(refuse_lock_file(name));
    if (content.empty()) return problem(name, "is empty (0 bytes), a spreadsheet is wanted");
    if (content.size() > kMaxWorkbookBytes) {
      return problem(name, fmt::format("has {} bytes, at most {} are accepted", content.size(), kMaxWorkbookBytes));
    }
    MEXBENCH_TRY(read_sheets(content, workbook));
    if (workbook.sheets.empty()) return problem(name, "has no sheet with cells, one is wanted");
  } catch (const std::bad_alloc&) {
    return out_of_memory(name);
  }
  return workbook;
}

Result<Workbook> read_workbook(const std::filesystem::path& file) {
  MEXBENCH_TRY(refuse_lock_file(file.string()));
  MEXBENCH_TRY(refuse_pipe(file));
  try {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(file, kMaxWorkbookBytes));
    return parse_workbook(content, file.string());
  } catch (const std::bad_alloc&) {
    return out_of_memory(file.string());
  }
}

std::string column_letters(std::size_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

std::string cell_name(std::size_t row, std::size_t column) { return fmt::format("{}{}", column_letters(column), row); }

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (point >> shift & 0x3FU)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | point >> 6U);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | point >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

core::SourcePosition position_of(const Workbook& workbook, const SheetRow& row, std::size_t column) {
  if (workbook.kind != WorkbookKind::kCsv) return {.file = workbook.file, .line = 0, .column = 0};
  return {.file = workbook.file, .line = row.number, .column = column < row.columns.size() ? row.columns[column] : 0};
}

std::string in_words(const Workbook& workbook, const Sheet& sheet, const SheetRow& row, std::size_t column) {
  if (workbook.kind == WorkbookKind::kCsv) return fmt::format("field {}", column + 1);
  return fmt::format("sheet '{}', cell {}", sheet.name, cell_name(row.number, column));
}

}  // namespace mexbench::data
