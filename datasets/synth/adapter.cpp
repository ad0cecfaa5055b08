#include "datasets/synth/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "datasets/frame_options.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/data/png.h"
#include "harness/data/synth.h"

namespace mexbench::datasets::synth {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

class Adapter final : public data::DatasetAdapter {
 public:
  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override;
  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override;
};

// Reads, checks and digests one frame.
core::Result<data::MediaFile> digest_frame(const fs::path& root, const data::SynthClip& clip, std::string_view role, std::int64_t frame,
                                           std::int64_t size) {
  data::MediaFile media{.role = std::string(role), .path = fmt::format("{}/{}/img{}.png", clip.subject, clip.clip, frame), .sha256 = {}};
  const fs::path path = root / media.path;
  MEXBENCH_ASSIGN(const std::string content, core::read_file(path));
  MEXBENCH_ASSIGN(const data::PngHeader header, data::inspect_png(content, path.string()));
  if (header.width != size || header.height != size || header.bit_depth != 8 || header.colour_type != 0) {
    return Error::in_file(
        ErrorCode::kData, path.string(),
        fmt::format("is {} x {} {}, {} x {} 8-bit grey is wanted", header.width, header.height, data::describe(header), size, size));
  }
  media.sha256 = core::sha256_hex(content);
  return media;
}

core::Result<InputPlan> plan_of(const json& options, const data::SynthOptions& corpus) {
  const auto volume = options.at("volume").get<std::int64_t>();
  if (volume == 1 || volume > corpus.frames) {
    return Error(ErrorCode::kUsage, fmt::format("option 'volume' is {}, the clips have {} frames", volume, corpus.frames))
        .hint(fmt::format("a volume has from 2 to {} frames; 0 is optical flow", corpus.frames));
  }
  return plan_input(options);
}

core::Result<data::CorpusOutline> Adapter::outline(const data::AdapterRequest& request) const {
  MEXBENCH_TRY(check_request(info(), request));
  MEXBENCH_ASSIGN(const json complete, complete_options(info(), request.options));
  MEXBENCH_ASSIGN(const data::SynthOptions options, data::synth_options_from_json(complete));
  MEXBENCH_ASSIGN(InputPlan plan, plan_of(complete, options));
  return data::CorpusOutline{.label_map = data::synth_label_map(), .input = std::move(plan.recipe)};
}

core::Result<data::Manifest> Adapter::manifest(const data::AdapterRequest& request) const {
  MEXBENCH_ASSIGN(data::CorpusOutline outline, this->outline(request));
  if (request.root.empty()) {
    return Error(ErrorCode::kData, "dataset adapter 'synth' has no root").hint("render one with `mexbench synth --out ROOT`");
  }
  MEXBENCH_ASSIGN(const json complete, complete_options(info(), request.options));
  MEXBENCH_ASSIGN(const data::SynthOptions options, data::synth_options_from_json(complete));
  MEXBENCH_ASSIGN(const InputPlan plan, plan_of(complete, options));
  const fs::path& root = request.root;
  MEXBENCH_ASSIGN(const bool rendered, data::synth_is_rendered(options, root));
  if (!rendered) {
    return Error::in_file(ErrorCode::kData, root.string(), "holds no synthetic corpus yet")
        .hint("render it with `mexbench synth --out ROOT`");
  }
  MEXBENCH_ASSIGN(const std::vector<data::SynthClip> clips, data::read_synth_annotations(root / "annotations.csv"));

  data::Manifest manifest;
  manifest.adapter = "synth";
  manifest.root = root;
  manifest.label_map = std::move(outline.label_map);
  manifest.input = std::move(outline.input);
  manifest.notes = {"drawn by mexbench, no person was recorded", fmt::format("options {}", data::to_json(options).dump())};
  if (options.permute_labels) manifest.notes.emplace_back("labels are permuted: nothing can be learned from this corpus");

  const core::DatasetId dataset("synth");
  std::vector<core::Diagnostic> problems;
  for (const data::SynthClip& row : clips) {
    data::Clip clip;
    clip.dataset = dataset;
    clip.subject = core::make_subject_id(dataset, row.subject);
    clip.name = row.clip;
    clip.id = core::make_clip_id(clip.subject, row.clip);
    clip.truth = data::Truth::one_class(*manifest.label_map.index_of_native(row.label));
    clip.frames = {.onset = row.onset, .apex = row.apex, .offset = row.offset, .apex_source = data::ApexSource::kAnnotated};
    if (plan.finds_apex) clip.frames = {.onset = row.onset, .apex = {}, .offset = row.offset, .apex_source = data::ApexSource::kSpotted};
    for (const auto& [role, frame] : frames_of_input(plan, clip.frames)) {
      auto media = digest_frame(root, row, role, frame, options.size);
      if (media) {
        clip.files.push_back(std::move(media).value());
      } else {
        problems.insert(problems.end(), media.error().diagnostics().begin(), media.error().diagnostics().end());
      }
    }
    manifest.clips.push_back(std::move(clip));
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  MEXBENCH_TRY(data::check_manifest(manifest));
  return manifest;
}

OptionDef number(std::string name, double value, std::string doc) {
  return data::number_option(std::move(name), value, 0.0, 10.0, std::move(doc));
}

}  // namespace

AdapterInfo info() {
  const data::SynthOptions usual;
  AdapterInfo out{.id = "synth",
                  .summary = "synthetic corpus with a known truth, drawn by mexbench: subjects, three classes, onset-apex-offset frames",
                  .needs_root = false,
                  .datasets = {"synth"},
                  .label_maps = {"synth"},
                  .options = {whole_option("subjects", usual.subjects, 2, 500, "number of subjects"),
                              whole_option("clips_per_subject", usual.clips_per_subject, 1, 200,
                                           "mean clips of a subject; each has between half and one and a half times as many"),
                              whole_option("frames", usual.frames, 3, 99, "frames of a clip, onset to offset"),
                              whole_option("size", usual.size, 48, 512, "side of a frame in pixels"),
                              number("intensity", usual.intensity, "strength of the classes' motion; 0: no class signal"),
                              number("idiosyncrasy", usual.idiosyncrasy, "strength of the subjects' private ways of moving"),
                              number("noise", usual.noise, "sensor noise, in units of 1.5 grey levels"),
                              data::bool_option("permute_labels", usual.permute_labels,
                                                "shuffle the annotated classes within the corpus; the images stay the same"),
                              whole_option("seed", usual.seed, 0, std::nullopt, "number the corpus derives from")},
                  .create = [] { return std::make_unique<Adapter>(); }};
  for (OptionDef& option : input_options()) out.options.push_back(std::move(option));
  return out;
}

}  // namespace mexbench::datasets::synth
