#include "datasets/frames/release.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "datasets/frames/frame_folder.h"
#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/text.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

// What can't be read holds nothing that could be found.
std::vector<std::string> readable_folders(const fs::path& folder) {
  auto names = folders_in(folder);
  return names ? std::move(names).value() : std::vector<std::string>();
}

bool has_subjects(const fs::path& folder, const ReleaseLayout& layout) {
  const std::vector<std::string> names = readable_folders(folder);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return layout.is_subject(core::lower(name)); });
}

const Release* release_called(std::string_view folder, const ReleaseLayout& layout) {
  for (const Release& release : layout.releases) {
    if (std::any_of(release.folders.begin(), release.folders.end(),
                    [&](std::string_view name) { return core::plain_name(name) == core::plain_name(folder); }))
      return &release;
  }
  return nullptr;
}

fs::path without_trailing_slash(const fs::path& folder) {
  const fs::path clean = folder.lexically_normal();
  return clean.has_filename() ? clean : clean.parent_path();
}

std::optional<fs::path> subjects_in(const fs::path& folder, const ReleaseLayout& layout) {
  if (has_subjects(folder, layout)) return folder;
  for (const std::string& name : readable_folders(folder)) {
    if (!layout.inner.empty() && core::lower(name) == core::lower(layout.inner) && has_subjects(folder / name, layout))
      return folder / name;
  }
  return std::nullopt;
}

// The folder itself, or one of the same name in it, where archives unpack to.
std::optional<fs::path> with_subjects(const fs::path& folder, const ReleaseLayout& layout) {
  if (auto found = subjects_in(folder, layout)) return found;
  for (const std::string& name : readable_folders(folder)) {
    if (core::plain_name(name) != core::plain_name(folder.filename().string())) continue;
    if (auto found = subjects_in(folder / name, layout)) return found;
  }
  return std::nullopt;
}

Error nothing_found(const fs::path& root, const ReleaseLayout& layout) {
  const bool too_deep = layout.is_subject(core::lower(root.filename().string()));
  Error error = Error::in_file(
      ErrorCode::kData, root.string(),
      too_deep ? fmt::format("is one subject of {}, the folder above it is wanted", layout.title)
               : fmt::format("has no subject of {} in it, folders like '{}' are wanted", layout.title, layout.subject_example));
  if (too_deep) return std::move(error).hint(fmt::format("set 'root' to {}", root.parent_path().string()));
  std::vector<std::string> seen = readable_folders(root);
  constexpr std::size_t kMost = 6;
  const std::size_t all = seen.size();
  seen.resize(std::min(kMost, all));
  const std::string found = all == 0 ? std::string("it has no folders")
                                     : fmt::format("its folders are {}{}", core::quoted_list(seen, "and"),
                                                   all > kMost ? fmt::format(" and {} more", all - kMost) : "");
  return std::move(error).hint(found + "; set 'root' to the folder of the release");
}

}  // namespace

core::Result<FoundRelease> find_release(const fs::path& root, const ReleaseLayout& layout, const std::string& wanted) {
  if (root.empty()) return Error(ErrorCode::kData, fmt::format("the corpus {} has no root", layout.title)).hint("set 'root' to its folder");
  const fs::path folder = without_trailing_slash(root);
  std::error_code none;
  if (!fs::is_directory(folder, none))
    return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("no such folder, {} is wanted", layout.title));
  std::vector<FoundRelease> found;
  if (const auto subjects = with_subjects(folder, layout)) {
    const Release* release = release_called(folder.filename().string(), layout);
    found.push_back({.root = *subjects, .release = release == nullptr ? "" : release->id});
  } else {
    for (const std::string& name : readable_folders(folder)) {
      const Release* release = release_called(name, layout);
      if (release == nullptr) continue;
      if (const auto inner = with_subjects(folder / name, layout)) found.push_back({.root = *inner, .release = release->id});
    }
  }
  if (wanted != "auto") {
    // A folder whose name tells nothing is what the user says it is.
    std::erase_if(found, [&](const FoundRelease& one) { return !one.release.empty() && one.release != wanted; });
    if (found.empty()) {
      return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("does not hold the release '{}' of {}", wanted, layout.title))
          .hint("unpack it there, or choose another 'release'");
    }
    found.front().release = wanted;
    return found.front();
  }
  if (found.empty()) return nothing_found(folder, layout);
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const FoundRelease& one : found) ids.push_back(one.release);
    return Error::in_file(ErrorCode::kData, folder.string(),
                          fmt::format("holds several releases of {}: {}", layout.title, core::quoted_list(ids, "and")))
        .hint(fmt::format("choose one, like 'release: {}'", ids.front()));
  }
  return found.front();
}

}  // namespace mexbench::datasets::frames
