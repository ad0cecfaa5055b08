#include "reports/latency_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/text.h"
#include "reports/latency.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using latency::Record;

std::string share_text(double share) { return fmt::format("{} %", percent(share)); }

LatencyCell number(double value, std::string text) { return {.text = std::move(text), .below = {}, .value = value}; }
LatencyCell missing(std::string reason) { return {.text = "undefined", .below = {}, .reason = std::move(reason)}; }

template <typename Text>
LatencyCell figure(const core::Figure& of, const Text& text) {
  return of.value ? number(*of.value, text(*of.value)) : missing(of.reason);
}

LatencyCell percentile(const latency::Summary& summary, double percent, bool interval) {
  const auto found = std::find_if(summary.percentiles.begin(), summary.percentiles.end(),
                                  [&](const latency::Percentile& one) { return one.percent == percent; });
  if (found == summary.percentiles.end()) return missing("not measured");
  if (!found->ns) return missing(found->reason);
  LatencyCell out = number(static_cast<double>(*found->ns) / 1e6, milliseconds_of(*found->ns));
  if (interval) out.below = fmt::format("[{}, {}]", milliseconds_of(*found->low_ns), milliseconds_of(*found->high_ns));
  return out;
}

std::string bytes(double count) { return fmt::format("{} MiB", milliseconds(count / (1024.0 * 1024.0))); }

LatencyTable series_table(const ReportView& view) {
  LatencyTable out{.title = "Latency of every series, in milliseconds",
                   .name_heading = "Series",
                   .columns = {{"Samples", "kept, behind a warm-up that is left out"}},
                   .rows = {},
                   .note =
                       "Brackets hold the order-statistic 95 % interval of a percentile: two of the samples, whatever their distribution. "
                       "A sample of an offline series is a whole batch. Share of peak: floating-point operations per second against the "
                       "fastest that this machine did on as many threads.",
                   .verdict = true};
  for (const double percent : latency::kPercents) {
    out.columns.push_back({fmt::format("p{:g}", percent), fmt::format("{:g} % of the samples took no longer", percent)});
  }
  out.columns.push_back({"Clips/s", "clips answered per second"});
  out.columns.push_back({"Share of peak", "floating-point operations per second, of this machine's measured peak"});
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    for (const latency::Series& series : view.latency.runs[timed].record.series) {
      LatencyRow row{.timed = timed, .name = series.name, .cells = {}, .valid = series.valid()};
      row.cells.push_back(number(static_cast<double>(series.summary.count), thousands(series.summary.count)));
      for (const double percent : latency::kPercents) row.cells.push_back(percentile(series.summary, percent, /*interval=*/true));
      row.cells.push_back(number(series.clips_per_second, milliseconds(series.clips_per_second)));
      row.cells.push_back(figure(series.peak_share, share_text));
      out.rows.push_back(std::move(row));
    }
  }
  return out;
}

LatencyTable cost_table(const ReportView& view) {
  LatencyTable out{.title = "What a model costs",
                   .name_heading = {},
                   .columns = {{"Parameters", "learnable numbers"},
                               {"FLOPs", "floating-point operations of one clip's forward pass"},
                               {"File", "size of the weights"},
                               {"Peak memory", "most resident memory of the timing process, program and inputs included"},
                               {"before the model", "of the same process before it opened the model"}},
                   .rows = {},
                   .note = {}};
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    const latency::Cost& cost = view.latency.runs[timed].record.cost;
    out.rows.push_back({.timed = timed,
                        .name = {},
                        .cells = {figure(cost.parameters, in_thousands), figure(cost.flops, in_thousands), figure(cost.weight_bytes, bytes),
                                  figure(cost.peak_memory_bytes, bytes), figure(cost.idle_memory_bytes, bytes)}});
  }
  return out;
}

LatencyTable stage_table(const ReportView& view) {
  LatencyTable out{.title = "Where the end-to-end time goes, in milliseconds",
                   .name_heading = "Stage",
                   .columns = {{"p50", "median of the stage"}, {"p99", "99 % took no longer"}, {"Share", "of all end-to-end time"}},
                   .rows = {},
                   .note = {}};
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    for (const latency::Stage& stage : view.latency.runs[timed].record.stages) {
      const bool alone = stage.parts.empty() || (stage.parts.size() == 1 && stage.parts.front() == stage.name);
      out.rows.push_back({.timed = timed,
                          .name = alone ? stage.name : fmt::format("{} ({})", stage.name, core::join(stage.parts, ", ")),
                          .cells = {percentile(stage.summary, 50.0, /*interval=*/true), percentile(stage.summary, 99.0, /*interval=*/true),
                                    number(stage.share, share_text(stage.share))}});
    }
  }
  return out;
}

// The middle of a few starts, the upper one of two.
double median(std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  return static_cast<double>(values[values.size() / 2]) / 1e6;
}

LatencyTable cold_table(const ReportView& view) {
  LatencyTable out{.title = "Cold start, in milliseconds",
                   .name_heading = {},
                   .columns = {{"Starts", "processes that were started, one after the other"},
                               {"Process", "until it can be spoken to"},
                               {"Load", "weights read and the model made"},
                               {"First answer", "the first forward pass"},
                               {"Total", "as the starting process sees it"}},
                   .rows = {},
                   .note = "From nothing to the first answer, the median of the starts."};
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    const std::vector<latency::ColdStart>& starts = view.latency.runs[timed].record.cold_starts;
    if (starts.empty()) continue;
    LatencyRow row{.timed = timed, .name = {}, .cells = {}};
    row.cells.push_back(number(static_cast<double>(starts.size()), fmt::format("{}", starts.size())));
    for (const auto part :
         {&latency::ColdStart::process_ns, &latency::ColdStart::load_ns, &latency::ColdStart::first_ns, &latency::ColdStart::total_ns}) {
      std::vector<std::int64_t> values;
      values.reserve(starts.size());
      for (const latency::ColdStart& start : starts) values.push_back(start.*part);
      const double ms = median(std::move(values));
      row.cells.push_back(number(ms, milliseconds(ms)));
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

LatencyTable frame_table(const ReportView& view) {
  LatencyTable out{.title = "Within a frame of the camera",
                   .name_heading = "Camera and series",
                   .columns = {{"Frame, ms", "from one frame to the next"},
                               {"Within a frame", "share of the samples that are no longer"},
                               {"p99, frames", "p99 as a multiple of a frame"}},
                   .rows = {},
                   .note = {}};
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    const Record& record = view.latency.runs[timed].record;
    if (!record.mer) continue;
    for (const latency::FrameBudget& budget : record.mer->budgets) {
      out.rows.push_back({.timed = timed,
                          .name = fmt::format("{:g} fps, {}", budget.fps, series_in_words(budget.series)),
                          .cells = {number(budget.frame_ms, milliseconds(budget.frame_ms)), figure(budget.within, share_text),
                                    figure(budget.p99, [](double frames) { return milliseconds(frames); })}});
    }
  }
  return out;
}

LatencyTable answered_table(const ReportView& view) {
  LatencyTable out{.title = "Answered before the expression is over",
                   .name_heading = "Latency taken",
                   .columns = {{"Clips", "whose onset, apex, offset and frame rate are known, of all"},
                               {"From the apex", "share of these clips whose answer comes before their offset, computed from the apex on"},
                               {"From the onset", "as it would be if the pipeline needed no frame after the onset"},
                               {"Wait for the apex, ms", "until the frame of the apex is known, median over the clips"},
                               {"Sustained, frames/s", "frames that the whole pipeline takes in"}},
                   .rows = {},
                   .note = {}};
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    const Record& record = view.latency.runs[timed].record;
    if (!record.mer) continue;
    const latency::Mer& mer = *record.mer;
    for (const latency::Answered& answered : mer.answered) {
      out.rows.push_back(
          {.timed = timed,
           .name = fmt::format("p{:g}, {}; apex: {}", answered.percent, series_in_words(mer.series), mer.apex),
           .cells = {number(static_cast<double>(mer.durations.size()), fmt::format("{} of {}", mer.durations.size(), mer.clips)),
                     figure(answered.from_apex, share_text), figure(answered.from_onset, share_text),
                     figure(mer.spotting_delay_ms, [](double ms) { return milliseconds(ms); }),
                     figure(mer.sustained_fps, [](double fps) { return milliseconds(fps); })}});
    }
  }
  return out;
}

void push_unique(std::vector<std::string>& texts, const std::string& text) {
  if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

}  // namespace

std::vector<LatencyTable> latency_tables(const ReportView& view) {
  std::vector<LatencyTable> out{series_table(view), cost_table(view),  stage_table(view),
                                cold_table(view),   frame_table(view), answered_table(view)};
  std::erase_if(out, [](const LatencyTable& table) { return table.rows.empty(); });
  return out;
}

std::vector<std::string> latency_remarks(const ReportView& view) {
  std::vector<std::string> out;
  for (const LatencyView& timed : view.latency.runs) {
    push_unique(out, timed.record.timed_region);
    if (!timed.record.mer) continue;
    push_unique(out, timed.record.mer->apex_words);
    push_unique(out, timed.record.mer->sustained_words);
  }
  return out;
}

std::vector<Fact> machine_facts(const LatencyMachine& of) {
  const latency::Machine& machine = of.machine;
  std::vector<Fact> out{{.key = "host", .value = machine.host},
                        {.key = "processor", .value = machine.cpu},
                        {.key = "logical processors", .value = fmt::format("{}", machine.cores)}};
  if (machine.mhz) out.push_back({.key = "clock when asked", .value = fmt::format("{:.0f} MHz", *machine.mhz)});
  std::vector<std::string> caches, loads;
  for (const latency::Cache& cache : machine.caches) {
    caches.push_back(fmt::format("L{} {} {} KiB for {}", cache.level, cache.type, thousands(cache.bytes / 1024), cache.shared_by));
  }
  for (const double load : machine.load_average) loads.push_back(fmt::format("{:.2f}", load));
  if (!caches.empty()) out.push_back({.key = "caches", .value = core::join(caches, "; ")});
  if (!loads.empty()) out.push_back({.key = "load before (1, 5, 15 min)", .value = core::join(loads, ", ")});
  if (machine.governor) out.push_back({.key = "frequency governor", .value = *machine.governor});
  if (machine.aslr) out.push_back({.key = "addresses randomised", .value = *machine.aslr ? "yes" : "no"});
  out.push_back({.key = "system", .value = machine.system});
  out.push_back({.key = "mexbench", .value = fmt::format("{}, {} build", machine.version, machine.build_type)});
  out.push_back({.key = "environment hash", .value = of.environment_hash, .code = true});
  return out;
}

}  // namespace mexbench::reports
