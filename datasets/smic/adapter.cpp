#include "datasets/smic/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include "datasets/frame_options.h"
#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/frame_folder.h"
#include "datasets/frames/release.h"
#include "datasets/smic/clip_names.h"
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
};

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

frames::CorpusLabels three_classes() {
  return {.map = {.id = "megc2019",
                  .version = 1,
                  .classes = {"negative", "positive", "surprise"},
                  .rules = {{"negative", "negative"}, {"positive", "positive"}, {"surprise", "surprise"}}},
          .excluded = {},
          .no_class = {}};
}

AdapterInfo info_of(const Camera& camera);

class Adapter final : public data::DatasetAdapter {
 public:
  explicit Adapter(Camera camera) : camera_(std::move(camera)) {}

  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(check_request(info_of(camera_), request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_of(camera_), request.options));
    MEXBENCH_TRY(frames::check_frame_options(options, camera_.title));
    return data::CorpusOutline{.label_map = three_classes().map, .input = input_recipe(options)};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_ASSIGN(data::CorpusOutline outline, this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_of(camera_), request.options));
    MEXBENCH_ASSIGN(const frames::FoundRelease release, frames::find_release(request.root, layout_of(camera_), options.at("release")));
    MEXBENCH_TRY(refuse_other_camera(release.root));
    MEXBENCH_ASSIGN(std::vector<frames::DescribedClip> clips, clips_in(release.root));
    frames::FrameCorpus found{.adapter = camera_.id,
                              .dataset = camera_.id,
                              .root = release.root,
                              .release = release.release,
                              .clips = std::move(clips),
                              .folders = {},
                              .labels = three_classes(),
                              .input = std::move(outline.input),
                              .options = options,
                              .listed = {},
                              .notes = {"labels and frames from the folders"}};
    MEXBENCH_ASSIGN(data::Manifest manifest, frames::build_manifest(found));
    note_differences_from_card(manifest, request.only);
    return manifest;
  }

 private:
  // The cameras' clips have the same names: only the folder tells them apart.
  [[nodiscard]] core::Status refuse_other_camera(const fs::path& root) const {
    const std::string name = root.filename().string();
    for (const char* other : {"HS", "VIS", "NIR"}) {
      if (name == other && name != camera_.folder) {
        return Error::in_file(ErrorCode::kData, root.string(),
                              fmt::format("holds the clips of camera {}, {} is camera {}", name, camera_.title, camera_.folder))
            .hint("choose that camera's adapter, or its folder");
      }
    }
    return {};
  }

  // <subject>/micro/<class>/<clip>, sorted as bytes; `non_micro` is no micro-expression.
  [[nodiscard]] core::Result<std::vector<frames::DescribedClip>> clips_in(const fs::path& root) const {
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
        if (!three_classes().map.index_of_native(core::lower(label))) {
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
          out.push_back({.subject = *named,
                         .name = data::canonical_clip("smic", clip),
                         .folder = fmt::format("{}/micro/{}/{}", subject, label, clip),
                         .label = core::lower(label),
                         .onset = {},
                         .apex = {},
                         .offset = {},
                         .where = {.file = (micro / label / clip).string(), .line = 0, .column = 0},
                         .place = {}});
        }
      }
    }
    if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
    return out;
  }

  Camera camera_;
};

AdapterInfo info_of(const Camera& camera) {
  AdapterInfo info{
      .id = camera.id,
      .summary = fmt::format("{} as distributed (frames from onset to offset in folders of subjects and classes)", camera.title),
      .needs_root = true,
      .datasets = {camera.id},
      .label_maps = {three_classes().map.id},
      .options = {choice_option("release", {"auto", "raw", "cropped"}, "which of the image archives; auto: the only one there is")},
      .create = [camera] { return std::make_unique<Adapter>(camera); }};
  for (OptionDef& option : frames::frame_options(/*annotated=*/false)) info.options.push_back(std::move(option));
  return info;
}

}  // namespace

AdapterInfo info() { return info_of({.id = "smic", .title = "SMIC-HS", .folder = "HS"}); }
AdapterInfo vis_info() { return info_of({.id = "smic_vis", .title = "SMIC-VIS", .folder = "VIS"}); }
AdapterInfo nir_info() { return info_of({.id = "smic_nir", .title = "SMIC-NIR", .folder = "NIR"}); }

}  // namespace mexbench::datasets::smic
