// The annotation formats mexbench knows, one for each corpus that comes with a sheet. Adding one is a function in
// datasets/<id>/annotation.cpp and a line in annotations.cpp. What is in the sheets, and how sure that is, stands in the files.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "harness/core/result.h"
#include "harness/data/annotation.h"

namespace mexbench::datasets {

// Sorted by dataset.
[[nodiscard]] std::span<const data::AnnotationFormat> annotation_formats();

// Fails with kUsage, suggesting the nearest id and listing all.
[[nodiscard]] core::Result<const data::AnnotationFormat*> find_annotation_format(std::string_view dataset);

// The annotation of a corpus, or, with an empty `dataset`, of the one corpus whose format the file has. Fails with kData as
// data::read_annotation does, telling of which corpus the file can be read as an annotation; with kUsage for an unknown dataset, and
// when none is named and several fit.
[[nodiscard]] core::Result<data::Annotation> read_annotation_of(const std::filesystem::path& file, std::string_view dataset);

}  // namespace mexbench::datasets
