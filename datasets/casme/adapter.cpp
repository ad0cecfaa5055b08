#include "datasets/casme/adapter.h"

#include <fmt/format.h>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"

namespace mexbench::datasets::casme {

AdapterInfo info() {
  const auto subject = [](const data::AnnotationRow& row) { return fmt::format("sub{:0>2}", frames::number_in(row.subject)); };
  return frames::adapter_info(
      {.id = "casme",
       .summary = "CASME as distributed (selected or cropped frames and a coding sheet); written from published loaders",
       .layout = {.title = "CASME",
                  .is_subject = [](std::string_view folder) { return frames::is_numbered(folder, "sub", 2, 2); },
                  .subject_example = "sub01",
                  .releases = {{.id = "selected", .folders = {"CASME_raw_selected"}},
                               {.id = "cropped", .folders = {"Cropped", "CASME_cropped"}}}},
       .sheets = {"CASME-coded"},
       .names = frames::plain_names(subject),
       .shared_folders = true,
       .fps = 60});
}

}  // namespace mexbench::datasets::casme
