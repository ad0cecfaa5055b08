#include "harness/run/bench_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "harness/core/text.h"
#include "harness/eval/figure_json.h"
#include "harness/latency/mer.h"
#include "harness/latency/rules.h"
#include "harness/latency/samples.h"

namespace mexbench::run {
namespace {

using core::Error;
using core::ErrorCode;
using core::Figure;
using latency::Record;
using latency::Sampled;
using latency::Scenario;
using latency::Series;
using nlohmann::json;

// A batch is a sample of many clips: a sixteenth as many of them are wanted.
constexpr std::int64_t kBatchSamples = 16;

bool in_batches(Scenario scenario) { return scenario == Scenario::kOffline; }

Sampled sampled_from(const json& source) {
  Sampled out;
  out.ns = source.at("ns").get<std::vector<std::int64_t>>();
  out.warmup_count = source.at("warmup_count");
  out.warmup_seconds = source.at("warmup_seconds");
  for (const json& pass : source.at("passes")) {
    out.passes.push_back({.count = pass.at("count"), .seconds = pass.at("seconds"), .cpu_seconds = pass.at("cpu_seconds")});
  }
  out.preemptions = source.at("preemptions");
  return out;
}

// Time from files to scores, part by part, is told in the words of the field: which stage does a part of the pipeline belong to?
std::string stage_of(std::string_view part) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kStages{{{"read", "decode"},
                                                                                   {"decode", "decode"},
                                                                                   {"align", "detect and align"},
                                                                                   {"landmarks", "detect and align"},
                                                                                   {"crop", "detect and align"},
                                                                                   {"flow", "flow"},
                                                                                   {"compose", "compose"},
                                                                                   {"flow-image", "compose"},
                                                                                   {"landmark-mosaic", "compose"},
                                                                                   {"frame-volume", "compose"},
                                                                                   {"adapt", "compose"},
                                                                                   {"forward", "forward"}}};
  for (const auto& [name, stage] : kStages) {
    if (name == part) return std::string(stage);
  }
  return std::string(part);  // spot-apex, magnify, ...: a stage by itself
}

// Parts of the same stage added up, sample by sample; stages in the order of their first part.
struct StageTimes {
  std::string name;
  std::vector<std::string> parts;
  std::vector<std::int64_t> ns;
};
core::Result<std::vector<StageTimes>> stages_from(const json& parts, std::size_t samples) {
  std::vector<StageTimes> out;
  for (const json& part : parts) {
    const std::string name = part.at("name");
    const auto ns = part.at("ns").get<std::vector<std::int64_t>>();
    if (ns.size() != samples) {
      return Error(ErrorCode::kFailed, fmt::format("the worker gave {} times of '{}' for {} samples", ns.size(), name, samples));
    }
    const std::string stage = stage_of(name);
    auto found = std::find_if(out.begin(), out.end(), [&](const StageTimes& one) { return one.name == stage; });
    if (found == out.end()) found = out.insert(out.end(), {.name = stage, .parts = {}, .ns = std::vector<std::int64_t>(samples, 0)});
    found->parts.push_back(name);
    for (std::size_t i = 0; i < samples; ++i) found->ns[i] += ns[i];
  }
  return out;
}

double peak_on(const Record& record, std::int64_t threads) {
  for (const latency::Peak& peak : record.peaks) {
    if (peak.threads == threads) return peak.flops_per_second;
  }
  return 0.0;
}

Series series_from(const SeriesPlan& plan, const Sampled& sampled, const Record& record) {
  Series out{.name = plan.name, .scenario = plan.scenario, .batch = plan.batch, .threads = plan.threads};
  out.warmup_count = sampled.warmup_count;
  out.warmup_seconds = sampled.warmup_seconds;
  out.seconds = sampled.seconds();
  out.summary = latency::summarise(sampled.ns);
  out.clips_per_second = static_cast<double>(plan.batch * out.summary.count) / out.seconds;
  const double peak = peak_on(record, plan.threads);
  if (plan.scenario == Scenario::kEndToEnd) {
    out.flops_per_second = Figure::undefined("only the forward pass is counted in FLOPs");
  } else if (!record.cost.flops.value) {
    out.flops_per_second = Figure::undefined(record.cost.flops.reason);
  } else {
    out.flops_per_second = Figure::of(*record.cost.flops.value * out.clips_per_second);
  }
  out.peak_share = !out.flops_per_second.value ? Figure::undefined(out.flops_per_second.reason)
                   : peak > 0.0                ? Figure::of(*out.flops_per_second.value / peak)
                                               : Figure::undefined("the peak was not measured on as many threads");
  out.rules = latency::rules_of_series(sampled, latency::least_count(in_batches(plan.scenario) ? 50.0 : 99.0));
  return out;
}

// The sealed scores in the order of the timed ones, which go round the clips as often as it takes to fill the batches.
core::Result<std::vector<float>> sealed_beside(const std::string& series, const TimedClips& clips, std::size_t timed) {
  if (timed == 0 || timed % clips.classes != 0) {
    return Error(ErrorCode::kFailed, fmt::format("the worker gave {} scores in '{}' for {} classes", timed, series, clips.classes));
  }
  std::vector<float> out(timed);
  for (std::size_t i = 0; i < timed; ++i) out[i] = clips.sealed[i % clips.sealed.size()];
  return out;
}

std::vector<core::ClipId> clips_of_samples(const SeriesPlan& plan, const Sampled& sampled, const std::vector<core::ClipId>& ids) {
  std::vector<core::ClipId> out;
  if (in_batches(plan.scenario)) return out;
  const std::size_t count = plan.scenario == Scenario::kRepeatedInput ? 1 : ids.size();
  for (std::size_t i = 0; i < sampled.ns.size(); ++i) out.push_back(ids[(static_cast<std::size_t>(sampled.warmup_count) + i) % count]);
  return out;
}

Figure figure_of(const json& source, const char* reason_when_null) {
  return source.is_null() ? Figure::undefined(reason_when_null) : Figure::of(source.get<double>());
}

void add_cost(const json& answer, Record& record) {
  constexpr const char* kNotTold = "the system does not tell";
  record.cost.parameters = Figure::of(answer.at("parameters").get<double>());
  record.cost.peak_memory_bytes = figure_of(answer.at("peak_memory"), kNotTold);
  record.cost.idle_memory_bytes = figure_of(answer.at("idle_memory"), kNotTold);
  std::string problem;
  record.cost.flops = eval::figure_from_json(answer, "flops", problem);
}

// Frames that all samples of end to end took in.
std::optional<std::int64_t> frames_taken(const Sampled& sampled, const TimedClips& clips) {
  if (clips.frames.empty()) return std::nullopt;
  std::int64_t out = 0;
  for (std::size_t i = 0; i < sampled.ns.size(); ++i) {
    out += clips.frames[(static_cast<std::size_t>(sampled.warmup_count) + i) % clips.frames.size()];
  }
  return out;
}

}  // namespace

std::vector<SeriesPlan> series_of(const config::LatencySpec& spec, std::int64_t cores) {
  std::vector<SeriesPlan> out;
  if (spec.times("single-stream")) {
    out.push_back({.name = "single-stream", .scenario = Scenario::kSingleStream});
    out.push_back({.name = "repeated-input", .scenario = Scenario::kRepeatedInput});
  }
  if (spec.times("end-to-end")) out.push_back({.name = "end-to-end", .scenario = Scenario::kEndToEnd});
  if (spec.times("offline")) {
    for (const std::int64_t batch : spec.batches) {
      out.push_back({.name = fmt::format("offline/{}", batch), .scenario = Scenario::kOffline, .batch = batch});
    }
  }
  if (spec.times("thread-sweep")) {
    std::vector<std::int64_t> threads = spec.threads;
    for (std::int64_t count = 1; spec.threads.empty() && count <= cores; ++count) threads.push_back(count);
    for (const std::int64_t count : threads) {
      out.push_back({.name = fmt::format("thread-sweep/{}", count), .scenario = Scenario::kThreadSweep, .batch = 1, .threads = count});
    }
  }
  return out;
}

json series_request(const SeriesPlan& plan, const config::LatencySpec& spec) {
  const std::int64_t samples = in_batches(plan.scenario) ? (spec.min_samples + kBatchSamples - 1) / kBatchSamples : spec.min_samples;
  return {{"name", plan.name},
          {"from_files", plan.scenario == Scenario::kEndToEnd},
          {"repeated", plan.scenario == Scenario::kRepeatedInput},
          {"batch", plan.batch},
          {"threads", plan.threads},
          {"min_seconds", spec.min_seconds},
          {"max_seconds", spec.max_seconds},
          {"warmup_seconds", spec.warmup_seconds},
          {"min_samples", samples},
          {"passes", spec.repetitions}};
}

core::Result<Measurement> measured(Record record, const std::vector<SeriesPlan>& plans, const TimedClips& clips,
                                   const data::Manifest& manifest, const json& answer) {
  const json& answers = answer.at("series");
  if (answers.size() != plans.size()) {
    return Error(ErrorCode::kFailed, fmt::format("the worker timed {} series of {}", answers.size(), plans.size()));
  }
  add_cost(answer, record);
  Measurement out;
  std::map<std::string, Sampled> sampled;
  std::vector<std::vector<float>> sealed(plans.size());
  std::vector<std::vector<float>> timed(plans.size());
  std::vector<latency::NamedAnswers> modes;
  double shortest = 0.0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const SeriesPlan& plan = plans[i];
    if (answers[i].at("name") != plan.name) {
      return Error(ErrorCode::kFailed, fmt::format("the worker timed '{}' in the place of '{}'", answers[i].at("name").dump(), plan.name));
    }
    Sampled& one = sampled[plan.name] = sampled_from(answers[i]);
    record.series.push_back(series_from(plan, one, record));
    out.samples.push_back({.series = plan.name, .clips = clips_of_samples(plan, one, clips.ids), .ns = one.ns});
    out.passes.push_back({.series = plan.name, .passes = one.passes});
    timed[i] = answers[i].at("scores").get<std::vector<float>>();
    MEXBENCH_ASSIGN(sealed[i], sealed_beside(plan.name, clips, timed[i].size()));
    modes.push_back({.mode = plan.name, .answers = {.sealed = sealed[i], .timed = timed[i], .classes = clips.classes}});
    const double p50 = latency::median_of(one.ns);
    shortest = shortest == 0.0 ? p50 : std::min(shortest, p50);
    if (plan.scenario != Scenario::kEndToEnd) continue;
    MEXBENCH_ASSIGN(std::vector<StageTimes> stages, stages_from(answers[i].at("parts"), one.ns.size()));
    const double all = std::accumulate(one.ns.begin(), one.ns.end(), 0.0);
    for (StageTimes& stage : stages) {
      const double part = std::accumulate(stage.ns.begin(), stage.ns.end(), 0.0);
      record.stages.push_back(
          {.name = stage.name, .parts = stage.parts, .summary = latency::summarise(stage.ns), .share = all > 0.0 ? part / all : 0.0});
      out.samples.push_back(
          {.series = fmt::format("{}:{}", plan.name, stage.name), .clips = out.samples.back().clips, .ns = std::move(stage.ns)});
    }
  }
  record.rules = {latency::same_classes(modes), latency::same_scores(modes)};
  if (sampled.contains("single-stream")) {
    record.rules.push_back(latency::repeated_input(sampled["single-stream"].ns, sampled["repeated-input"].ns, clips.ids.size()));
  }
  record.rules.push_back(latency::clock_step(answer.at("clock_step_ns"), shortest));
  std::vector<latency::TimedSeries> for_mer;
  for (const char* name : {"single-stream", "end-to-end"}) {
    if (sampled.contains(name)) for_mer.push_back({.name = name, .ns = sampled[name].ns});
  }
  if (!for_mer.empty()) {
    record.mer =
        latency::mer_of(manifest, for_mer, sampled.contains("end-to-end") ? frames_taken(sampled["end-to-end"], clips) : std::nullopt);
  }
  out.record = std::move(record);
  return out;
}

}  // namespace mexbench::run
