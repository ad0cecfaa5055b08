// Columns by position, for sheets in which no row names them.
#pragma once

#include <optional>

#include "harness/data/annotation.h"
#include "harness/data/annotation_layout.h"
#include "harness/data/workbook.h"

namespace mexbench::data {

// Nothing when the columns hold what none of the format's headerless forms has there.
[[nodiscard]] std::optional<AnnotationLayout> find_by_position(const Sheet& sheet, const AnnotationFormat& format);

}  // namespace mexbench::data
