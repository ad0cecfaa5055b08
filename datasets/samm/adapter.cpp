#include "datasets/samm/adapter.h"

#include "datasets/frames/folder_names.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::samm {

frames::SheetCorpus corpus() {
  return {.id = "samm",
          .summary = "SAMM as distributed (frames from onset to offset and a coding sheet)",
          .layout = {.title = "SAMM",
                     .is_subject = [](std::string_view folder) { return frames::is_numbered(folder, "", 3, 3); },
                     .subject_example = "006",
                     .releases = {{.id = "full", .folders = {"SAMM"}}, {.id = "cropped", .folders = {"SAMM_CROP", "SAMM_cropped"}}}},
          .sheets = {"SAMM_Micro_FACS_Codes", "SAMM_20181215_Micro_FACS_Codes"},
          .names = frames::plain_names([](const data::AnnotationRow& row) { return data::canonical_subject("samm", row.subject); }),
          .fps = 200};
}

AdapterInfo info() { return frames::adapter_info(corpus()); }

}  // namespace mexbench::datasets::samm
