#include "datasets/smic/long_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "datasets/annotations.h"
#include "datasets/corrections.h"
#include "datasets/frames/folder_names.h"
#include "datasets/frames/frame_folder.h"
#include "datasets/frames/sheet.h"
#include "datasets/smic/clip_names.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::smic {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

frames::ReleaseLayout layout() {
  return {.title = "SMIC-HS-E",
          .is_subject = [](std::string_view folder) { return frames::is_numbered(folder, "s", 1, 2); },
          .subject_example = "s01",
          .releases = {{.id = "long", .folders = {"SMIC-HS-E"}}}};
}

// `s03_ne_02` as `s03_ne_` and 2; nothing when it does not end in a number.
struct Numbered {
  std::string stem;
  int number = 0;
};
std::optional<Numbered> numbered(const std::string& clip) {
  const std::size_t at = clip.rfind('_') + 1;
  Numbered out{.stem = clip.substr(0, at)};
  const char* end = clip.data() + clip.size();
  const auto [stopped, failed] = std::from_chars(clip.data() + at, end, out.number);
  if (at == 0 || failed != std::errc() || stopped != end) return std::nullopt;
  return out;
}

// Canonical clip name -> its folder, relative to `root`.
core::Result<std::map<std::string, std::string>> clip_folders(const fs::path& root, std::vector<std::string>& all) {
  std::map<std::string, std::string> out;
  MEXBENCH_ASSIGN(const std::vector<std::string> subjects, frames::folders_in(root));
  for (const std::string& subject : subjects) {
    if (!layout().is_subject(core::lower(subject))) continue;
    MEXBENCH_ASSIGN(const std::vector<std::string> clips, frames::folders_in(root / subject));
    for (const std::string& clip : clips) {
      all.push_back(fmt::format("{}/{}", subject, clip));
      const auto named = data::subject_in_clip("smic", clip);
      if (named && *named == data::canonical_subject("smic", subject)) out.try_emplace(data::canonical_clip("smic", clip), all.back());
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const data::Annotation& sheet, frames::FrameCorpus& out) : sheet_(sheet), out_(out) {
    for (const data::AnnotationRow& row : sheet.rows) names_.push_back(data::canonical_clip("smic", row.clip));
  }

  core::Status run() {
    MEXBENCH_ASSIGN(const auto folders, clip_folders(out_.root, out_.folders));
    for (const data::Irregularity& one : sheet_.irregular) {
      if (one.rule == "label-disagrees" && !class_in(one.clip).empty()) {
        out_.notes.push_back(fmt::format("{}: the class in its name counts, the sheet says '{}'", one.clip, one.seen));
      } else if (one.gravity != data::Gravity::kSuspicious && one.rule != "interval-refused" && !one.rule.ends_with("-missing")) {
        problem(one.row, one.clip, one.message, "the release has no such row: is the sheet changed?");
        bad_rows_.push_back(one.row);
      }
    }
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
      const data::AnnotationRow& row = sheet_.rows[i];
      if (std::find(bad_rows_.begin(), bad_rows_.end(), row.row) == bad_rows_.end()) MEXBENCH_TRY(add_row(row, names_[i], folders));
    }
    std::stable_sort(out_.clips.begin(), out_.clips.end(), [](const frames::DescribedClip& a, const frames::DescribedClip& b) {
      return std::tie(a.folder, a.onset) < std::tie(b.folder, b.onset);
    });
    return {};
  }

 private:
  core::Status add_row(const data::AnnotationRow& row, const std::string& name, const std::map<std::string, std::string>& folders) {
    const auto folder = folders.find(name);
    frames::DescribedClip clip;
    clip.subject = data::canonical_subject("smic", row.subject);
    clip.folder = folder != folders.end() ? folder->second : fmt::format("{}/{}", clip.subject, row.clip);
    clip.label = std::string(class_in(row.clip));
    clip.fps = 100;
    frames::place_row(clip, sheet_, row);
    std::int64_t shift = 0;
    if (folder != folders.end()) {
      MEXBENCH_ASSIGN(const frames::FrameFolder images, frames::read_frame_folder(out_.root / clip.folder));
      if (!row.first || !row.last) {
        problem(row.row, row.clip, "has no first or last frame of its video", "onset and offset can't be found among the images");
        std::erase(out_.folders, clip.folder);  // it has a row, and what is wrong with it is told
        return {};
      }
      const auto found = shift_of(images.first(), images.last(), *row.first, *row.last);
      if (!found) {
        problem(row.row, row.clip,
                fmt::format("is frames {} to {} of the camera, {} of them, but its folder has images {} to {}, {} numbers", *row.first,
                            *row.last, *row.last - *row.first + 1, images.first(), images.last(), images.last() - images.first() + 1),
                "which image is the onset can't be told: is the folder whole, and of this release?");
        std::erase(out_.folders, clip.folder);
        return {};
      }
      shift = *found;
      if (!lies_in_video(row) && !is_corrected(clip.subject + "/" + name)) {
        problem(row.row, row.clip,
                fmt::format("its movement, {} to {}, lies outside its video, {} to {}", row.onset.value_or(0), row.offset.value_or(0),
                            *row.first, *row.last),
                mended_by(clip.subject + "/" + name));
        std::erase(out_.folders, clip.folder);
        return {};
      }
    }
    clip.shift = shift;
    const auto add = [&](const std::string& canonical, std::optional<std::int64_t> onset, std::optional<std::int64_t> offset) {
      clip.name = canonical;
      clip.key = fmt::format("{}/{}", clip.subject, canonical);
      clip.onset = onset ? std::optional(*onset + shift) : std::nullopt;
      clip.offset = offset ? std::optional(*offset + shift) : std::nullopt;
      out_.clips.push_back(clip);
    };
    add(name, row.onset, row.offset);
    for (const FurtherClip& further : further_clips(row, names_)) {
      add(further.name, further.span.onset, further.span.offset);
      out_.notes.push_back(fmt::format("{} is a further movement of {}", further.name, row.clip));
    }
    return {};
  }

  static bool lies_in_video(const data::AnnotationRow& row) {
    return (!row.onset || (*row.onset >= *row.first && *row.onset <= *row.last)) &&
           (!row.offset || (*row.offset >= *row.first && *row.offset <= *row.last));
  }
  [[nodiscard]] bool is_corrected(const std::string& key) const {
    return std::any_of(out_.corrections.begin(), out_.corrections.end(), [&](const Correction& one) { return one.clip == key; });
  }
  static std::string mended_by(const std::string& key) {
    for (const Correction& one : known_corrections("smic")) {
      if (one.clip == key) return fmt::format("known of this release: 'corrections: [{}]' mends it", one.name);
    }
    return "the release has no such row: is the sheet changed?";
  }

  void problem(std::size_t row, const std::string& clip, const std::string& message, std::string hint) {
    core::Diagnostic one;
    one.where = {.file = sheet_.file, .line = sheet_.sheet.empty() ? row : 0, .column = 0};
    one.message =
        fmt::format("{}clip {}: {}", sheet_.sheet.empty() ? "" : fmt::format("sheet '{}', row {}, ", sheet_.sheet, row), clip, message);
    one.hint = std::move(hint);
    out_.problems.push_back(std::move(one));
  }

  const data::Annotation& sheet_;
  frames::FrameCorpus& out_;
  std::vector<std::string> names_;
  std::vector<std::size_t> bad_rows_;
};

}  // namespace

core::Result<frames::FoundRelease> find_long_release(const fs::path& root, bool named) {
  auto found = frames::find_release(root, layout(), "auto");
  if (found && (!named || !found->release.empty())) return found;
  if (const auto folders = frames::folders_in(root)) {
    for (const std::string& name : *folders) {
      if (core::plain_name(name) != core::plain_name("HS_long")) continue;
      if (auto inside = frames::find_release(root / name, layout(), "auto")) return inside;
    }
  }
  if (found) return Error::in_file(ErrorCode::kData, root.string(), "is not called SMIC-HS-E, and has no folder of that name");
  return found;
}

std::vector<FurtherClip> further_clips(const data::AnnotationRow& row, const std::vector<std::string>& names) {
  const auto own = numbered(data::canonical_clip("smic", row.clip));
  if (!own) return {};
  const auto is_row = [&](int number) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      const auto other = numbered(name);
      return other && other->stem == own->stem && other->number == number;
    });
  };
  int last = 0;
  for (const std::string& name : names) {
    if (const auto other = numbered(name); other && other->stem == own->stem) last = std::max(last, other->number);
  }
  std::vector<FurtherClip> out;
  for (std::size_t i = 0; i < row.further.size(); ++i) {
    const int number = own->number + static_cast<int>(i) + 1;
    if (number > last || is_row(number)) break;
    out.push_back({.name = fmt::format("{}{:02}", own->stem, number), .span = row.further[i]});
  }
  return out;
}

std::optional<std::int64_t> shift_of(std::int64_t first_on_disk, std::int64_t last_on_disk, std::int64_t first, std::int64_t last) {
  if (first_on_disk == first && last_on_disk == last) return 0;
  if (last_on_disk - first_on_disk == last - first) return first_on_disk - first;
  return std::nullopt;
}

core::Result<frames::FrameCorpus> find_long_corpus(const frames::FoundRelease& release, const fs::path& root, const json& options,
                                                   CorpusLabels labels) {
  MEXBENCH_ASSIGN(const fs::path file, frames::find_sheet(options.at("annotation").get<std::string>(), root, release.root,
                                                          {"SMIC-HS-E_annotation", "SMIC_HS_E_annotation"}, "SMIC-HS-E"));
  MEXBENCH_ASSIGN(const data::Annotation sheet, read_annotation_of(file, "smic"));
  frames::FrameCorpus out{
      .dataset = "smic",
      .root = release.root,
      .clips = {},
      .folders = {},
      .shared_folders = true,
      .labels = std::move(labels),
      .policy = frames::policy_of(options),
      .listed = listed_irregularities("smic"),
      .corrections = {},
      .notes = {fmt::format("labels from clip names, frames from {}, images of release 'long'", file.filename().string())}};
  for (const std::string& note : sheet.notes) out.notes.push_back(fmt::format("{}: {}", file.filename().string(), note));
  MEXBENCH_ASSIGN(out.corrections, chosen_corrections("smic", options.at("corrections")));
  MEXBENCH_TRY(Reader(sheet, out).run());
  return out;
}

}  // namespace mexbench::datasets::smic
