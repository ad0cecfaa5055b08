// Latencies that are made up: samples between bounds, so that every percentile and interval is known.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/latency/record.h"
#include "unit/reports/run_folders.h"

namespace mexbench::reports::testing {

// `count` samples, evenly from `p50_ms` less a tenth to `p50_ms` and a tenth; the slowest two in a hundred are `tail` times as long.
inline std::vector<std::int64_t> made_samples(double p50_ms, std::int64_t count, double tail) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(count);
    out.push_back(static_cast<std::int64_t>(1e6 * p50_ms * (0.9 + 0.2 * at) * (at >= 0.98 ? tail : 1.0)));
  }
  return out;
}

inline latency::Series made_series(latency::Scenario scenario, double p50_ms, std::int64_t count = 10'000, double tail = 1.0) {
  latency::Series out;
  out.name = std::string(latency::to_string(scenario));
  out.scenario = scenario;
  out.warmup_count = 100;
  out.seconds = 1.0;
  out.summary = latency::summarise(made_samples(p50_ms, count, tail));
  out.clips_per_second = 1000.0 / p50_ms;
  out.flops_per_second = core::Figure::of(7.5e5 * out.clips_per_second);
  out.peak_share = core::Figure::of(0.0625);
  out.rules = {{.name = "drift",
                .figure = core::Figure::of(1.5),
                .unit = "%",
                .bound = latency::Bound::kAtMost,
                .threshold = 5.0,
                .meaning = "median of the last third against that of the first",
                .source = "",
                .advice = "let the machine cool down"}};
  return out;
}

inline latency::Record made_record(const MadeRun& run, std::vector<latency::Series> series) {
  latency::Record out;
  out.measured = "2026-01-02T00:00:00Z";
  out.experiment = run.experiment;
  out.label = run.label;
  out.model = run.model["name"];
  out.seed = core::Seed{run.seed};
  out.science_hash = run.run["science_hash"];
  out.environment_hash = run.run["environment_hash"];
  out.environment = run.run["environment"];
  out.fold = core::FoldId("casme2/sub01");
  out.clips = {core::ClipId("casme2/sub01/EP01")};
  out.weights = "kept";
  out.weights_digest = "00";
  out.machine = {.host = "bench-1",
                 .cpu = "Intel Xeon",
                 .cores = 2,
                 .mhz = 2600.0,
                 .load_average = {0.5, 0.25, 0.1},
                 .system = "Linux 6.1",
                 .build_type = "release",
                 .version = "0.1.0"};
  out.timed_region = "A sample is one forward pass.";
  out.settings = json::object();
  out.series = std::move(series);
  out.stages = {{.name = "decode", .parts = {"decode"}, .summary = latency::summarise(made_samples(1.0, 1000, 1.0)), .share = 0.25},
                {.name = "flow", .parts = {"align", "tvl1"}, .summary = latency::summarise(made_samples(3.0, 1000, 1.0)), .share = 0.75}};
  out.cold_starts = {{.process_ns = 5'000'000, .load_ns = 20'000'000, .first_ns = 3'000'000, .total_ns = 28'000'000}};
  out.cost = {.parameters = core::Figure::of(1683),
              .flops = core::Figure::of(7.5e5),
              .weight_bytes = core::Figure::undefined("not kept"),
              .peak_memory_bytes = core::Figure::of(100.0 * 1024 * 1024),
              .idle_memory_bytes = core::Figure::of(50.0 * 1024 * 1024)};
  out.peaks = {{.method = "fma", .threads = 1, .flops_per_second = 1e11}};
  latency::Mer mer;
  for (const latency::Series& one : out.series) {
    const latency::Percentile* p99 = one.at(99.0);
    for (const double fps : {100.0, 200.0}) {
      mer.budgets.push_back(
          {.series = one.name,
           .fps = fps,
           .frame_ms = 1000.0 / fps,
           .within = core::Figure::of(1.0),
           .p99 = p99->ns ? core::Figure::of(static_cast<double>(*p99->ns) / 1e6 / (1000.0 / fps)) : core::Figure::undefined(p99->reason)});
    }
  }
  mer.series = out.series.front().name;
  mer.apex = "oracle";
  mer.apex_words = "The apex is read from the corpus's sheet, so the share is an upper bound.";
  mer.spotting_delay_ms = core::Figure::undefined("the apex was not spotted");
  mer.clips = 6;
  mer.durations = {{.clip = core::ClipId("casme2/sub01/EP01"), .apex_to_offset_ms = 200.0, .onset_to_offset_ms = 400.0}};
  mer.answered = {{.percent = 99.0, .from_apex = core::Figure::of(0.875), .from_onset = core::Figure::of(1.0)}};
  mer.sustained_fps = core::Figure::of(250.0);
  mer.sustained_words = "Frames are the two of a clip that the flow needs.";
  out.mer = std::move(mer);
  out.rules = {};
  out.samples_sha256 = "00";
  out.samples_rows = 10'000;
  return out;
}

// Times a run end to end.
inline MadeRun timed(MadeRun run, double p50_ms, double tail = 1.0) {
  run.latency = latency::to_json(made_record(run, {made_series(latency::Scenario::kEndToEnd, p50_ms, 10'000, tail)}));
  return run;
}

// The same, and the drift of its series is too large.
inline MadeRun drifting(MadeRun run, double p50_ms) {
  latency::Series series = made_series(latency::Scenario::kEndToEnd, p50_ms);
  series.rules[0].figure = core::Figure::of(12.5);
  run.latency = latency::to_json(made_record(run, {series}));
  return run;
}

}  // namespace mexbench::reports::testing
