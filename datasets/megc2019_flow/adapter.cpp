#include "datasets/megc2019_flow/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "datasets/card.h"
#include "datasets/megc2019_flow/ground_truth.h"
#include "datasets/megc2019_flow/sheets.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/data/png.h"

namespace mexbench::datasets::megc2019_flow {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::uint32_t kSide = 28;
constexpr std::string_view kEnding = " .png";

class Problems {
 public:
  void add(const fs::path& file, std::string message, std::string hint = "") {
    core::Diagnostic diagnostic;
    diagnostic.where.file = file.string();
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    all_.push_back(std::move(diagnostic));
  }
  void add(Error error) {
    for (const core::Diagnostic& diagnostic : error.diagnostics()) all_.push_back(diagnostic);
  }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] Error take() { return {ErrorCode::kData, std::move(all_)}; }

 private:
  std::vector<core::Diagnostic> all_;
};

// What file managers and archives leave behind.
bool is_clutter(std::string_view name) { return name == ".DS_Store" || name == "Thumbs.db" || name == "__MACOSX"; }

bool is_folder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

struct FoundFile {
  std::string class_folder;
  std::string name;
  std::string fold;
  CompositeKey key;
  [[nodiscard]] std::string path() const { return fmt::format("{}/u_test/{}/{}", fold, class_folder, name); }
};

bool has_fold_folder(const fs::path& folder, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is_folder(folder / name / "u_test"); });
}

// The folder with the fold folders: root, or root/<name of root> as archives tend to unpack.
core::Result<fs::path> locate_folds(const fs::path& root) {
  if (root.empty()) {
    return Error(ErrorCode::kData, "dataset adapter 'megc2019-flow' has no root")
        .hint("set 'root' to the folder that holds sub01, s01, 006 and so on");
  }
  if (!is_folder(root)) return Error::in_file(ErrorCode::kData, root.string(), "no such folder; the root of 'megc2019-flow' is wanted");
  MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(root));
  if (has_fold_folder(root, names)) return root;
  fs::path clean = root.lexically_normal();
  if (!clean.has_filename()) clean = clean.parent_path();
  const fs::path inner = root / clean.filename();
  if (is_folder(inner)) {
    MEXBENCH_ASSIGN(const std::vector<std::string> inner_names, core::list_folder(inner));
    if (has_fold_folder(inner, inner_names)) return inner;
  }
  return Error::in_file(ErrorCode::kData, root.string(), "has no fold folder such as sub01/u_test, s01/u_test or 006/u_test")
      .hint("set 'root' to the folder that holds them");
}

void scan_class(const fs::path& folds, const core::SubjectId& subject, const std::string& fold, const std::string& class_folder,
                Problems& problems, std::vector<FoundFile>& found) {
  const fs::path folder = folds / fold / "u_test" / class_folder;
  auto files = core::list_folder(folder);
  if (!files) return problems.add(std::move(files).error());
  const std::string dataset = subject.text().substr(0, subject.text().find('/'));
  const std::string beginning = fold + "_";
  for (const std::string& name : *files) {
    if (is_clutter(name)) continue;
    const bool framed = name.size() > beginning.size() + kEnding.size() && name.starts_with(beginning) && name.ends_with(kEnding);
    auto key = framed ? composite_key(dataset, fold,
                                      std::string_view(name).substr(beginning.size(), name.size() - beginning.size() - kEnding.size()))
                      : std::nullopt;
    if (!key) {
      problems.add(folder / name, "unexpected file name",
                   fmt::format("'{}<clip> .png' with a clip of {} is wanted (one blank before .png)", beginning, subject.text()));
      continue;
    }
    found.push_back({.class_folder = class_folder, .name = name, .fold = fold, .key = std::move(*key)});
  }
}

void scan_fold(const fs::path& folds, const core::SubjectId& subject, const std::string& fold, const data::LabelMap& labels,
               Problems& problems, std::vector<FoundFile>& found) {
  const fs::path folder = folds / fold / "u_test";
  if (!is_folder(folder))
    return problems.add(folds / fold, "has no folder u_test", "each fold folder holds its test images in u_test/<class>");
  auto entries = core::list_folder(folder);
  if (!entries) return problems.add(std::move(entries).error());
  const std::size_t before = found.size();
  for (const std::string& name : *entries) {
    if (is_clutter(name)) continue;
    if (!is_folder(folder / name) || !labels.index_of_native(name)) {
      problems.add(folder / name, "unexpected entry, the class folders 0, 1 and 2 are wanted");
      continue;
    }
    scan_class(folds, subject, fold, name, problems, found);
  }
  if (found.size() == before && entries->empty()) problems.add(folder, "is empty, class folders 0, 1 or 2 with images are wanted");
}

// Reads, checks and digests one image; returns the manifest's entry.
core::Result<data::MediaFile> digest_image(const fs::path& folds, const FoundFile& file) {
  const fs::path path = folds / file.path();
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 24U;
  MEXBENCH_ASSIGN(const std::string content, core::read_file(path, kLimit));
  MEXBENCH_ASSIGN(const data::PngHeader header, data::inspect_png(content, path.string()));
  if (header.width != kSide || header.height != kSide || header.bit_depth != 8 || header.colour_type != 2) {
    return Error::in_file(ErrorCode::kData, path.string(),
                          fmt::format("is {} x {} {}, 28 x 28 8-bit RGB is wanted", header.width, header.height, data::describe(header)));
  }
  return data::MediaFile{.role = "flow", .path = file.path(), .sha256 = core::sha256_hex(content)};
}

class Adapter final : public data::DatasetAdapter {
 public:
  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override;
  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override;
};

core::Result<data::CorpusOutline> Adapter::outline(const data::AdapterRequest& request) const {
  MEXBENCH_TRY(check_request(info(), request));
  return data::CorpusOutline{.label_map = data::megc2019_label_map(),
                             .input = {.recipe = "flow-image",
                                       .version = 1,
                                       .channels = {"strain", "v", "u"},
                                       .height = kSide,
                                       .width = kSide,
                                       .low = 0.0,
                                       .high = 255.0,
                                       .options = nlohmann::json::object()}};
}

core::Result<data::Manifest> Adapter::manifest(const data::AdapterRequest& request) const {
  MEXBENCH_ASSIGN(data::CorpusOutline outline, this->outline(request));
  const auto kept = [&](const core::DatasetId& dataset) {
    return request.only.empty() || std::find(request.only.begin(), request.only.end(), dataset.text()) != request.only.end();
  };
  MEXBENCH_ASSIGN(const fs::path folds, locate_folds(request.root));
  MEXBENCH_ASSIGN(const nlohmann::json options, complete_options(info(), request.options));
  const fs::path given = options["ground_truth"].get<std::string>();
  MEXBENCH_ASSIGN(const GroundTruth truth, read_ground_truth(given, folds));
  MEXBENCH_ASSIGN(const std::vector<std::string> entries, core::list_folder(folds));

  data::Manifest manifest;
  manifest.adapter = "megc2019-flow";
  manifest.root = folds;
  manifest.label_map = std::move(outline.label_map);
  manifest.input = std::move(outline.input);

  Problems problems;
  std::vector<FoundFile> found;
  std::map<core::SubjectId, std::string> folder_of;
  for (const std::string& name : entries) {
    if (is_clutter(name) || !is_folder(folds / name)) continue;
    const auto subject = subject_of_fold(name);
    if (!subject) {
      problems.add(folds / name, "is no fold folder", "sub01 (casme2), s01 (smic) or 006 (samm) is wanted");
      continue;
    }
    const core::DatasetId dataset(subject->text().substr(0, subject->text().find('/')));
    if (!kept(dataset)) continue;
    const auto [place, added] = folder_of.try_emplace(*subject, name);
    if (!added) {
      problems.add(folds / name, fmt::format("is subject '{}' a second time, after '{}'", subject->text(), place->second));
      continue;
    }
    scan_fold(folds, *subject, name, manifest.label_map, problems, found);
  }
  std::sort(found.begin(), found.end(), [](const FoundFile& a, const FoundFile& b) {
    return std::tie(a.class_folder, a.name, a.fold) < std::tie(b.class_folder, b.name, b.fold);
  });

  std::map<core::ClipId, std::string> path_of;
  for (const FoundFile& file : found) {
    const fs::path path = folds / file.path();
    const core::ClipId id = file.key.id();
    const auto [place, added] = path_of.try_emplace(id, file.path());
    if (!added) {
      problems.add(path, fmt::format("is clip '{}' a second time, after '{}'", id.text(), place->second));
      continue;
    }
    auto media = digest_image(folds, file);
    if (!media) problems.add(media.error());
    const auto label = truth.clips.find(id);
    if (label == truth.clips.end()) {
      problems.add(path, fmt::format("clip '{}' has no label", id.text()), fmt::format("it is not in {}", truth.file.string()));
      continue;
    }
    if (label->second.label != file.class_folder) {
      problems.add(path, fmt::format("is in class folder {}, the ground truth says {}", file.class_folder, label->second.label),
                   fmt::format("see {}:{}", truth.file.string(), label->second.line));
      continue;
    }
    if (!media) continue;
    data::Clip clip;
    clip.id = id;
    clip.subject = file.key.subject;
    clip.dataset = file.key.dataset;
    clip.name = file.key.clip;
    clip.truth = data::Truth::one_class(*manifest.label_map.index_of_native(label->second.label));
    clip.frames.apex_source = clip.dataset.text() == "smic" ? data::ApexSource::kSpotted : data::ApexSource::kAnnotated;
    clip.files.push_back(std::move(media).value());
    manifest.clips.push_back(std::move(clip));
  }
  for (const auto& [id, label] : truth.clips) {
    if (!kept(label.key.dataset) || path_of.contains(id)) continue;
    core::Diagnostic diagnostic;
    diagnostic.where = {.file = truth.file.string(), .line = label.line, .column = 0};
    diagnostic.message = fmt::format("label without clip: '{}' has no image under {}", id.text(), folds.string());
    problems.add(Error(ErrorCode::kData, std::move(diagnostic)));
  }
  if (!problems.empty()) return problems.take();
  manifest.notes = {"flow, cropping and stretching are fixed in the images (STSTNet's published pre-processing)",
                    "apex annotated for casme2 and samm, spotted for smic, according to the paper"};
  MEXBENCH_TRY(join_sheets(options, manifest));
  note_differences_from_card(manifest, request.only);
  MEXBENCH_TRY(data::check_manifest(manifest));
  return manifest;
}

}  // namespace

AdapterInfo info() {
  AdapterInfo out{.id = "megc2019-flow",
                  .summary = "MEGC 2019 composite (CASME II, SAMM, SMIC-HS) as 28 x 28 optical-flow images, 3 classes",
                  .needs_root = true,
                  .datasets = composite_datasets(),
                  .label_maps = {"megc2019"},
                  .options = {data::path_option("ground_truth",
                                                "the official combined_3class_gt.csv; empty: looked for in root and in "
                                                "root/../datasets/annotations")},
                  .create = [] { return std::make_unique<Adapter>(); },
                  .look = [](const fs::path& folder) -> core::Result<std::string> {
                    MEXBENCH_TRY(locate_folds(folder));
                    return std::string("fold folders with images");
                  }};
  for (OptionDef& option : sheet_options()) out.options.push_back(std::move(option));
  return out;
}

}  // namespace mexbench::datasets::megc2019_flow
