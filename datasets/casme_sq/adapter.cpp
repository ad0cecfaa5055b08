#include "datasets/casme_sq/adapter.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "datasets/casme_sq/naming.h"
#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"

namespace mexbench::datasets::casme_sq {
namespace {

// `15/anger1_1` of `s15/anger1_1` and `15/anger1_1`; `15/0401` of a long video `s15/15_0401girl`.
std::optional<std::string> folder_key(const std::string& folder) {
  const std::size_t slash = folder.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string subject = frames::number_in(folder.substr(0, slash));
  std::string_view clip = frames::last_part(folder);
  const std::string prefix = subject + "_";
  if (clip.starts_with(prefix) && clip.size() >= prefix.size() + 4 && frames::is_number(clip.substr(prefix.size(), 4)))
    clip = clip.substr(prefix.size(), 4);
  return fmt::format("{}/{}", subject, clip);
}

core::Result<frames::RowNames> names_of(const std::filesystem::path& sheet) {
  MEXBENCH_ASSIGN(Naming read, read_naming(sheet));
  const auto naming = std::make_shared<const Naming>(std::move(read));
  const auto number = [naming](const data::AnnotationRow& row) {
    const auto found = naming->folder_of_subject.find(frames::number_in(row.subject));
    return found == naming->folder_of_subject.end() ? "?" + row.subject : found->second;
  };
  return frames::RowNames{.subject = [number](const data::AnnotationRow& row) { return "s" + number(row); },
                          .keys =
                              [naming, number](const data::AnnotationRow& row) {
                                std::vector<std::string> keys{fmt::format("{}/{}", number(row), row.clip)};
                                const auto code = naming->code_of_video.find(row.clip.substr(0, row.clip.find('_')));
                                if (code != naming->code_of_video.end()) keys.push_back(fmt::format("{}/{}", number(row), code->second));
                                return keys;
                              }};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info(
      {.id = "casme_sq",
       .summary = "CAS(ME)^2 as distributed (long videos' frames, selected or cropped frames); written from published loaders",
       .layout = {.title = "CAS(ME)^2",
                  .is_subject =
                      [](std::string_view folder) {
                        return frames::is_numbered(folder, "s", 1, 2) || frames::is_numbered(folder, "", 1, 2);
                      },
                  .subject_example = "s15",
                  .releases = {{.id = "long", .folders = {"rawpic"}},
                               {.id = "selected", .folders = {"selectedpic"}},
                               {.id = "cropped", .folders = {"cropped"}}}},
       .sheets = {"CAS(ME)^2code_final", "code_final", "CASME2code_final"},
       .names = names_of,
       .folder_key = folder_key,
       .shared_folders = true,
       .expressions = "micro",
       .fps = 30});
}

}  // namespace mexbench::datasets::casme_sq
