// Fuzz target of the workbook reader: whatever the bytes, it returns a well-formed workbook or an error that names the file.
//
// What FreeXL would read goes to our own walk over .xls files instead: FreeXL is C code that runs in a child process, because it does not
// survive being fuzzed. What begins with '<' is the XML of a sheet, put into a workbook first, with shared texts behind the first form
// feed and the list of sheets behind the second: a mutated .xlsx file hardly ever gets past its checksums.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/core/text.h"
#include "harness/data/workbook.h"
#include "harness/data/workbook_formats.h"
#include "harness/data/workbook_ole.h"
#include "unit/data/made_workbooks.h"

namespace {

using mexbench::data::Sheet;
using mexbench::data::SheetCell;
using mexbench::data::SheetRow;
using mexbench::data::Workbook;
using mexbench::data::WorkbookKind;

// Stops the program in every build, as assert would not.
void require(bool condition) {
  if (!condition) std::abort();
}

void require_told(const mexbench::core::Error& error) {
  require(!error.message().empty());
  require(error.diagnostics().front().where.file == "fuzz");
  require(!mexbench::core::invalid_utf8(error.render()));
}

void require_whole(const Workbook& workbook, const Sheet& sheet) {
  std::size_t number = 0;
  for (const SheetRow& row : sheet.rows) {
    require(row.number > number);
    number = row.number;
    require(!row.cells.empty() && !row.cells.back().empty());
    for (const SheetCell& cell : row.cells) {
      require(cell.empty() == cell.text().empty());
      require(!mexbench::core::invalid_utf8(cell.text()));
    }
    const std::size_t last = row.cells.size() - 1;
    require(position_of(workbook, row, last).file == "fuzz");
    require(!in_words(workbook, sheet, row, last).empty());
    if (workbook.kind == WorkbookKind::kCsv) require(row.columns.size() > last);
  }
}

bool is_xls(std::string_view content) {
  return content.starts_with(mexbench::data::kOleSignature) || (content.size() > 1 && content[0] == '\x09' && content[1] <= '\x09');
}

std::string workbook_of(std::string_view xml) {
  using mexbench::test::Parts;
  static const Parts kParts = mexbench::test::xlsx_parts({{.name = "S", .rows = {}}, {.name = "T", .rows = {}}});
  Parts parts = kParts;
  for (const char* part : {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"}) {
    parts[part] = xml.substr(0, xml.find('\f'));
    if (xml.find('\f') == std::string_view::npos) break;
    xml.remove_prefix(xml.find('\f') + 1);
  }
  return mexbench::test::make_zip(parts);
}

void check(std::string_view content) {
  const auto workbook = mexbench::data::parse_workbook(content, "fuzz");
  if (!workbook) return require_told(workbook.error());
  require(!workbook->sheets.empty());
  for (const Sheet& sheet : workbook->sheets) require_whole(*workbook, sheet);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  if (content.starts_with('<')) {
    check(workbook_of(content));
  } else if (!is_xls(content)) {
    check(content);
  } else if (const auto sheets = mexbench::data::walk_biff(content, "fuzz"); !sheets) {
    require_told(sheets.error());
  }
  return 0;
}
