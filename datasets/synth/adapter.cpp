#include "datasets/synth/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

// Frames of the tensor; 0: flow.
std::size_t volume_of(const json& options) { return options["volume"].get<std::size_t>(); }

core::Status check_volume(const json& options, const data::SynthOptions& corpus) {
  const std::size_t volume = volume_of(options);
  if (volume == 0) return {};
  if (volume == 1 || volume > static_cast<std::size_t>(corpus.frames)) {
    return Error(ErrorCode::kUsage, fmt::format("option 'volume' is {}, the clips have {} frames", volume, corpus.frames))
        .hint(fmt::format("a volume has from 2 to {} frames; 0 is optical flow", corpus.frames));
  }
  for (const OptionDef& option : info().options) {
    if ((option.name != "flow" && option.name != "stretch") || options[option.name] == option.default_value) continue;
    return Error(ErrorCode::kUsage, fmt::format("option '{}' belongs to optical flow, 'volume' asks for frames", option.name))
        .hint("remove one of them");
  }
  return {};
}

data::InputRecipe input_of(const json& options) {
  data::InputRecipe input{.recipe = "onset-apex-flow",
                          .version = 1,
                          .channels = {"strain", "v", "u"},
                          .height = options["side"],
                          .width = options["side"],
                          .low = 0.0,
                          .high = 255.0,
                          .options = {{"flow", options["flow"]}, {"stretch", options["stretch"]}}};
  if (const std::size_t volume = volume_of(options); volume > 0) {
    input.recipe = "frame-volume";
    input.channels.clear();
    for (std::size_t i = 0; i < volume; ++i) input.channels.push_back(data::volume_channel(i));
    input.options = json::object();
  }
  return input;
}

// Role and number of the frames the tensor is made of. A volume's lie at equal steps from onset to offset, to the nearest frame (halves
// to the later one).
std::vector<std::pair<std::string, std::int64_t>> frames_of(const json& options, const data::SynthClip& clip) {
  const std::size_t volume = volume_of(options);
  if (volume == 0) return {{"onset", clip.onset}, {"apex", clip.apex}};
  std::vector<std::pair<std::string, std::int64_t>> out;
  const auto steps = static_cast<std::int64_t>(volume) - 1;
  for (std::int64_t i = 0; i <= steps; ++i) {
    const std::int64_t after_onset = (2 * i * (clip.offset - clip.onset) + steps) / (2 * steps);
    out.emplace_back(data::volume_channel(static_cast<std::size_t>(i)), clip.onset + after_onset);
  }
  return out;
}

core::Result<data::CorpusOutline> Adapter::outline(const data::AdapterRequest& request) const {
  MEXBENCH_TRY(check_request(info(), request));
  MEXBENCH_ASSIGN(const json complete, complete_options(info(), request.options));
  MEXBENCH_ASSIGN(const data::SynthOptions options, data::synth_options_from_json(complete));
  MEXBENCH_TRY(check_volume(complete, options));
  return data::CorpusOutline{.label_map = data::synth_label_map(), .input = input_of(complete)};
}

core::Result<data::Manifest> Adapter::manifest(const data::AdapterRequest& request) const {
  MEXBENCH_ASSIGN(data::CorpusOutline outline, this->outline(request));
  if (request.root.empty()) {
    return Error(ErrorCode::kData, "dataset adapter 'synth' has no root").hint("render one with `mexbench synth --out ROOT`");
  }
  MEXBENCH_ASSIGN(const json complete, complete_options(info(), request.options));
  MEXBENCH_ASSIGN(const data::SynthOptions options, data::synth_options_from_json(complete));
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
    for (const auto& [role, frame] : frames_of(complete, row)) {
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

OptionDef whole(std::string name, std::int64_t value, double min, std::optional<double> max, std::string doc) {
  return {.name = std::move(name),
          .type = OptionType::kInt,
          .default_value = value,
          .min = min,
          .max = max,
          .choices = {},
          .doc = std::move(doc)};
}
OptionDef later(OptionDef option) {
  option.since = 2;
  return option;
}
OptionDef number(std::string name, double value, std::string doc) {
  return {.name = std::move(name),
          .type = OptionType::kNumber,
          .default_value = value,
          .min = 0.0,
          .max = 10.0,
          .choices = {},
          .doc = std::move(doc)};
}
OptionDef choice(std::string name, std::vector<std::string> choices, std::string doc) {
  json first = choices.front();
  return {.name = std::move(name),
          .type = OptionType::kText,
          .default_value = std::move(first),
          .min = {},
          .max = {},
          .choices = std::move(choices),
          .doc = std::move(doc)};
}

}  // namespace

AdapterInfo info() {
  const data::SynthOptions usual;
  return {.id = "synth",
          .summary = "synthetic corpus with a known truth, drawn by mexbench: subjects, three classes, onset-apex-offset frames",
          .needs_root = false,
          .datasets = {"synth"},
          .label_maps = {"synth"},
          .options = {whole("subjects", usual.subjects, 2, 500, "number of subjects"),
                      whole("clips_per_subject", usual.clips_per_subject, 1, 200,
                            "mean clips of a subject; each has between half and one and a half times as many"),
                      whole("frames", usual.frames, 3, 99, "frames of a clip, onset to offset"),
                      whole("size", usual.size, 48, 512, "side of a frame in pixels"),
                      number("intensity", usual.intensity, "strength of the classes' motion; 0: no class signal"),
                      number("idiosyncrasy", usual.idiosyncrasy, "strength of the subjects' private ways of moving"),
                      number("noise", usual.noise, "sensor noise, in units of 1.5 grey levels"),
                      {.name = "permute_labels",
                       .type = OptionType::kBool,
                       .default_value = usual.permute_labels,
                       .min = {},
                       .max = {},
                       .choices = {},
                       .doc = "shuffle the annotated classes within the corpus; the images stay the same"},
                      whole("seed", usual.seed, 0, std::nullopt, "number the corpus derives from"),
                      choice("flow", {"farneback", "dis"}, "optical flow between onset and apex"),
                      choice("stretch", {"per-clip", "fixed"}, "how a channel is brought to 0..255"),
                      later(whole("volume", 0, 0, 99,
                                  "grey frames of the tensor, at equal steps from onset to offset, as channels t00, t01, ...; 0: optical "
                                  "flow of onset and apex")),
                      later(whole("side", 28, 8, 512, "side of the tensor's images in pixels"))},
          .create = [] { return std::make_unique<Adapter>(); }};
}

}  // namespace mexbench::datasets::synth
