#include "datasets/dfme/adapter.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"

namespace mexbench::datasets::dfme {
namespace {

std::string subject_of(const data::AnnotationRow& row) { return fmt::format("sub{:0>4}", frames::number_in(row.subject)); }

core::Result<frames::RowNames> names_of(const std::filesystem::path&) {
  return frames::RowNames{.subject = subject_of, .keys = [](const data::AnnotationRow& row) {
                            return std::vector<std::string>{row.clip, fmt::format("{}_{}", subject_of(row), row.clip)};
                          }};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info(
      {.id = "dfme",
       .summary = "DFME, data of the public challenge (documented, unverified)",
       .layout = {.title = "DFME",
                  .is_subject =
                      [](std::string_view folder) { return folder.starts_with("sub") && folder.find('_') != std::string_view::npos; },
                  .subject_example = "sub0003_01",
                  .releases = {{.id = "train", .folders = {"train_data"}}}},
       .sheets = {"DFME", "train", "testA", "testB", "annotation"},
       .names = names_of,
       .least_depth = 1,
       .most_depth = 1,
       .fps = {}});
}

}  // namespace mexbench::datasets::dfme
