#include "harness/latency/mer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

#include "harness/core/quantile.h"
#include "harness/data/stages.h"

namespace mexbench::latency {
namespace {

using core::Figure;

constexpr double kMillisecond = 1e6;                     // ns
constexpr std::array<double, 2> kCameras{100.0, 200.0};  // SMIC; CASME II and SAMM
constexpr std::array<double, 2> kAnsweredAt{50.0, 99.0};

Figure share_of(std::size_t count, std::size_t of) { return Figure::of(static_cast<double>(count) / static_cast<double>(of)); }

FrameBudget budget_of(const TimedSeries& series, const Percentile& p99, double fps) {
  FrameBudget out{.series = series.name, .fps = fps, .frame_ms = 1000.0 / fps};
  const double frame_ns = out.frame_ms * kMillisecond;
  const auto within =
      std::count_if(series.ns.begin(), series.ns.end(), [&](std::int64_t ns) { return static_cast<double>(ns) <= frame_ns; });
  out.within = share_of(static_cast<std::size_t>(within), series.ns.size());
  out.p99 = p99.ns ? Figure::of(static_cast<double>(*p99.ns) / frame_ns) : Figure::undefined(p99.reason);
  return out;
}

constexpr const char* kNoDuration = "no clip has onset, offset and frame rate";

Answered answered_at(double percent, const Percentile& latency, const std::vector<ClipDuration>& durations, bool waits) {
  Answered out{.percent = percent};
  if (durations.empty() || !latency.ns) {
    out.from_apex = Figure::undefined(durations.empty() ? kNoDuration : latency.reason);
    out.from_onset = out.from_apex;
    return out;
  }
  const double ms = static_cast<double>(*latency.ns) / kMillisecond;
  std::size_t with_apex = 0;
  std::size_t from_apex = 0;
  std::size_t from_onset = 0;
  for (const ClipDuration& clip : durations) {
    if (ms <= clip.onset_to_offset_ms) ++from_onset;
    if (!clip.apex_to_offset_ms) continue;
    ++with_apex;
    if (ms <= *clip.apex_to_offset_ms) ++from_apex;
  }
  out.from_onset = share_of(from_onset, durations.size());
  if (waits) {
    out.from_apex = Figure::of(0.0);  // the answer is computed from the offset on
  } else {
    out.from_apex = with_apex > 0 ? share_of(from_apex, with_apex) : Figure::undefined("no clip with a duration has an apex");
  }
  return out;
}

Figure spotting_delay(const Pipeline& pipeline, const std::vector<ClipDuration>& durations) {
  if (pipeline.apex != "spotted") return Figure::undefined("the apex is not spotted");
  if (durations.empty()) return Figure::undefined(kNoDuration);
  std::vector<double> waits;
  for (const ClipDuration& clip : durations) waits.push_back(clip.onset_to_offset_ms);
  return Figure::of(core::quantile(waits, 0.5));
}

}  // namespace

Pipeline pipeline_of(const data::InputRecipe& input) {
  Pipeline oracle{.apex = "oracle",
                  .waits = false,
                  .apex_words =
                      "apex oracle: the frame of the apex is read from the sheet, which a live system does not have; the "
                      "share of clips answered in time is an upper bound, without the time that finding the apex takes"};
  Pipeline none{.apex = "none",
                .waits = true,
                .apex_words = "no apex is used, but every frame up to the offset: no answer can come before the expression is over"};
  if (input.recipe == "frame-volume") return none;
  if (input.recipe != "stages") return oracle;
  bool whole = false;
  for (const nlohmann::json& stage : input.options.at("stages")) {
    const auto defs = data::stage_defs();
    const auto def = std::find_if(defs.begin(), defs.end(), [&](const data::StageDef& one) { return one.name == stage.at("stage"); });
    if (def == defs.end()) continue;
    if (def->finds_apex) {
      return {.apex = "spotted",
              .waits = true,
              .apex_words =
                  "the apex is spotted among all frames of the clip, so that it is known only after the last: no answer can come "
                  "before the expression is over, however fast it is computed"};
    }
    whole = whole || def->whole_clip;
  }
  return whole ? none : oracle;
}

std::vector<ClipDuration> durations_of(const data::Manifest& manifest) {
  std::vector<ClipDuration> out;
  for (const data::Clip& clip : manifest.clips) {
    const data::FrameSpan& span = clip.frames;
    if (!span.onset || !span.offset || !clip.fps || *clip.fps <= 0.0 || *span.onset > *span.offset) continue;
    if (span.apex && (*span.apex < *span.onset || *span.apex > *span.offset)) continue;
    const auto ms = [&](std::int64_t frames) { return static_cast<double>(frames) / *clip.fps * 1000.0; };
    ClipDuration& duration = out.emplace_back(ClipDuration{.clip = clip.id, .onset_to_offset_ms = ms(*span.offset - *span.onset)});
    if (span.apex) duration.apex_to_offset_ms = ms(*span.offset - *span.apex);
  }
  return out;
}

std::optional<std::int64_t> frames_of(const data::InputRecipe& input, const data::Clip& clip) {
  if (input.recipe == "flow-image") return std::nullopt;
  for (const data::MediaFile& file : clip.files) {
    const auto role = data::frame_role_from(file.role);
    if (!role || !role->video) continue;
    if (!clip.frames.onset || !clip.frames.offset) return std::nullopt;
    return *clip.frames.offset - *clip.frames.onset + 1;
  }
  return static_cast<std::int64_t>(clip.files.size());
}

Mer mer_of(const data::Manifest& manifest, std::span<const TimedSeries> series, std::optional<std::int64_t> frames) {
  assert(!series.empty());
  Mer out;
  for (const TimedSeries& one : series) {
    std::vector<std::int64_t> sorted(one.ns.begin(), one.ns.end());
    std::sort(sorted.begin(), sorted.end());
    for (const double fps : kCameras) out.budgets.push_back(budget_of(one, percentile(sorted, 99.0), fps));
  }
  const TimedSeries& answering = series.back();
  const Pipeline pipeline = pipeline_of(manifest.input);
  out.series = answering.name;
  out.apex = pipeline.apex;
  out.apex_words = pipeline.apex_words;
  out.clips = static_cast<std::int64_t>(manifest.clips.size());
  out.durations = durations_of(manifest);
  out.spotting_delay_ms = spotting_delay(pipeline, out.durations);
  std::vector<std::int64_t> sorted(answering.ns.begin(), answering.ns.end());
  std::sort(sorted.begin(), sorted.end());
  for (const double percent : kAnsweredAt) {
    out.answered.push_back(answered_at(percent, percentile(sorted, percent), out.durations, pipeline.waits));
  }
  const double seconds = std::accumulate(sorted.begin(), sorted.end(), 0.0) / (kMillisecond * 1000.0);
  if (frames && seconds > 0.0) {
    out.sustained_fps = Figure::of(static_cast<double>(*frames) / seconds);
    out.sustained_words = "frames that the pipeline reads of each clip, in all end-to-end time, one clip after the other on one thread";
  } else {
    out.sustained_fps = Figure::undefined("the corpus holds no frames, or the way from files to scores was not timed");
    out.sustained_words = "no frames were taken in";
  }
  return out;
}

}  // namespace mexbench::latency
