// Latency in the terms of micro-expressions: is there an answer before the next frame, and before the expression is over?
//
//   frame budget    a camera of 100 or 200 frames per second leaves 10 or 5 ms from one frame to the next
//   duration        (offset - apex) / fps: what is left of an expression when its apex is seen, from the frame numbers and rates of the
//                   corpora's sheets; (offset - onset) / fps: all of it. A clip without onset, offset or rate has none, and is counted so
//   answered        share of the clips with a duration whose answer comes no later than the offset frame when it takes p50, or p99, of the
//                   end-to-end latency
//   apex            where the frame of the apex is known from. An *oracle* read it from the sheet: a live system has no sheet, so the share
//                   is an upper bound. A *spotted* apex is the frame that differs most of all frames of the clip (preprocess/spot.h): it is
//                   not known before the last frame was seen, so that finding it takes the whole clip, on top of any computing
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/data/manifest.h"
#include "harness/latency/samples.h"

namespace mexbench::latency {

struct FrameBudget {
  std::string series;  // whose samples: "single-stream", "end-to-end"
  double fps = 0.0;
  double frame_ms = 0.0;  // 1000 / fps
  core::Figure within;    // share of the samples that are no longer than a frame
  core::Figure p99;       // p99 of the series as a multiple of a frame
  friend bool operator==(const FrameBudget&, const FrameBudget&) = default;
};

struct ClipDuration {
  core::ClipId clip;
  std::optional<double> apex_to_offset_ms;  // nothing where the manifest has no apex, as in pipelines that look for it
  double onset_to_offset_ms = 0.0;
  friend bool operator==(const ClipDuration&, const ClipDuration&) = default;
};

// Shares of the clips with a duration.
struct Answered {
  double percent = 0.0;     // of the latency that is taken: 50, 99
  core::Figure from_apex;   // the answer is computed from the apex on; a spotted apex waits for the last frame first
  core::Figure from_onset;  // would be: if the pipeline needed no frame after the onset
  friend bool operator==(const Answered&, const Answered&) = default;
};

struct Mer {
  std::vector<FrameBudget> budgets;
  std::string series;      // whose latency `answered` takes: "end-to-end", or "single-stream" where no stage was timed
  std::string apex;        // oracle | spotted | none
  std::string apex_words;  // one sentence on what that means for the shares
  core::Figure
      spotting_delay_ms;   // median over the clips of the time from onset to last frame, when the apex is known; undefined unless spotted
  std::int64_t clips = 0;  // of the manifest
  std::vector<ClipDuration> durations;  // of those whose onset, offset and frame rate are known
  std::vector<Answered> answered;
  core::Figure sustained_fps;   // frames that the whole pipeline takes in per second, one clip after the other
  std::string sustained_words;  // which frames those are
  friend bool operator==(const Mer&, const Mer&) = default;
};

// Where the pipeline of a manifest gets its apex from, and which frames it reads of a clip.
struct Pipeline {
  std::string apex;        // as Mer::apex
  bool waits = false;      // no answer can be computed before the last frame of the clip was seen
  std::string apex_words;  // as Mer::apex_words
};
[[nodiscard]] Pipeline pipeline_of(const data::InputRecipe& input);

// As the manifest has them. Clips without onset, offset or frame rate are left out, and so are those whose frames are out of order.
[[nodiscard]] std::vector<ClipDuration> durations_of(const data::Manifest& manifest);

// Frames that the pipeline reads of a clip: its files, or those of its span in a video. Nothing for flow images, which are no frames.
[[nodiscard]] std::optional<std::int64_t> frames_of(const data::InputRecipe& input, const data::Clip& clip);

// A timed series, its samples in any order.
struct TimedSeries {
  std::string name;
  std::span<const std::int64_t> ns;
};
// The budgets of each of these; `answered` from the last. `frames`: taken in by all samples of the last, nothing when they were no frames.
[[nodiscard]] Mer mer_of(const data::Manifest& manifest, std::span<const TimedSeries> series, std::optional<std::int64_t> frames);

[[nodiscard]] nlohmann::json to_json(const Mer& mer);
// As rule_from_json (verdict.h).
[[nodiscard]] Mer mer_from_json(const nlohmann::json& source, std::string& problem);

}  // namespace mexbench::latency
