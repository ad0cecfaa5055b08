// Where in a workbook the annotation of a corpus stands: the sheet, its header, and which column is which. A header is found by its names,
// in one row or in two (headings over several columns, names below them). Copies without a header are told by what their columns hold;
// numbers that a data frame wrote over the columns or before the rows are none of it. What was assumed is noted.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/annotation.h"
#include "harness/data/workbook.h"

namespace mexbench::data {

struct AnnotationLayout {
  const Sheet* sheet = nullptr;       // of the workbook
  std::optional<std::size_t> header;  // position in sheet->rows, of the lower of two; nothing: no row names the columns
  std::size_t first_row = 0;          // position of the first row below
  std::map<Field, std::size_t> columns;
  bool as_released = true;         // see Annotation
  std::vector<std::string> notes;  // see Annotation
};

// Fails with kData: what the nearest sheet has, and what is wanted.
[[nodiscard]] core::Result<AnnotationLayout> find_layout(const Workbook& workbook, const AnnotationFormat& format);

// What a workbook begins with, for messages: "its first line has 'a' and 'b'", "sheets with content: 'HS'".
[[nodiscard]] std::string beginning_of(const Workbook& workbook);

}  // namespace mexbench::data
