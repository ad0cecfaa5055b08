// For datasets/*/annotation.cpp: the functions of annotations.cpp's list, and columns by the names that releases, challenges and published
// loaders give them.
#pragma once

#include <string_view>
#include <vector>

#include "harness/data/annotation.h"

namespace mexbench::datasets {

[[nodiscard]] data::AnnotationFormat casme_annotation();
[[nodiscard]] data::AnnotationFormat casme2_annotation();
[[nodiscard]] data::AnnotationFormat casme3_annotation();
[[nodiscard]] data::AnnotationFormat casme3c_annotation();
[[nodiscard]] data::AnnotationFormat casme_sq_annotation();
[[nodiscard]] data::AnnotationFormat dfme_annotation();
[[nodiscard]] data::AnnotationFormat fourd_annotation();
[[nodiscard]] data::AnnotationFormat megc2019_annotation();
[[nodiscard]] data::AnnotationFormat mmew_annotation();
[[nodiscard]] data::AnnotationFormat samm_annotation();
[[nodiscard]] data::AnnotationFormat samm_lv_annotation();
[[nodiscard]] data::AnnotationFormat smic_annotation();
[[nodiscard]] data::AnnotationFormat smic_nir_annotation();
[[nodiscard]] data::AnnotationFormat smic_vis_annotation();

// A column called `name` in the release, or by another name the field goes by.
[[nodiscard]] data::ColumnDef column(data::Field field, std::string_view name);
[[nodiscard]] data::ColumnDef optional_column(data::Field field, std::string_view name);

// Whether the name follows the pattern: `0` stands for a digit, `9` for one or more, `A` for one or more letters, other signs, in
// lower case, for themselves; the case of the name does not count. `006_1_2` is like `9_9_9`.
[[nodiscard]] bool is_like(std::string_view name, std::string_view pattern);

// Columns of copies that come without a header: who, which clip, onset, apex, offset and label, with or without action units.
[[nodiscard]] std::vector<std::vector<data::Field>> usual_positions();

// An irregularity about what a clip is called, its place filled in by the reader.
[[nodiscard]] data::Irregularity by_name(std::string_view rule, std::string seen, std::string message);

}  // namespace mexbench::datasets
