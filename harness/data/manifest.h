// A manifest is the ordered list of clips of a run: ids, truth, frame numbers, files with their digests. It is what plans, scores,
// audits and reports agree on, and it is locked into every run folder as manifest.lock.json.
//
// Clip order is the release's own file order (for megc2019-flow: class folder, then file name, as bytes), because published code
// that trains without shuffling depends on it. Derived files sort by dataset, subject, clip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/label_map.h"
#include "harness/data/truth.h"

namespace mexbench::data {

enum class ApexSource { kAnnotated, kSpotted, kMidpoint, kNone };
[[nodiscard]] std::string_view to_string(ApexSource source);

// Frame numbers as the release gives them.
struct FrameSpan {
  std::optional<std::int64_t> onset;
  std::optional<std::int64_t> apex;
  std::optional<std::int64_t> offset;
  ApexSource apex_source = ApexSource::kNone;
  friend bool operator==(const FrameSpan&, const FrameSpan&) = default;
};

// One file of a clip. `role` says what the input recipe does with it: flow | onset | apex | t00, t01, ... | 17 | video:1
struct MediaFile {
  std::string role;
  std::string path;    // relative to Manifest::root, '/' as separator
  std::string sha256;  // of the file's bytes
  friend bool operator==(const MediaFile&, const MediaFile&) = default;
};

struct Clip {
  core::ClipId id;  // dataset/subject/name
  core::SubjectId subject;
  core::DatasetId dataset;
  std::string name;  // the release's clip name
  Truth truth = Truth::one_class(0);
  FrameSpan frames;
  std::vector<MediaFile> files;
};

// How files become a float32 tensor (channels, height, width). Executed by harness/preprocess.
struct InputRecipe {
  std::string recipe;                 // flow-image: one decoded image; onset-apex-flow: optical flow between two frames;
                                      // frame-volume: grey frames in the order of time; stages: see stages.h
  int version = 1;                    // numeric version: raised when the numbers change; part of the science hash
  std::vector<std::string> channels;  // in tensor order, e.g. strain, v, u
  std::int64_t height = 0;            // pixels
  std::int64_t width = 0;             // pixels
  double low = 0.0;                   // declared range of the values
  double high = 0.0;
  nlohmann::json options = nlohmann::json::object();  // of the recipe, e.g. {"flow": "farneback"}
};

// The name of frame `index` of a frame volume, as channel and as role of its file: t00, t01, ..., t99, t100.
[[nodiscard]] std::string volume_channel(std::size_t index);

struct Manifest {
  std::string adapter;         // "megc2019-flow"
  std::filesystem::path root;  // where the files are on this machine; in no hash and no lock
  LabelMap label_map;
  InputRecipe input;
  std::vector<Clip> clips;

  // Adapter's notes for the reader of a report ("apex annotated for casme2 and samm, spotted for smic").
  std::vector<std::string> notes;

  // Those of them that every verb tells at once, as warnings. In no file.
  std::vector<core::Diagnostic> warnings;

  [[nodiscard]] std::vector<core::DatasetId> datasets() const;  // sorted, unique
  [[nodiscard]] std::vector<core::SubjectId> subjects() const;  // sorted, unique
  [[nodiscard]] const Clip* find(const core::ClipId& id) const;
};

// SHA-256 over everything that can change a result: label map, recipe, ids, truth, frames, file roles and digests, clip order.
[[nodiscard]] std::string manifest_hash(const Manifest& manifest);

// manifest.lock.json, schema "mexbench.manifest/1" (docs/file-formats.md). Truths must fit the label map (check_manifest).
[[nodiscard]] nlohmann::json to_json(const Manifest& manifest);
[[nodiscard]] core::Result<Manifest> manifest_from_json(const nlohmann::json& source, std::string_view file);

// Positions of the clips sorted by dataset, subject, clip name (as bytes).
[[nodiscard]] std::vector<std::size_t> canonical_order(const Manifest& manifest);

// Ids unique, subjects and names non-empty, truths within the label map, at least one clip. All problems at once, kData.
[[nodiscard]] core::Status check_manifest(const Manifest& manifest);

}  // namespace mexbench::data
