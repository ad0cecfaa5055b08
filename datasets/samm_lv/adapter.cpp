#include "datasets/samm_lv/adapter.h"

#include <optional>
#include <string>
#include <vector>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::samm_lv {
namespace {

bool is_video(std::string_view folder) {
  const std::size_t line = folder.find('_');
  return line == 3 && frames::is_number(folder.substr(0, 3)) && frames::is_number(folder.substr(4));
}

core::Result<frames::RowNames> names_of(const std::filesystem::path&) {
  return frames::RowNames{
      .subject = [](const data::AnnotationRow& row) { return data::canonical_subject("samm", row.subject); },
      .keys = [](const data::AnnotationRow& row) { return std::vector<std::string>{row.clip.substr(0, row.clip.rfind('_'))}; }};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info({.id = "samm_lv",
                               .summary = "SAMM Long Videos as distributed (macro- and micro-expressions); written from published loaders",
                               .layout = {.title = "SAMM Long Videos",
                                          .is_subject = is_video,
                                          .subject_example = "006_1",
                                          .releases = {{.id = "long", .folders = {"SAMM_longvideos"}}}},
                               .sheets = {"SAMM_LongVideos"},
                               .names = names_of,
                               .least_depth = 1,
                               .most_depth = 1,
                               .shared_folders = true,
                               .expressions = "all",
                               .fps = 200});
}

}  // namespace mexbench::datasets::samm_lv
