// The parameters of the synthetic corpus `synth`, shared by its adapter, which checks them, and by the renderer, which draws it.
//
// On disk: <root>/synth.json, <root>/annotations.csv, <root>/<subject>/<clip>/img<k>.png with subjects s01.. and clips c01..; frames are
// 8-bit grey and count from 1. The corpus is a function of the options alone: equal options give equal bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/label_map.h"

namespace mexbench::data {

// Raised when the renderer's numbers change.
inline constexpr int kSynthVersion = 1;

struct SynthOptions {
  std::int64_t subjects = 16;           // 2..500
  std::int64_t clips_per_subject = 12;  // 1..200; the mean: subjects have between half and one and a half times as many
  std::int64_t frames = 9;              // 3..99, from onset to offset
  std::int64_t size = 128;              // 48..512, pixels of a side
  double intensity = 1.0;               // 0..10, strength of the classes' motion; 0: no class signal at all
  double idiosyncrasy = 1.0;            // 0..10, strength of a subject's private ways of moving
  double noise = 1.0;                   // 0..10, sensor noise in units of 1.5 grey levels (standard deviation)
  bool permute_labels = false;          // annotated classes shuffled within the corpus; the images stay the same
  std::int64_t seed = 1;                // 0 or more
  friend bool operator==(const SynthOptions&, const SynthOptions&) = default;
};

// The keys are the field names. Missing keys keep their defaults; keys of the adapter that are not the renderer's are passed over.
// Fails with kUsage when a value has the wrong type or is out of range; all problems at once.
[[nodiscard]] core::Result<SynthOptions> synth_options_from_json(const nlohmann::json& source);
[[nodiscard]] nlohmann::json to_json(const SynthOptions& options);

// Classes negative, positive, surprise, written as such in annotations.csv.
[[nodiscard]] LabelMap synth_label_map();

struct SynthClip {
  std::string subject;  // s01
  std::string clip;     // c01
  std::string label;    // class name
  std::int64_t onset = 0, apex = 0, offset = 0;
};

// annotations.csv: subject,clip,class,onset,apex,offset, sorted by subject and clip. Reading is strict; fails with kData.
[[nodiscard]] std::string synth_annotations_csv(const std::vector<SynthClip>& clips);
[[nodiscard]] core::Result<std::vector<SynthClip>> read_synth_annotations(const std::filesystem::path& file);

// synth.json: {"schema": "mexbench.synth/1", "version", "options", "annotations_sha256"}.
[[nodiscard]] std::string synth_json(const SynthOptions& options, std::string_view annotations_csv);

// True: root holds this very corpus. False: root is missing, or an empty folder, and may be rendered into. Fails with kData when root
// holds another corpus (saying which options differ), other files, or annotations that were changed after rendering.
[[nodiscard]] core::Result<bool> synth_is_rendered(const SynthOptions& options, const std::filesystem::path& root);

}  // namespace mexbench::data
