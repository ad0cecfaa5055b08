#include "datasets/casme3/adapter.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"
#include "harness/core/text.h"

namespace mexbench::datasets::casme3 {
namespace {

// `1/a/355` of `spno.1_a_355`, `1/a` of `spno.1/a/color`; depth images are no clip.
std::optional<std::string> folder_key(const std::string& folder) {
  const std::vector<std::string> parts = core::split(folder, '/');
  const std::string subject = frames::number_in(parts.front());
  if (parts.size() == 1) {
    const std::vector<std::string> names = core::split(folder, '_');
    if (names.size() != 3) return std::nullopt;
    return fmt::format("{}/{}/{}", frames::number_in(names[0]), names[1], names[2]);
  }
  if (parts.size() == 3 && parts[2] == "color") return fmt::format("{}/{}", subject, parts[1]);
  return std::nullopt;
}

std::string subject_of(const data::AnnotationRow& row) { return "spNO." + frames::number_in(row.subject); }

core::Result<frames::RowNames> names_of(const std::filesystem::path&) {
  return frames::RowNames{.subject = subject_of, .keys = [](const data::AnnotationRow& row) {
                            const std::string video = fmt::format("{}/{}", frames::number_in(row.subject), row.clip);
                            std::vector<std::string> keys;
                            if (row.onset) keys.push_back(fmt::format("{}/{}", video, *row.onset));
                            keys.push_back(video);
                            return keys;
                          }};
}

std::optional<std::string> part_c_key(const std::string& folder) {
  const std::vector<std::string> parts = core::split(folder, '/');
  if (parts.size() < 2 || (parts.size() == 3 && parts[2] != "color")) return std::nullopt;
  const std::string clip = frames::number_in(parts[1]);
  if (clip.empty()) return std::nullopt;
  return fmt::format("{}/{}", frames::number_in(parts[0]), clip);
}

bool is_subject(std::string_view folder) { return folder.starts_with("spno."); }

}  // namespace

AdapterInfo info() {
  return frames::adapter_info(
      {.id = "casme3",
       .summary = "CAS(ME)^3 part A as distributed (clips or long videos' frames); written from published loaders",
       .layout = {.title = "CAS(ME)^3 part A",
                  .is_subject = is_subject,
                  .subject_example = "spNO.1",
                  .releases = {{.id = "clips", .folders = {"Part_A_ME_clip"}}, {.id = "long", .folders = {"part_A"}}},
                  .inner = "frame"},
       .sheets = {"cas(me)3_part_A"},
       .names = names_of,
       .least_depth = 1,
       .most_depth = 3,
       .folder_key = folder_key,
       .shared_folders = true,
       .onset_in_name = true,
       .fps = 30});
}

AdapterInfo part_c_info() {
  const auto names = [](const std::filesystem::path&) -> core::Result<frames::RowNames> {
    return frames::RowNames{
        .subject = subject_of, .keys = [](const data::AnnotationRow& row) {
          return std::vector<std::string>{fmt::format("{}/{}", frames::number_in(row.subject), frames::number_in(row.clip))};
        }};
  };
  return frames::adapter_info({.id = "casme3c",
                               .summary = "CAS(ME)^3 part C, mock crime (documented, unverified)",
                               .layout = {.title = "CAS(ME)^3 part C",
                                          .is_subject = [](std::string_view folder) { return !frames::number_in(folder).empty(); },
                                          .subject_example = "spNO.1",
                                          .releases = {{.id = "long", .folders = {"part_C"}}}},
                               .sheets = {"cas(me)3_part_C"},
                               .names = names,
                               .most_depth = 3,
                               .folder_key = part_c_key,
                               .annotated = false,
                               .shared_folders = true,
                               .fps = 30});
}

}  // namespace mexbench::datasets::casme3
