#include "datasets/frames/sheet_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "datasets/annotations.h"
#include "datasets/frame_options.h"
#include "datasets/frames/frame_folder.h"
#include "datasets/frames/sheet.h"
#include "harness/core/names.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

class Adapter final : public data::DatasetAdapter {
 public:
  explicit Adapter(SheetCorpus corpus) : corpus_(std::move(corpus)) {}

  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    const AdapterInfo info = adapter_info(corpus_);
    MEXBENCH_TRY(check_request(info, request));
    MEXBENCH_ASSIGN(const json options, complete_options(info, request.options));
    MEXBENCH_TRY(check_frame_options(options, corpus_.layout.title));
    return data::CorpusOutline{.label_map = labels_of(request).map, .input = input_recipe(options)};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_ASSIGN(data::CorpusOutline outline, this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(adapter_info(corpus_), request.options));
    MEXBENCH_ASSIGN(const FoundRelease release, find_release(request.root, corpus_.layout, options.value("release", "auto")));
    MEXBENCH_ASSIGN(const fs::path file, find_sheet(options.at("annotation").get<std::string>(), request.root, release.root, corpus_.sheets,
                                                    corpus_.layout.title));
    MEXBENCH_ASSIGN(const data::Annotation sheet, read_annotation_of(file, corpus_.id));
    MEXBENCH_ASSIGN(std::vector<std::string> folders, clip_folders(release.root));
    MEXBENCH_TRY(check_rows(sheet));
    FrameCorpus found{.adapter = corpus_.id,
                      .dataset = corpus_.id,
                      .root = release.root,
                      .release = release.release,
                      .clips = {},
                      .folders = std::move(folders),
                      .labels = labels_of(request),
                      .input = std::move(outline.input),
                      .options = options,
                      .listed = listed_irregularities(corpus_.id),
                      .notes = {fmt::format("labels and frames from {}{}", file.filename().string(),
                                            release.release.empty() ? "" : fmt::format(", frames of release '{}'", release.release))}};
    for (const data::AnnotationRow& row : sheet.rows) found.clips.push_back(describe(row, sheet, found.folders));
    std::sort(found.clips.begin(), found.clips.end(), [](const DescribedClip& a, const DescribedClip& b) { return a.folder < b.folder; });
    MEXBENCH_ASSIGN(data::Manifest manifest, build_manifest(found));
    note_differences_from_card(manifest, request.only);
    return manifest;
  }

 private:
  [[nodiscard]] const CorpusLabels& labels_of(const data::AdapterRequest& request) const {
    return *std::find_if(corpus_.labels.begin(), corpus_.labels.end(),
                         [&](const CorpusLabels& labels) { return labels.map.id == request.label_map; });
  }

  // <subject>/<clip>, sorted as bytes.
  [[nodiscard]] core::Result<std::vector<std::string>> clip_folders(const fs::path& root) const {
    std::vector<std::string> out;
    MEXBENCH_ASSIGN(const std::vector<std::string> subjects, folders_in(root));
    for (const std::string& subject : subjects) {
      if (!corpus_.layout.is_subject(core::lower(subject))) continue;
      MEXBENCH_ASSIGN(const std::vector<std::string> clips, folders_in(root / subject));
      for (const std::string& clip : clips) out.push_back(fmt::format("{}/{}", subject, clip));
    }
    return out;
  }

  [[nodiscard]] DescribedClip describe(const data::AnnotationRow& row, const data::Annotation& sheet,
                                       const std::vector<std::string>& folders) const {
    DescribedClip clip{.subject = corpus_.subject(row),
                       .name = row.clip,
                       .folder = {},
                       .label = row.emotion,
                       .onset = row.onset,
                       .apex = row.apex,
                       .offset = row.offset,
                       .where = {},
                       .place = {}};
    clip.folder = clip.key();
    place_row(clip, sheet, row);
    // Copies in circulation differ in case.
    const auto same = [wanted = core::lower(clip.folder)](const std::string& folder) { return core::lower(folder) == wanted; };
    if (const auto found = std::find_if(folders.begin(), folders.end(), same); found != folders.end()) clip.folder = *found;
    return clip;
  }

  // What no clip can be made of. Apexes are looked at clip by clip, where a policy may say what becomes of them.
  [[nodiscard]] core::Status check_rows(const data::Annotation& sheet) const {
    std::vector<core::Diagnostic> problems;
    for (const data::Irregularity& one : sheet.irregular) {
      if (one.gravity == data::Gravity::kSuspicious || one.rule.starts_with("apex-")) continue;
      core::Diagnostic problem;
      problem.where = {.file = sheet.file, .line = sheet.sheet.empty() ? one.row : 0, .column = 0};
      problem.message = fmt::format("{}clip {}: {}", sheet.sheet.empty() ? "" : fmt::format("sheet '{}', row {}, ", sheet.sheet, one.row),
                                    one.clip, one.message);
      problem.hint = "the release has no such row: is the sheet changed?";
      problems.push_back(std::move(problem));
    }
    if (problems.empty()) return {};
    return Error(ErrorCode::kData, std::move(problems));
  }

  SheetCorpus corpus_;
};

}  // namespace

AdapterInfo adapter_info(const SheetCorpus& corpus) {
  AdapterInfo info{.id = corpus.id,
                   .summary = corpus.summary,
                   .needs_root = true,
                   .datasets = {corpus.id},
                   .label_maps = {},
                   .options = {data::path_option("annotation", "the sheet; empty: the only one in root, beside or above the frames")},
                   .create = [corpus] { return std::make_unique<Adapter>(corpus); }};
  for (const CorpusLabels& labels : corpus.labels) info.label_maps.push_back(labels.map.id);
  if (!corpus.layout.releases.empty()) {
    std::vector<std::string> ids{"auto"};
    for (const Release& release : corpus.layout.releases) ids.push_back(release.id);
    info.options.push_back(choice_option("release", ids, "which of the release's image archives; auto: the only one there is"));
  }
  for (OptionDef& option : frame_options(/*annotated=*/true)) info.options.push_back(std::move(option));
  return info;
}

}  // namespace mexbench::datasets::frames
