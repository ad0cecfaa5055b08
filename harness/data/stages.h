// The stages that make the tensor of a clip out of its frames, as an experiment lists them (`preprocess` of a dataset). Here is what each
// is: its options with units and defaults, what it takes and gives, its numeric version and its source. What they compute stands in
// harness/preprocess; this file needs neither OpenCV nor torch.
//
//   preprocess:
//     - {stage: align, detector: dlib, size: 128}
//     - {stage: flow, method: tvl1}
//     - {stage: flow-image, size: 28}
//
// A clip goes through the list as one of three things:
//
//   frames   grey images of one size, 0..255, in the order of time; the first is the onset, one of them may be the apex
//   flow     displacement from the onset to the apex frame in pixels, u to the right and v downwards
//   image    channels with names: the tensor, 0..255
//
// Beside them go the landmarks of the first frame, once a stage has found them, moved as the pixels are. The last stage gives an image. No
// stage learns: each sees one clip.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/data/option.h"

namespace mexbench::data {

enum class Form { kFrames, kFlow, kImage };
[[nodiscard]] std::string_view to_string(Form form);

struct StageDef {
  std::string name;    // "flow"
  std::string doc;     // one line
  std::string source;  // paper, equation; empty: none is needed
  Form from = Form::kFrames;
  Form to = Form::kFrames;
  std::vector<OptionDef> options;  // docs name the unit
  int version = 1;                 // numeric: raised when the numbers change
  bool whole_clip = false;         // wants every frame from onset to offset, not onset and apex alone
  bool apex = false;               // wants an apex
  bool finds_apex = false;         // gives one: the apex of what it gets is not asked for
  bool landmarks = false;          // wants the landmarks of a stage before it
  bool finds_landmarks = false;    // gives them; `align` only with dlib's detector
};

// Sorted by name.
[[nodiscard]] std::span<const StageDef> stage_defs();

// Which frames of a clip its files have to be.
enum class FramesWanted { kOnsetAndApex, kOnsetToOffset };

struct StagePlan {
  InputRecipe input;  // recipe "stages"; options {"stages": [{"stage", "version", ...}]}, complete; channels, size and range of the tensor
  FramesWanted frames = FramesWanted::kOnsetToOffset;
  bool needs_apex = false;  // from the corpus
  bool finds_apex = false;
};

// `list`: [{"stage": name, options...}]. Fails with kUsage: no stage, unknown stage or option, wrong values, a stage that can't take what
// the one before it gives, no image at the end; all problems at once, each naming the stage's place: "stage 2 (flow): ...".
[[nodiscard]] core::Result<StagePlan> plan_stages(const nlohmann::json& list);

struct PlannedStage {
  const StageDef* def = nullptr;
  nlohmann::json options;  // complete
};

struct StageList {
  std::vector<PlannedStage> stages;
  FramesWanted frames = FramesWanted::kOnsetToOffset;
  bool needs_apex = false;
};

// The stages of a recipe that plan_stages() made, here or in an earlier build. Fails with kUsage when this build would not make the same
// of them: another numeric version, other options, another tensor.
[[nodiscard]] core::Result<StageList> planned_stages(const InputRecipe& input);

// `strain, v, u` as a list. Fails with kUsage: unknown, given twice, none.
[[nodiscard]] core::Result<std::vector<std::string>> flow_channels(std::string_view text);

// The role of a frame's file in a clip whose recipe is "stages": its number as text. A video is one file of role "video:<first>", where
// <first> is the number of its first frame; the clip's frames are those of its span.
[[nodiscard]] std::string frame_role(std::int64_t number);
[[nodiscard]] std::string video_role(std::int64_t first);

// What a role says.
struct FrameRole {
  std::int64_t number = 0;  // of the frame, or of the video's first
  bool video = false;
};
[[nodiscard]] std::optional<FrameRole> frame_role_from(std::string_view role);

}  // namespace mexbench::data
