// From described clips and folders of frames to a manifest: the part that all corpora of frames share. What a release describes is held
// against what is on disk: every clip's folder, its onset, apex and offset frame, and no gap between them. All problems are told at once.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/card.h"
#include "datasets/corrections.h"
#include "datasets/frame_options.h"
#include "datasets/labels.h"
#include "datasets/registry.h"
#include "harness/core/result.h"
#include "harness/data/adapter.h"

namespace mexbench::datasets::frames {

// A clip as its release describes it.
struct DescribedClip {
  std::string subject;  // the release's folder form: sub01
  std::string name;     // unique among the subject's clips: EP02_01f; a_355 where the release's name is not
  std::string key;      // subject and the release's clip name, for lists and corrections: sub01/EP02_01f
  std::string folder;   // its frames, relative to FrameCorpus::root: sub01/EP02_01f. A video file when `first_of_video` is given
  std::string label;    // native
  std::optional<std::int64_t> onset;
  std::optional<std::int64_t> apex;
  std::optional<std::int64_t> offset;
  bool whole_folder = false;  // the folder is the clip: an onset or offset that is not told is its first or last frame
  std::int64_t shift = 0;     // what was added to the sheet's frame numbers, by which corrections go, to make those on disk
  std::optional<std::int64_t> first_of_video;  // number of the video's first frame
  std::optional<double> fps;
  core::SourcePosition where;  // file that describes it; empty when the folder does
  std::string place;           // in it: "sheet 'label', row 17"
};

// What is done where a release is not plain.
struct FramePolicy {
  std::string apex = "annotated";    // annotated | midpoint | none
  std::string apex_policy = "fail";  // fail | drop | midpoint | keep
  bool rebased = false;              // frames that were numbered anew: the folder's first is the onset
};

// The clips of one dataset.
struct FrameCorpus {
  std::string dataset;
  std::filesystem::path root;  // DescribedClip::folder is relative to it
  std::vector<DescribedClip> clips;
  std::vector<std::string> folders;  // clip folders there are on disk, relative to root
  bool shared_folders = false;       // several clips lie in one folder: a long video
  CorpusLabels labels;
  FramePolicy policy;
  ListedIrregularities listed;
  std::vector<Correction> corrections;
  std::vector<std::string> notes;
  std::vector<core::Diagnostic> problems;  // of what is described, found before anything was looked for; `clips` is without it
};

// apex, apex_policy (`annotated`: the release has apexes), frame_numbers, corrections (names of `dataset`; empty: none can be named), and
// those of input_options().
[[nodiscard]] std::vector<OptionDef> frame_options(bool annotated, std::string_view dataset);
[[nodiscard]] FramePolicy policy_of(const nlohmann::json& options);
// plan_input(), and whether the apex it needs can be had. Fails with kUsage.
[[nodiscard]] core::Result<InputPlan> plan_frames(const nlohmann::json& options, std::string_view title);

// The manifest of `corpora`, whose roots lie in `root`. All have the same label map. Fails with kData.
[[nodiscard]] core::Result<data::Manifest> build_manifest(std::string adapter, const std::filesystem::path& root, const InputPlan& plan,
                                                          const std::vector<FrameCorpus>& corpora);

}  // namespace mexbench::datasets::frames
