#include "datasets/casme2/adapter.h"

#include "datasets/frames/folder_names.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::casme2 {

frames::SheetCorpus corpus() {
  return {.id = "casme2",
          .summary = "CASME II as distributed (raw, selected or cropped frames and a coding sheet)",
          .layout = {.title = "CASME II",
                     .is_subject = [](std::string_view folder) { return frames::is_numbered(folder, "sub", 2, 2); },
                     .subject_example = "sub01",
                     .releases = {{.id = "raw", .folders = {"CASME2-RAW", "CASME2_RAW"}},
                                  {.id = "selected", .folders = {"CASME2_RAW_selected"}},
                                  {.id = "cropped", .folders = {"Cropped"}}}},
          .sheets = {"CASME2-coding", "CASME2_label"},
          .names = frames::plain_names([](const data::AnnotationRow& row) { return data::canonical_subject("casme2", row.subject); }),
          .objective_file = true,
          .fps = 200};
}

AdapterInfo info() { return frames::adapter_info(corpus()); }

}  // namespace mexbench::datasets::casme2
