#include "datasets/frames/frame_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/text.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_clutter(std::string_view name) {
  constexpr std::array<std::string_view, 4> kClutter{".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"};
  return name.starts_with("~$") || name.starts_with("._") || std::find(kClutter.begin(), kClutter.end(), name) != kClutter.end();
}

std::optional<std::int64_t> frame_number(std::string_view name) {
  constexpr std::array<std::string_view, 4> kImages{".jpg", ".jpeg", ".png", ".bmp"};
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || std::find(kImages.begin(), kImages.end(), core::lower(name.substr(dot))) == kImages.end())
    return std::nullopt;
  std::size_t end = dot;
  while (end > 0 && !is_digit(name[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_digit(name[begin - 1])) --begin;
  return core::parse_int(name.substr(begin, end - begin));
}

core::Result<std::vector<std::string>> folders_in(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code none;
  MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(folder));
  for (const std::string& name : names) {
    if (!is_clutter(name) && fs::is_directory(folder / name, none)) out.push_back(name);
  }
  return out;
}

std::vector<std::int64_t> FrameFolder::missing(std::int64_t from, std::int64_t to) const {
  std::vector<std::int64_t> out;
  std::int64_t next = from;
  for (auto frame = names.lower_bound(from); frame != names.end() && frame->first <= to; ++frame) {
    for (; next < frame->first; ++next) out.push_back(next);
    next = frame->first + 1;
  }
  for (; next <= to; ++next) out.push_back(next);
  return out;
}

core::Result<FrameFolder> read_frame_folder(const fs::path& folder) {
  std::error_code none;
  if (!fs::is_directory(folder, none))
    return Error::in_file(ErrorCode::kData, folder.string(), "no such folder, a clip's frames are wanted");
  MEXBENCH_ASSIGN(const std::vector<std::string> entries, core::list_folder(folder));
  FrameFolder out{.folder = folder, .names = {}};
  for (const std::string& name : entries) {
    if (is_clutter(name)) continue;
    const auto number = frame_number(name);
    if (!number) continue;
    const auto [place, added] = out.names.try_emplace(*number, name);
    if (!added) {
      return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("'{}' and '{}' are both frame {}", place->second, name, *number))
          .hint("keep the release's file");
    }
  }
  if (out.names.empty()) return Error::in_file(ErrorCode::kData, folder.string(), "has no numbered image (jpg, png or bmp)");
  return out;
}

std::string in_words(const std::vector<std::int64_t>& numbers) {
  constexpr std::size_t kMost = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(kMost, numbers.size()); ++i) {
    const bool last = i + 1 == numbers.size();
    out += fmt::format("{}{}", i == 0 ? "" : (last ? " and " : ", "), numbers[i]);
  }
  if (numbers.size() > kMost) out += fmt::format(" and {} more", numbers.size() - kMost);
  return out;
}

}  // namespace mexbench::datasets::frames
