#include "datasets/own/adapters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <system_error>

#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/sheet_corpus.h"
#include "datasets/own/clip_table.h"
#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/sha256.h"
#include "harness/data/image_file.h"

namespace mexbench::datasets::own {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr std::array<std::string_view, 6> kVideoEndings{".avi", ".mp4", ".mkv", ".mov", ".wmv", ".webm"};

core::Result<fs::path> checked_root(const fs::path& root) {
  std::error_code none;
  if (root.empty())
    return Error(ErrorCode::kData, "the dataset has no root").hint("set 'root' to the folder that the table's paths start from");
  if (!fs::is_directory(root, none))
    return Error::in_file(ErrorCode::kData, root.string(), "no such folder; the root of the table's paths is wanted");
  return fs::weakly_canonical(root, none);
}

bool is_kept(const data::AdapterRequest& request, const std::string& dataset) {
  return request.only.empty() || std::find(request.only.begin(), request.only.end(), dataset) != request.only.end();
}

bool is_video(const std::string& path) {
  const std::string name = core::lower(path);
  return std::any_of(kVideoEndings.begin(), kVideoEndings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

AdapterInfo frames_adapter(std::string id, std::string summary, std::string dataset);

class FramesAdapter final : public data::DatasetAdapter {
 public:
  explicit FramesAdapter(AdapterInfo info) : info_(std::move(info)) {}

  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(check_request(info_, request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_, request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, frames::plan_frames(options, "the corpus"));
    MEXBENCH_ASSIGN(const CorpusLabels labels, frames::labels_of(request, info_.id));
    MEXBENCH_TRY(require_emotion(labels, info_.id));
    return data::CorpusOutline{.label_map = labels.map, .input = plan.recipe};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(info_, request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, frames::plan_frames(options, "the corpus"));
    MEXBENCH_ASSIGN(const CorpusLabels labels, frames::labels_of(request, info_.id));
    MEXBENCH_ASSIGN(const fs::path root, checked_root(request.root));
    MEXBENCH_ASSIGN(const fs::path file, find_clip_table(options.at("table").get<std::string>(), root));
    MEXBENCH_ASSIGN(const std::vector<TableClip> table, read_clip_table(file));
    MEXBENCH_ASSIGN(const std::vector<Correction> corrections, chosen_corrections(info_.id, options.at("corrections")));
    std::vector<frames::FrameCorpus> corpora;
    for (const TableClip& row : table) {
      const std::string dataset = !info_.datasets.empty() ? info_.datasets.front()
                                  : row.dataset.empty()   ? options.at("dataset_id").get<std::string>()
                                                          : row.dataset;
      if (!is_kept(request, dataset)) continue;
      auto corpus = std::find_if(corpora.begin(), corpora.end(), [&](const frames::FrameCorpus& one) { return one.dataset == dataset; });
      if (corpus == corpora.end()) {
        frames::FrameCorpus made{.dataset = dataset,
                                 .root = root,
                                 .clips = {},
                                 .folders = {},
                                 .shared_folders = true,
                                 .labels = labels,
                                 .policy = frames::policy_of(options),
                                 .listed = {},
                                 .corrections = {},
                                 .notes = {fmt::format("clips from {}", file.filename().string())}};
        corpora.push_back(std::move(made));
        corpus = std::prev(corpora.end());
      }
      corpus->clips.push_back(described(row));
    }
    if (corpora.empty()) return Error::in_file(ErrorCode::kData, file.string(), "has no clip of the datasets in 'only'");
    for (const Correction& one : corrections) hand_out(one, corpora);
    return frames::build_manifest(info_.id, root, plan, corpora);
  }

 private:
  // To the datasets that have its clip; to the first when none has, which tells so.
  static void hand_out(const Correction& correction, std::vector<frames::FrameCorpus>& corpora) {
    bool taken = false;
    for (frames::FrameCorpus& corpus : corpora) {
      const bool has = std::any_of(corpus.clips.begin(), corpus.clips.end(),
                                   [&](const frames::DescribedClip& clip) { return clip.key == correction.clip; });
      if (has) corpus.corrections.push_back(correction);
      taken = taken || has;
    }
    if (!taken) corpora.front().corrections.push_back(correction);
  }

  static frames::DescribedClip described(const TableClip& row) {
    frames::DescribedClip clip;
    clip.subject = row.subject;
    clip.name = row.clip;
    clip.key = fmt::format("{}/{}", row.subject, row.clip);
    clip.folder = fs::path(row.path).lexically_normal().generic_string();
    clip.label = row.label;
    clip.onset = row.onset;
    clip.apex = row.apex;
    clip.offset = row.offset;
    clip.whole_folder = true;
    if (is_video(row.path)) clip.first_of_video = row.first.value_or(1);
    clip.fps = row.fps;
    clip.where = row.where;
    clip.place = row.place;
    return clip;
  }

  AdapterInfo info_;
};

class FlowAdapter final : public data::DatasetAdapter {
 public:
  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(check_request(flow_info(), request));
    MEXBENCH_ASSIGN(const json options, complete_options(flow_info(), request.options));
    MEXBENCH_ASSIGN(const CorpusLabels labels, frames::labels_of(request, "flow-images"));
    MEXBENCH_TRY(require_emotion(labels, "flow-images"));
    return data::CorpusOutline{.label_map = labels.map,
                               .input = {.recipe = "flow-image",
                                         .version = 1,
                                         .channels = {"strain", "v", "u"},
                                         .height = options.at("height"),
                                         .width = options.at("width"),
                                         .low = 0.0,
                                         .high = 255.0,
                                         .options = json::object()}};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_ASSIGN(const data::CorpusOutline outline, this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(flow_info(), request.options));
    MEXBENCH_ASSIGN(const CorpusLabels labels, frames::labels_of(request, "flow-images"));
    MEXBENCH_ASSIGN(const fs::path root, checked_root(request.root));
    MEXBENCH_ASSIGN(const fs::path file, find_clip_table(options.at("table").get<std::string>(), root));
    MEXBENCH_ASSIGN(const std::vector<TableClip> table, read_clip_table(file));
    data::Manifest out;
    out.adapter = "flow-images";
    out.root = root;
    out.label_map = outline.label_map;
    out.input = outline.input;
    out.notes = {fmt::format("clips from {}; how their flow was computed is not known here", file.filename().string())};
    std::vector<core::Diagnostic> problems;
    std::size_t dropped = 0;
    for (const TableClip& row : table) {
      const std::string dataset = row.dataset.empty() ? options.at("dataset_id").get<std::string>() : row.dataset;
      if (!is_kept(request, dataset)) continue;
      const auto label = labels.map.index_of_native(row.label);
      if (!label) {
        if (labels.no_class.contains(row.label)) {
          ++dropped;
          continue;
        }
        core::Diagnostic one;
        one.where = row.where;
        one.message = fmt::format("clip {}/{}: its label is '{}', which label map '{}' neither maps nor drops", row.subject, row.clip,
                                  row.label, labels.map.id);
        problems.push_back(std::move(one));
        continue;
      }
      data::Clip clip;
      clip.dataset = core::DatasetId(dataset);
      clip.subject = core::make_subject_id(clip.dataset, row.subject);
      clip.name = row.clip;
      clip.id = core::make_clip_id(clip.subject, row.clip);
      clip.truth = data::Truth::one_class(*label);
      clip.frames = {.onset = row.onset,
                     .apex = row.apex,
                     .offset = row.offset,
                     .apex_source = row.apex ? data::ApexSource::kAnnotated : data::ApexSource::kNone};
      clip.fps = row.fps;
      auto media = digest(root, row, outline.input);
      if (media) {
        clip.files.push_back(std::move(media).value());
      } else {
        problems.insert(problems.end(), media.error().diagnostics().begin(), media.error().diagnostics().end());
      }
      out.clips.push_back(std::move(clip));
    }
    if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
    if (dropped > 0) out.notes.push_back(fmt::format("{} clips are of no class of label map '{}'", dropped, labels.map.id));
    if (out.clips.empty())
      return Error::in_file(ErrorCode::kData, file.string(), "has no clip of a class of the label map and of the datasets in 'only'");
    MEXBENCH_TRY(data::check_manifest(out));
    return out;
  }

 private:
  static core::Result<data::MediaFile> digest(const fs::path& root, const TableClip& row, const data::InputRecipe& input) {
    const fs::path path = root / row.path;
    constexpr std::uint64_t kLimit = std::uint64_t{1} << 26U;
    MEXBENCH_ASSIGN(const std::string content, core::read_file(path, kLimit));
    MEXBENCH_ASSIGN(const data::ImageHeader header, data::inspect_image(content, path.string()));
    if (header.height != input.height || header.width != input.width) {
      return Error::in_file(ErrorCode::kData, path.string(),
                            fmt::format("is {} x {} pixels, {} x {} is wanted (width x height)", header.width, header.height, input.width,
                                        input.height))
          .hint("set 'width' and 'height' to the size of the images");
    }
    return data::MediaFile{
        .role = "flow", .path = fs::path(row.path).lexically_normal().generic_string(), .sha256 = core::sha256_hex(content)};
  }
};

// Of clips whose row names no dataset.
OptionDef dataset_option() {
  OptionDef out = path_option("dataset_id", "dataset id of the clips whose row has none");
  out.type = data::OptionType::kText;
  out.default_value = "own";
  return out;
}

std::vector<std::string> label_maps_of(std::string_view id) {
  std::vector<std::string> out;
  for (const CorpusLabels& labels : card_label_maps(id)) out.push_back(labels.map.id);
  return out;
}

core::Result<std::string> look_for_table(const fs::path& folder) {
  MEXBENCH_ASSIGN(const fs::path file, find_clip_table("", folder));
  MEXBENCH_ASSIGN(const std::vector<TableClip> table, read_clip_table(file));
  return fmt::format("{} clips in {}", table.size(), file.filename().string());
}

// `dataset`: the one there is; empty: whatever the table says.
AdapterInfo frames_adapter(std::string id, std::string summary, std::string dataset) {
  AdapterInfo out{.id = id,
                  .summary = std::move(summary),
                  .needs_root = true,
                  .datasets = {},
                  .label_maps = label_maps_of(id),
                  .own_label_maps = true,
                  .options = {path_option("table", "the table of clips; empty: clips.csv or clips.xlsx in root")},
                  .create = {},
                  .look = {}};
  if (dataset.empty()) {
    out.options.push_back(dataset_option());
    out.look = look_for_table;
  } else {
    out.datasets = {std::move(dataset)};
  }
  for (OptionDef& option : frames::frame_options(/*annotated=*/true, id)) out.options.push_back(std::move(option));
  out.create = [info = out] { return std::make_unique<FramesAdapter>(info); };
  return out;
}

}  // namespace

AdapterInfo frames_info() { return frames_adapter("frames-csv", "any corpus of frames or videos that one table describes", ""); }
AdapterInfo meview_info() {
  return frames_adapter("meview", "MEVIEW, its videos in a table of your own (documented, unverified)", "meview");
}

AdapterInfo flow_info() {
  return {.id = "flow-images",
          .summary = "images of optical flow that one table describes: u, v and strain as colour planes",
          .needs_root = true,
          .datasets = {},
          .label_maps = label_maps_of("flow-images"),
          .own_label_maps = true,
          .options = {path_option("table", "the table of clips; empty: clips.csv or clips.xlsx in root"), dataset_option(),
                      whole_option("height", 28, 1, 4096, "of the images, in pixels"),
                      whole_option("width", 28, 1, 4096, "of the images, in pixels")},
          .create = [] { return std::make_unique<FlowAdapter>(); }};
}

}  // namespace mexbench::datasets::own
