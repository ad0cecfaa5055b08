#include "datasets/mmew/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"
#include "harness/core/names.h"

namespace mexbench::datasets::mmew {
namespace {

constexpr std::array<std::string_view, 7> kClasses{"anger", "disgust", "fear", "happiness", "others", "sadness", "surprise"};

bool is_subject(std::string_view folder) {
  return frames::is_numbered(folder, "s", 2, 2) || std::find(kClasses.begin(), kClasses.end(), folder) != kClasses.end();
}

// Clips are called after their subject, S03-01-002, and so are unique whatever lies above them.
std::optional<std::string> folder_key(const std::string& folder) {
  const std::string_view clip = frames::last_part(folder);
  const bool named = clip.size() == 10 && clip[0] == 's' && clip[3] == '-' && clip[6] == '-' && frames::is_number(clip.substr(1, 2)) &&
                     frames::is_number(clip.substr(4, 2)) && frames::is_number(clip.substr(7));
  return named ? std::optional<std::string>(clip) : std::nullopt;
}

core::Result<frames::RowNames> names_of(const std::filesystem::path&) {
  return frames::RowNames{.subject = [](const data::AnnotationRow& row) { return fmt::format("S{:0>2}", frames::number_in(row.subject)); },
                          .keys = [](const data::AnnotationRow& row) { return std::vector<std::string>{core::lower(row.clip)}; }};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info({.id = "mmew",
                               .summary = "MMEW, micro-expressions (documented, unverified)",
                               .layout = {.title = "MMEW",
                                          .is_subject = is_subject,
                                          .subject_example = "happiness",
                                          .releases = {{.id = "micro", .folders = {"MMEW_Final", "MMEW", "Micro_Expression"}}},
                                          .inner = "Micro_Expression"},
                               .sheets = {"MMEW_Micro_Exp"},
                               .names = names_of,
                               .most_depth = 3,
                               .folder_key = folder_key,
                               .fps = 90});
}

}  // namespace mexbench::datasets::mmew
