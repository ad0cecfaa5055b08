#include "datasets/frames/sheet_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "datasets/annotations.h"
#include "datasets/frame_options.h"
#include "datasets/frames/frame_folder.h"
#include "datasets/frames/sheet.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

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
    MEXBENCH_ASSIGN(const InputPlan plan, plan_frames(options, corpus_.layout.title));
    MEXBENCH_TRY(chosen_corrections(corpus_.id, options.at("corrections")));
    MEXBENCH_ASSIGN(const CorpusLabels labels, labels_of(request, corpus_.id));
    return data::CorpusOutline{.label_map = labels.map, .input = plan.recipe};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(adapter_info(corpus_), request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, plan_frames(options, corpus_.layout.title));
    MEXBENCH_ASSIGN(CorpusLabels labels, labels_of(request, corpus_.id));
    MEXBENCH_ASSIGN(const FrameCorpus found, find_corpus(corpus_, request.root, options, std::move(labels)));
    MEXBENCH_ASSIGN(data::Manifest manifest, build_manifest(corpus_.id, found.root, plan, {found}));
    note_differences_from_card(manifest, request.only);
    return manifest;
  }

 private:
  SheetCorpus corpus_;
};

// Folders that may hold clips, sorted as bytes.
core::Status collect_folders(const SheetCorpus& corpus, const fs::path& root, const std::string& below, std::size_t depth,
                             std::vector<std::string>& out) {
  MEXBENCH_ASSIGN(const std::vector<std::string> names, folders_in(root / below));
  for (const std::string& name : names) {
    if (depth == 1 && !corpus.layout.is_subject(core::lower(name))) continue;
    const std::string path = below.empty() ? name : below + "/" + name;
    if (depth >= corpus.least_depth && (!corpus.folder_key || corpus.folder_key(core::lower(path)))) {
      out.push_back(path);
    } else if (depth < corpus.most_depth) {
      MEXBENCH_TRY(collect_folders(corpus, root, path, depth + 1, out));
    }
  }
  return {};
}

// Rows that no clip can be made of, with what is wrong. What is wrong with a clip's frames is looked at clip by clip, where a policy may
// say what becomes of it.
std::map<std::size_t, std::vector<core::Diagnostic>> problems_by_row(const data::Annotation& sheet) {
  std::map<std::size_t, std::vector<core::Diagnostic>> out;
  for (const data::Irregularity& one : sheet.irregular) {
    const bool of_frames = one.rule.starts_with("apex-") || one.rule.ends_with("-missing") || one.rule == "offset-before-onset";
    if (one.gravity == data::Gravity::kSuspicious || of_frames) continue;
    core::Diagnostic problem;
    problem.where = {.file = sheet.file, .line = sheet.sheet.empty() ? one.row : 0, .column = 0};
    problem.message = fmt::format("{}clip {}: {}", sheet.sheet.empty() ? "" : fmt::format("sheet '{}', row {}, ", sheet.sheet, one.row),
                                  one.clip, one.message);
    problem.hint = "the release has no such row: is the sheet changed?";
    out[one.row].push_back(std::move(problem));
  }
  return out;
}

// Objective classes as a file of their own has them, in place of the sheet's. Editions differ, so which one counts is noted.
core::Status take_objective_classes(const SheetCorpus& corpus, const fs::path& file, data::Annotation& sheet,
                                    std::vector<std::string>& notes) {
  MEXBENCH_ASSIGN(const data::Annotation given, read_annotation_of(file, corpus.id));
  const auto key = [&](const data::AnnotationRow& row) {
    return core::lower(data::canonical_clip_id(corpus.id, row.subject, row.clip).text());
  };
  std::map<std::string, const data::AnnotationRow*> rows;
  for (const data::AnnotationRow& row : given.rows) {
    if (row.objective_class.empty()) {
      return Error::in_file(ErrorCode::kData, file.string(), fmt::format("row {}, clip {} has no objective class", row.row, row.clip))
          .hint("'objective_classes' names a file with a class for every clip");
    }
    rows.emplace(key(row), &row);
  }
  std::vector<std::string> missing;
  std::size_t changed = 0;
  for (data::AnnotationRow& row : sheet.rows) {
    const auto found = rows.find(key(row));
    if (found == rows.end()) {
      missing.push_back(key(row));
      continue;
    }
    if (row.objective_class != found->second->objective_class) ++changed;
    row.objective_class = found->second->objective_class;
  }
  if (!missing.empty()) {
    const std::size_t all = missing.size();
    missing.resize(std::min<std::size_t>(all, 5));
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("has no row for {} of the sheet's {} clips: {}{}", all, sheet.rows.size(),
                                      core::quoted_list(missing, "and"), all > missing.size() ? " and others" : ""))
        .hint("the file and the sheet are of different editions");
  }
  notes.push_back(fmt::format("objective classes from {}: those of {} of {} clips are not the sheet's", file.filename().string(), changed,
                              sheet.rows.size()));
  return {};
}

bool is_micro(const data::AnnotationRow& row) { return core::lower(row.type).starts_with("micro"); }

}  // namespace

core::Result<CorpusLabels> labels_of(const data::AdapterRequest& request, std::string_view card) {
  if (!request.labels.is_null()) {
    MEXBENCH_ASSIGN(CorpusLabels labels, labels_from_json(request.labels));
    labels.own = true;
    return labels;
  }
  for (CorpusLabels& labels : card_label_maps(card)) {
    if (labels.map.id == request.label_map) return std::move(labels);
  }
  return Error(ErrorCode::kUsage, fmt::format("unknown label map '{}' of {}", request.label_map, card));
}

core::Result<FrameCorpus> find_corpus(const SheetCorpus& corpus, const fs::path& root, const json& options, CorpusLabels labels) {
  MEXBENCH_ASSIGN(const FoundRelease release, find_release(root, corpus.layout, options.value("release", "auto")));
  MEXBENCH_ASSIGN(const fs::path file,
                  find_sheet(options.at("annotation").get<std::string>(), root, release.root, corpus.sheets, corpus.layout.title));
  MEXBENCH_ASSIGN(data::Annotation sheet, read_annotation_of(file, corpus.id));
  MEXBENCH_ASSIGN(const RowNames names, corpus.names(file));
  FrameCorpus out{.dataset = corpus.id,
                  .root = release.root,
                  .clips = {},
                  .folders = {},
                  .shared_folders = corpus.shared_folders,
                  .labels = std::move(labels),
                  .policy = policy_of(options),
                  .listed = listed_irregularities(corpus.id),
                  .corrections = {},
                  .notes = {fmt::format("labels and frames from {}{}", file.filename().string(),
                                        release.release.empty() ? "" : fmt::format(", frames of release '{}'", release.release))}};
  // What was taken for granted when the sheet was read.
  for (const std::string& note : sheet.notes) out.notes.push_back(fmt::format("{}: {}", file.filename().string(), note));
  MEXBENCH_ASSIGN(out.corrections, chosen_corrections(corpus.id, options.at("corrections")));
  if (const std::string classes = options.value("objective_classes", ""); !classes.empty())
    MEXBENCH_TRY(take_objective_classes(corpus, classes, sheet, out.notes));
  MEXBENCH_TRY(collect_folders(corpus, release.root, "", 1, out.folders));

  std::map<std::string, std::string> folder_of;  // key -> path
  for (const std::string& folder : out.folders) {
    const std::string path = core::lower(folder);
    folder_of.try_emplace(corpus.folder_key ? *corpus.folder_key(path) : path, folder);
  }
  const std::string types = options.value("expressions", "all");
  std::set<std::size_t> rows;
  std::map<std::string, int> of_name;
  for (const data::AnnotationRow& row : sheet.rows) {
    if (types != "all" && is_micro(row) != (types == "micro")) continue;
    rows.insert(row.row);
    ++of_name[core::lower(fmt::format("{}/{}", names.subject(row), row.clip))];
  }
  if (rows.empty()) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("has no {}-expression among its {} rows", types, sheet.rows.size()))
        .hint("choose another value of 'expressions'");
  }
  std::map<std::size_t, std::vector<core::Diagnostic>> problems = problems_by_row(sheet);
  // The first key that a folder has, else the first.
  const auto folder_for = [&](const data::AnnotationRow& row) {
    const std::vector<std::string> keys = names.keys(row);
    for (const std::string& key : keys) {
      if (const auto found = folder_of.find(core::lower(key)); found != folder_of.end()) return found->second;  // copies differ in case
    }
    return keys.front();
  };
  for (const data::AnnotationRow& row : sheet.rows) {
    if (!rows.contains(row.row)) {
      std::erase(out.folders, folder_for(row));  // of an expression that was not asked for
      continue;
    }
    if (const auto wrong = problems.find(row.row); wrong != problems.end()) {
      out.problems.insert(out.problems.end(), wrong->second.begin(), wrong->second.end());
      continue;
    }
    DescribedClip clip;
    clip.subject = names.subject(row);
    clip.key = fmt::format("{}/{}", clip.subject, row.clip);
    clip.name = row.clip;
    const bool repeated = of_name.at(core::lower(clip.key)) > 1;
    if (row.onset && (corpus.onset_in_name || repeated)) clip.name = fmt::format("{}_{}", row.clip, *row.onset);
    clip.label = corpus.label && out.labels.by == data::Field::kEmotion ? corpus.label(row) : native_label(row, out.labels.by);
    clip.onset = row.onset;
    clip.apex = row.apex;
    clip.offset = row.offset;
    clip.whole_folder = corpus.whole_folders;
    clip.fps = row.fps ? row.fps : corpus.fps;
    place_row(clip, sheet, row);
    clip.folder = folder_for(row);
    out.clips.push_back(std::move(clip));
  }
  std::stable_sort(out.clips.begin(), out.clips.end(), [](const DescribedClip& a, const DescribedClip& b) {
    return std::tie(a.folder, a.onset) < std::tie(b.folder, b.onset);
  });
  return out;
}

std::function<core::Result<RowNames>(const fs::path&)> plain_names(std::function<std::string(const data::AnnotationRow&)> subject) {
  return [subject = std::move(subject)](const fs::path&) -> core::Result<RowNames> {
    return RowNames{.subject = subject, .keys = [subject](const data::AnnotationRow& row) {
                      return std::vector<std::string>{fmt::format("{}/{}", subject(row), row.clip)};
                    }};
  };
}

namespace {

core::Result<std::string> look(const SheetCorpus& corpus, const fs::path& folder) {
  MEXBENCH_ASSIGN(const fs::path file, find_sheet("", folder, folder, corpus.sheets, corpus.layout.title));
  auto release = find_release(folder, corpus.layout, "auto");
  if (release)
    return fmt::format("{}{}", file.filename().string(), release->release.empty() ? "" : fmt::format(", release '{}'", release->release));
  std::vector<std::string> ids;  // several releases beside each other are found too
  for (const Release& one : corpus.layout.releases) {
    if (find_release(folder, corpus.layout, one.id)) ids.push_back(one.id);
  }
  if (ids.empty()) return release.error();
  return fmt::format("{}, releases {}", file.filename().string(), core::quoted_list(ids, "and"));
}

}  // namespace

AdapterInfo adapter_info(const SheetCorpus& corpus) {
  AdapterInfo info{.id = corpus.id,
                   .summary = corpus.summary,
                   .needs_root = true,
                   .datasets = {corpus.id},
                   .label_maps = {},
                   .own_label_maps = true,
                   .options = {path_option("annotation", "the sheet; empty: the only one in root, beside or above the frames")},
                   .create = [corpus] { return std::make_unique<Adapter>(corpus); },
                   .look = [corpus](const fs::path& folder) { return look(corpus, folder); }};
  for (const CorpusLabels& labels : card_label_maps(corpus.id)) info.label_maps.push_back(labels.map.id);
  if (corpus.objective_file) {
    OptionDef classes = path_option("objective_classes", "the file of objective classes, to count in place of the sheet's; empty: none");
    classes.since = 2;
    info.options.push_back(std::move(classes));
  }
  if (corpus.layout.releases.size() > 1) {
    std::vector<std::string> ids{"auto"};
    for (const Release& release : corpus.layout.releases) ids.push_back(release.id);
    info.options.push_back(choice_option("release", ids, "which of the release's image archives; auto: the only one there is"));
  }
  if (!corpus.expressions.empty()) {
    OptionDef which = choice_option("expressions", {"micro", "macro", "all"}, "which of the annotated expressions are clips");
    which.default_value = corpus.expressions;
    info.options.push_back(std::move(which));
  }
  for (OptionDef& option : frame_options(corpus.annotated, corpus.id)) info.options.push_back(std::move(option));
  return info;
}

}  // namespace mexbench::datasets::frames
