// Fuzz target of what reads .csv tables: the plain reader, the workbook reader, and on top of it every annotation format. Whatever the
// bytes, each gives rows or an error that names the file.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "datasets/annotations.h"
#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "harness/data/annotation.h"
#include "harness/data/workbook.h"

namespace {

// Stops the program in every build, as assert would not.
void require(bool condition) {
  if (!condition) std::abort();
}

void require_told(const mexbench::core::Error& error) {
  require(!error.message().empty());
  require(error.diagnostics().front().where.file == "fuzz");
  require(!mexbench::core::invalid_utf8(error.render()));
}

void check_rows(std::string_view content) {
  const auto rows = mexbench::core::parse_csv(content, "fuzz");
  if (!rows) return require_told(rows.error());
  std::size_t line = 0;
  for (const auto& row : *rows) {
    require(row.line > line);
    line = row.line;
    require(row.fields.size() == row.places.size());
  }
}

void check_annotations(std::string_view content) {
  const auto workbook = mexbench::data::parse_workbook(content, "fuzz");
  if (!workbook) return require_told(workbook.error());
  if (workbook->kind != mexbench::data::WorkbookKind::kCsv) return;
  for (const auto& format : mexbench::datasets::annotation_formats()) {
    const auto annotation = mexbench::data::parse_annotation(*workbook, format);
    if (!annotation) {
      require_told(annotation.error());
      continue;
    }
    std::size_t row = 0;
    for (const auto& one : annotation->rows) {
      require(one.row > row);
      row = one.row;
    }
    require(!to_json(*annotation).dump().empty());
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  check_rows(content);
  check_annotations(content);
  return 0;
}
