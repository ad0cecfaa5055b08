// Where in a workbook the annotation of a corpus stands: the sheet, its header, and which column is which.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "harness/core/result.h"
#include "harness/data/annotation.h"
#include "harness/data/workbook.h"

namespace mexbench::data {

struct AnnotationLayout {
  const Sheet* sheet = nullptr;       // of the workbook
  std::optional<std::size_t> header;  // position in sheet->rows; nothing: every row is data
  std::map<Field, std::size_t> columns;
  bool as_released = true;  // see Annotation

  [[nodiscard]] std::size_t first_row() const { return header ? *header + 1 : 0; }
};

// Fails with kData: what the nearest sheet has, and what is wanted.
[[nodiscard]] core::Result<AnnotationLayout> find_layout(const Workbook& workbook, const AnnotationFormat& format);

}  // namespace mexbench::data
