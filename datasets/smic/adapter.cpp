#include "datasets/smic/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <system_error>
#include <utility>

#include "datasets/frame_options.h"
#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/frame_folder.h"
#include "datasets/frames/release.h"
#include "datasets/frames/sheet_corpus.h"
#include "datasets/smic/clip_names.h"
#include "datasets/smic/long_clips.h"
#include "harness/core/names.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::smic {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// One of the three cameras.
struct Camera {
  std::string id;      // "smic"
  std::string title;   // "SMIC-HS"
  std::string folder;  // "HS"
  double fps = 0;
  bool extended = false;  // its long clips are read too
};

Camera high_speed() { return {.id = "smic", .title = "SMIC-HS", .folder = "HS", .fps = 100, .extended = true}; }

bool is_subject(std::string_view folder) {
  return folder.size() >= 2 && folder.size() <= 3 && folder.front() == 's' &&
         std::all_of(folder.begin() + 1, folder.end(), [](char c) { return c >= '0' && c <= '9'; });
}

frames::ReleaseLayout layout_of(const Camera& camera) {
  return {.title = camera.title,
          .is_subject = is_subject,
          .subject_example = "s1",
          .releases = {{.id = "raw", .folders = {"SMIC_all_raw"}}, {.id = "cropped", .folders = {"SMIC_all_cropped"}}},
          .inner = camera.folder};
}

constexpr std::array<std::string_view, 3> kClasses{"negative", "positive", "surprise"};

AdapterInfo info_of(const Camera& camera);
core::Result<frames::FrameCorpus> find(const Camera& camera, const fs::path& root, const json& options, CorpusLabels labels);

class Adapter final : public data::DatasetAdapter {
 public:
  explicit Adapter(Camera camera) : camera_(std::move(camera)) {}

  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(check_request(info_of(camera_), request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_of(camera_), request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, frames::plan_frames(options, camera_.title));
    MEXBENCH_TRY(chosen_corrections(camera_.id, options.at("corrections")));
    MEXBENCH_ASSIGN(const CorpusLabels labels, frames::labels_of(request, camera_.id));
    MEXBENCH_TRY(require_emotion(labels, camera_.id));
    return data::CorpusOutline{.label_map = labels.map, .input = plan.recipe};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_of(camera_), request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, frames::plan_frames(options, camera_.title));
    MEXBENCH_ASSIGN(CorpusLabels labels, frames::labels_of(request, camera_.id));
    MEXBENCH_ASSIGN(const frames::FrameCorpus found, find(camera_, request.root, options, std::move(labels)));
    MEXBENCH_ASSIGN(data::Manifest manifest, frames::build_manifest(camera_.id, found.root, plan, {found}));
    note_differences_from_card(manifest, request.only);
    return manifest;
  }

 private:
  Camera camera_;
};

// The cameras' clips have the same names: only the folder tells them apart.
core::Status refuse_other_camera(const Camera& camera, const fs::path& root) {
  const std::string name = root.filename().string();
  for (const char* other : {"HS", "VIS", "NIR"}) {
    if (name == other && name != camera.folder) {
      return Error::in_file(ErrorCode::kData, root.string(),
                            fmt::format("holds the clips of camera {}, {} is camera {}", name, camera.title, camera.folder))
          .hint("choose that camera's adapter, or its folder");
    }
  }
  return {};
}

// <subject>/micro/<class>/<clip>, sorted as bytes; `non_micro` is no micro-expression.
core::Result<std::vector<frames::DescribedClip>> clips_in(const Camera& camera, const fs::path& root) {
  std::vector<frames::DescribedClip> out;
  std::vector<core::Diagnostic> problems;
  const auto problem = [&](const fs::path& where, std::string message) {
    core::Diagnostic one;
    one.where.file = where.string();
    one.message = std::move(message);
    problems.push_back(std::move(one));
  };
  MEXBENCH_ASSIGN(const std::vector<std::string> subjects, frames::folders_in(root));
  for (const std::string& subject : subjects) {
    if (!is_subject(core::lower(subject))) continue;
    const fs::path micro = root / subject / "micro";
    std::error_code none;
    // People without a micro-expression have other clips only.
    if (fs::is_directory(root / subject / "non_micro", none) && !fs::is_directory(micro, none)) continue;
    if (!fs::is_directory(micro, none)) {
      problem(root / subject, "has no folder 'micro', the subject's micro-expressions are wanted in it");
      continue;
    }
    MEXBENCH_ASSIGN(const std::vector<std::string> classes, frames::folders_in(micro));
    for (const std::string& label : classes) {
      if (std::find(kClasses.begin(), kClasses.end(), core::lower(label)) == kClasses.end()) {
        problem(micro / label, "is no class folder, 'negative', 'positive' and 'surprise' are wanted");
        continue;
      }
      MEXBENCH_ASSIGN(const std::vector<std::string> clips, frames::folders_in(micro / label));
      for (const std::string& clip : clips) {
        const auto named = data::subject_in_clip("smic", clip);
        if (!named || *named != data::canonical_subject("smic", subject) || class_in(clip) != core::lower(label)) {
          problem(micro / label / clip, fmt::format("is called after another subject or class than its folders, '{}_{}_...' is wanted",
                                                    subject, label == "surprise" ? "sur" : label.substr(0, 2)));
          continue;
        }
        frames::DescribedClip found;
        found.subject = *named;
        found.name = data::canonical_clip("smic", clip);
        found.key = found.subject + "/" + found.name;
        found.folder = fmt::format("{}/micro/{}/{}", subject, label, clip);
        found.label = core::lower(label);
        found.whole_folder = true;
        found.fps = camera.fps;
        found.where.file = (micro / label / clip).string();
        out.push_back(std::move(found));
      }
    }
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return out;
}

// The release that is meant: one of the first release's, or the long clips, which only a folder of their name tells from it.
core::Result<frames::FoundRelease> release_of(const Camera& camera, const fs::path& root, const std::string& wanted) {
  if (wanted == "long") return find_long_release(root, /*named=*/false);
  auto first = frames::find_release(root, layout_of(camera), wanted);
  if (wanted != "auto" || !camera.extended) return first;
  auto extended = find_long_release(root, /*named=*/true);
  if (!extended) return first;
  if (!first || first->root == extended->root) return extended;
  return Error::in_file(
             ErrorCode::kData, root.string(),
             fmt::format("holds several releases of {}: '{}' and 'long'", camera.title, first->release.empty() ? "raw" : first->release))
      .hint("choose one, like 'release: long'");
}

core::Result<frames::FrameCorpus> find(const Camera& camera, const fs::path& root, const json& options, CorpusLabels labels) {
  MEXBENCH_ASSIGN(const frames::FoundRelease release, release_of(camera, root, options.at("release")));
  if (release.release == "long") return find_long_corpus(release, root, options, std::move(labels));
  MEXBENCH_TRY(refuse_other_camera(camera, release.root));
  frames::FrameCorpus out{.dataset = camera.id,
                          .root = release.root,
                          .clips = {},
                          .folders = {},
                          .labels = std::move(labels),
                          .policy = frames::policy_of(options),
                          .listed = listed_irregularities(camera.id),
                          .corrections = {},
                          .notes = {"labels and frames from the folders"}};
  MEXBENCH_ASSIGN(out.clips, clips_in(camera, release.root));
  MEXBENCH_ASSIGN(out.corrections, chosen_corrections(camera.id, options.at("corrections")));
  return out;
}

AdapterInfo info_of(const Camera& camera) {
  AdapterInfo info{.id = camera.id,
                   .summary = fmt::format("{} as distributed (frames from onset to offset in folders of subjects and classes{})",
                                          camera.title, camera.extended ? "; or long clips and a sheet" : ""),
                   .needs_root = true,
                   .datasets = {camera.id},
                   .label_maps = {},
                   .own_label_maps = true,
                   .options = {},
                   .create = [camera] { return std::make_unique<Adapter>(camera); },
                   .look = [camera](const fs::path& folder) -> core::Result<std::string> {
                     MEXBENCH_ASSIGN(const frames::FoundRelease release, release_of(camera, folder, "auto"));
                     if (release.release == "long") return std::string("SMIC-HS-E, release 'long'");
                     MEXBENCH_TRY(refuse_other_camera(camera, release.root));
                     MEXBENCH_ASSIGN(const std::vector<frames::DescribedClip> clips, clips_in(camera, release.root));
                     if (clips.empty()) return Error::in_file(ErrorCode::kData, folder.string(), "has no clip of " + camera.title);
                     return fmt::format("{} clips{}", clips.size(),
                                        release.release.empty() ? "" : fmt::format(", release '{}'", release.release));
                   }};
  std::vector<std::string> releases{"auto", "raw", "cropped"};
  if (camera.extended) {
    releases.emplace_back("long");
    OptionDef sheet = path_option("annotation", "the sheet of the long clips; empty: the only one in root, beside or above the frames");
    sheet.since = 2;
    info.options.push_back(std::move(sheet));
  }
  info.options.push_back(choice_option("release", releases, "which of the image archives; auto: the only one there is"));
  for (const CorpusLabels& labels : card_label_maps(camera.id)) info.label_maps.push_back(labels.map.id);
  for (OptionDef& option : frames::frame_options(/*annotated=*/false, camera.id)) info.options.push_back(std::move(option));
  return info;
}

}  // namespace

AdapterInfo info() { return info_of(high_speed()); }
AdapterInfo vis_info() { return info_of({.id = "smic_vis", .title = "SMIC-VIS", .folder = "VIS", .fps = 25}); }
AdapterInfo nir_info() { return info_of({.id = "smic_nir", .title = "SMIC-NIR", .folder = "NIR", .fps = 25}); }

core::Result<frames::FrameCorpus> find_corpus(const fs::path& root, const json& options, CorpusLabels labels) {
  return find(high_speed(), root, options, std::move(labels));
}

}  // namespace mexbench::datasets::smic
