#include "harness/latency/mer.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mexbench::latency {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000;

data::Clip clip(const std::string& name, std::optional<std::int64_t> onset, std::optional<std::int64_t> apex,
                std::optional<std::int64_t> offset, std::optional<double> fps) {
  data::Clip out;
  out.id = core::ClipId("casme2/sub01/" + name);
  out.frames = {.onset = onset, .apex = apex, .offset = offset, .apex_source = data::ApexSource::kAnnotated};
  out.fps = fps;
  out.files = {{.role = "onset", .path = "a", .sha256 = {}}, {.role = "apex", .path = "b", .sha256 = {}}};
  return out;
}

data::Manifest manifest(const std::string& recipe = "onset-apex-flow", nlohmann::json options = nlohmann::json::object()) {
  data::Manifest out;
  out.input.recipe = recipe;
  out.input.options = std::move(options);
  out.clips = {
      clip("a", 100, 120, 140, 200.0),               // 100 ms from the apex, 200 from the onset
      clip("b", 10, 12, 20, 200.0),                  // 40 and 50
      clip("c", 1, 4, 4, 100.0),                     // 0 and 30
      clip("no-offset", 1, 4, std::nullopt, 100.0),  // not known
      clip("no-rate", 1, 2, 9, std::nullopt),        // not known
      clip("out-of-order", 5, 2, 9, 100.0),          // not known
  };
  return out;
}

TEST(LatencyMer, DurationsFollowFromFramesAndRate) {
  const std::vector<ClipDuration> durations = durations_of(manifest());
  ASSERT_EQ(durations.size(), 3U);
  EXPECT_EQ(durations[0], (ClipDuration{.clip = core::ClipId("casme2/sub01/a"), .apex_to_offset_ms = 100.0, .onset_to_offset_ms = 200.0}));
  EXPECT_DOUBLE_EQ(*durations[1].apex_to_offset_ms, 40.0);
  EXPECT_DOUBLE_EQ(durations[1].onset_to_offset_ms, 50.0);
  EXPECT_DOUBLE_EQ(*durations[2].apex_to_offset_ms, 0.0);
}

TEST(LatencyMer, BudgetsAnswersAndRateByHand) {
  // 400 answers: 200 of 4 ms, 190 of 8 ms, 10 of 45 ms. p50 is 4 ms (rank 200), p99 is 45 ms (rank 396).
  std::vector<std::int64_t> ns(200, 4 * kMs);
  ns.insert(ns.end(), 190, 8 * kMs);
  ns.insert(ns.end(), 10, 45 * kMs);
  const TimedSeries series{.name = "end-to-end", .ns = ns};
  const Mer mer = mer_of(manifest(), {&series, 1}, 800);
  ASSERT_EQ(mer.budgets.size(), 2U);
  EXPECT_DOUBLE_EQ(mer.budgets[0].frame_ms, 10.0);
  EXPECT_DOUBLE_EQ(*mer.budgets[0].within.value, 390.0 / 400.0);
  EXPECT_DOUBLE_EQ(*mer.budgets[0].p99.value, 4.5);
  EXPECT_DOUBLE_EQ(mer.budgets[1].frame_ms, 5.0);
  EXPECT_DOUBLE_EQ(*mer.budgets[1].within.value, 0.5);
  EXPECT_DOUBLE_EQ(*mer.budgets[1].p99.value, 9.0);
  ASSERT_EQ(mer.answered.size(), 2U);
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_apex.value, 2.0 / 3.0);   // 4 ms against 100, 40, 0
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_onset.value, 1.0);        // against 200, 50, 30
  EXPECT_DOUBLE_EQ(*mer.answered[1].from_apex.value, 1.0 / 3.0);   // 45 ms against 100, 40, 0
  EXPECT_DOUBLE_EQ(*mer.answered[1].from_onset.value, 2.0 / 3.0);  // against 200, 50, 30
  EXPECT_EQ(mer.clips, 6);
  EXPECT_EQ(mer.durations.size(), 3U);
  // 0.2 * 4 s + 0.19 * 8 s + 0.01 * 45 s = 2.77 s for 800 frames.
  EXPECT_NEAR(*mer.sustained_fps.value, 800.0 / 2.77, 1e-9);
  EXPECT_EQ(mer.apex, "oracle");
  EXPECT_THAT(mer.apex_words, HasSubstr("apex oracle"));
  EXPECT_FALSE(mer.spotting_delay_ms.value.has_value());
}

TEST(LatencyMer, ASpottedApexWaitsForTheLastFrame) {
  const nlohmann::json spotting = {{"stages", {{{"stage", "spot-apex"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}}}}};
  const std::vector<std::int64_t> ns(400, 4 * kMs);
  const TimedSeries series{.name = "end-to-end", .ns = ns};
  data::Manifest looked_for = manifest("stages", spotting);
  for (data::Clip& one : looked_for.clips) one.frames.apex.reset();  // as adapters leave it where nobody asks for it
  const Mer mer = mer_of(looked_for, {&series, 1}, 800);
  EXPECT_EQ(mer.apex, "spotted");
  ASSERT_EQ(mer.durations.size(), 4U);  // without its apex, the clip that is out of order has a duration: 40 ms
  EXPECT_FALSE(mer.durations[0].apex_to_offset_ms.has_value());
  EXPECT_DOUBLE_EQ(*mer.spotting_delay_ms.value, 45.0);  // median of 200, 50, 40, 30
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_apex.value, 0.0);
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_onset.value, 1.0);
}

TEST(LatencyMer, AClipWithoutAnApexCountsFromItsOnsetOnly) {
  data::Manifest partly = manifest();
  partly.clips[1].frames.apex.reset();
  const std::vector<std::int64_t> ns(400, 4 * kMs);
  const TimedSeries series{.name = "end-to-end", .ns = ns};
  const Mer mer = mer_of(partly, {&series, 1}, std::nullopt);
  EXPECT_EQ(mer.durations.size(), 3U);
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_apex.value, 0.5);  // 4 ms against 100 and 0
  EXPECT_DOUBLE_EQ(*mer.answered[0].from_onset.value, 1.0);
  std::string problem;
  EXPECT_EQ(mer_from_json(to_json(mer), problem), mer);
  EXPECT_EQ(problem, "");
}

TEST(LatencyMer, APipelineOfAllFramesUsesNoApex) {
  EXPECT_EQ(pipeline_of(manifest("frame-volume").input).apex, "none");
  const nlohmann::json whole = {{"stages", {{{"stage", "dynamic-image"}}}}};
  EXPECT_EQ(pipeline_of(manifest("stages", whole).input).apex, "none");
  const nlohmann::json pair = {{"stages", {{{"stage", "align"}}, {{"stage", "flow"}}}}};
  EXPECT_EQ(pipeline_of(manifest("stages", pair).input).apex, "oracle");
  EXPECT_FALSE(pipeline_of(manifest("stages", pair).input).waits);
}

TEST(LatencyMer, WhatCantBeKnownIsUndefinedWithItsReason) {
  data::Manifest images = manifest("flow-image");
  images.clips.resize(5);
  images.clips.erase(images.clips.begin(), images.clips.begin() + 3);
  const std::vector<std::int64_t> few(10, kMs);
  const TimedSeries series{.name = "single-stream", .ns = few};
  const Mer mer = mer_of(images, {&series, 1}, std::nullopt);
  EXPECT_EQ(mer.answered[0].from_apex.reason, "no clip has onset, offset and frame rate");
  EXPECT_EQ(mer.budgets[0].p99.reason, "10 samples, at least 368 are needed for an interval of p99");
  EXPECT_FALSE(mer.sustained_fps.value.has_value());
  EXPECT_FALSE(frames_of(images.input, images.clips[0]).has_value());
}

TEST(LatencyMer, FramesOfAVideoAreThoseOfItsSpan) {
  data::Manifest frames = manifest("stages", {{"stages", nlohmann::json::array()}});
  EXPECT_EQ(frames_of(frames.input, frames.clips[0]), 2);
  frames.clips[0].files = {{.role = "video:0", .path = "a.avi", .sha256 = {}}};
  EXPECT_EQ(frames_of(frames.input, frames.clips[0]), 41);
}

}  // namespace
}  // namespace mexbench::latency
