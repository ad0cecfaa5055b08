#include "harness/latency/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "harness/eval/figure_json.h"
#include "harness/store/json_file.h"

namespace mexbench::latency {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using eval::figure_from_json;
using nlohmann::json;

constexpr std::array<std::pair<Scenario, std::string_view>, 5> kScenarios{{{Scenario::kSingleStream, "single-stream"},
                                                                           {Scenario::kRepeatedInput, "repeated-input"},
                                                                           {Scenario::kOffline, "offline"},
                                                                           {Scenario::kThreadSweep, "thread-sweep"},
                                                                           {Scenario::kEndToEnd, "end-to-end"}}};

json percentile_json(const Percentile& one) {
  if (!one.ns) return {{"percent", one.percent}, {"ns", eval::to_json(core::Figure::undefined(one.reason))}};
  return {{"percent", one.percent}, {"ns", *one.ns}, {"low_ns", *one.low_ns}, {"high_ns", *one.high_ns}};
}

Percentile percentile_from(const json& source, std::string& problem) {
  Percentile out{.percent = source.at("percent")};
  const core::Figure ns = figure_from_json(source, "ns", problem);
  if (!ns.value) {
    out.reason = ns.reason;
    return out;
  }
  out.ns = source.at("ns").get<std::int64_t>();
  out.low_ns = source.at("low_ns").get<std::int64_t>();
  out.high_ns = source.at("high_ns").get<std::int64_t>();
  if (problem.empty() && (*out.ns < 0 || *out.low_ns > *out.ns || *out.ns > *out.high_ns)) {
    problem = fmt::format("p{:g} is {} ns, outside its interval [{}, {}]", out.percent, *out.ns, *out.low_ns, *out.high_ns);
  }
  return out;
}

json summary_json(const Summary& summary) {
  json percentiles = json::array();
  for (const Percentile& one : summary.percentiles) percentiles.push_back(percentile_json(one));
  return {{"count", summary.count},
          {"percentiles", std::move(percentiles)},
          {"mean_ns", summary.mean_ns},
          {"min_ns", summary.min_ns},
          {"max_ns", summary.max_ns}};
}

Summary summary_from(const json& source, std::string& problem) {
  Summary out{.count = source.at("count"), .mean_ns = source.at("mean_ns"), .min_ns = source.at("min_ns"), .max_ns = source.at("max_ns")};
  for (const json& entry : source.at("percentiles")) {
    const Percentile one = percentile_from(entry, problem);
    if (problem.empty() && !out.percentiles.empty() && out.percentiles.back().ns && one.ns && *one.ns < *out.percentiles.back().ns) {
      problem = fmt::format("p{:g} is {} ns, below p{:g}", one.percent, *one.ns, out.percentiles.back().percent);
    }
    out.percentiles.push_back(one);
  }
  if (problem.empty() && out.count < 1) problem = fmt::format("'count' is {}, at least 1 is wanted", out.count);
  return out;
}

json rules_json(const std::vector<Rule>& rules) {
  json out = json::array();
  for (const Rule& rule : rules) out.push_back(to_json(rule));
  return out;
}

std::vector<Rule> rules_from(const json& source, std::string& problem) {
  std::vector<Rule> out;
  for (const json& entry : source) out.push_back(rule_from_json(entry, problem));
  return out;
}

void check_verdict(const json& source, bool valid, const std::string& whose, std::string& problem) {
  const char* wanted = valid ? "VALID" : "INVALID";
  if (!problem.empty() || source.at("verdict") == wanted) return;
  problem = fmt::format("the verdict of {} is {}, its rules give \"{}\"", whose, source.at("verdict").dump(), wanted);
}

json series_json(const Series& series) {
  return {{"name", series.name},
          {"scenario", to_string(series.scenario)},
          {"batch", series.batch},
          {"threads", series.threads},
          {"warmup", {{"count", series.warmup_count}, {"seconds", series.warmup_seconds}}},
          {"seconds", series.seconds},
          {"summary", summary_json(series.summary)},
          {"clips_per_second", series.clips_per_second},
          {"flops_per_second", eval::to_json(series.flops_per_second)},
          {"peak_share", eval::to_json(series.peak_share)},
          {"rules", rules_json(series.rules)},
          {"verdict", verdict_of(series.rules)}};
}

Series series_from(const json& source, std::string& problem) {
  Series out{.name = source.at("name"),
             .scenario = Scenario::kSingleStream,
             .batch = source.at("batch"),
             .threads = source.at("threads"),
             .warmup_count = source.at("warmup").at("count"),
             .warmup_seconds = source.at("warmup").at("seconds"),
             .seconds = source.at("seconds"),
             .summary = summary_from(source.at("summary"), problem),
             .clips_per_second = source.at("clips_per_second"),
             .flops_per_second = figure_from_json(source, "flops_per_second", problem),
             .peak_share = figure_from_json(source, "peak_share", problem),
             .rules = rules_from(source.at("rules"), problem)};
  const std::string scenario = source.at("scenario");
  if (const auto known = scenario_from(scenario)) {
    out.scenario = *known;
  } else if (problem.empty()) {
    problem = fmt::format("series '{}' is of the unknown scenario '{}'", out.name, scenario);
  }
  check_verdict(source, out.valid(), fmt::format("series '{}'", out.name), problem);
  return out;
}

json stages_json(const std::vector<Stage>& stages) {
  json out = json::array();
  for (const Stage& stage : stages) {
    out.push_back({{"name", stage.name}, {"parts", stage.parts}, {"summary", summary_json(stage.summary)}, {"share", stage.share}});
  }
  return out;
}

json cold_starts_json(const std::vector<ColdStart>& starts) {
  json out = json::array();
  for (const ColdStart& start : starts) {
    out.push_back(
        {{"process_ns", start.process_ns}, {"load_ns", start.load_ns}, {"first_ns", start.first_ns}, {"total_ns", start.total_ns}});
  }
  return out;
}

json cost_json(const Cost& cost) {
  return {{"parameters", eval::to_json(cost.parameters)},
          {"flops", eval::to_json(cost.flops)},
          {"weight_bytes", eval::to_json(cost.weight_bytes)},
          {"peak_memory_bytes", eval::to_json(cost.peak_memory_bytes)},
          {"idle_memory_bytes", eval::to_json(cost.idle_memory_bytes)}};
}

Cost cost_from(const json& source, std::string& problem) {
  return {.parameters = figure_from_json(source, "parameters", problem),
          .flops = figure_from_json(source, "flops", problem),
          .weight_bytes = figure_from_json(source, "weight_bytes", problem),
          .peak_memory_bytes = figure_from_json(source, "peak_memory_bytes", problem),
          .idle_memory_bytes = figure_from_json(source, "idle_memory_bytes", problem)};
}

Record read_members(const json& source, std::string& problem) {
  Record out;
  out.measured = source.at("measured");
  out.experiment = source.at("experiment");
  out.label = source.at("model").at("label");
  out.model = source.at("model").at("name");
  out.seed = core::Seed{source.at("seed").get<std::uint64_t>()};
  out.science_hash = source.at("science_hash");
  out.environment_hash = source.at("environment_hash");
  out.environment = source.at("environment");
  out.fold = core::FoldId(source.at("fold").get<std::string>());
  for (const json& clip : source.at("clips")) out.clips.emplace_back(clip.get<std::string>());
  out.weights = source.at("weights").at("source");
  out.weights_digest = source.at("weights").at("digest");
  out.machine = machine_from_json(source.at("machine"));
  out.timed_region = source.at("timed_region");
  out.settings = source.at("settings");
  for (const json& entry : source.at("series")) {
    Series one = series_from(entry, problem);
    if (problem.empty() && out.find(one.name) != nullptr) problem = fmt::format("there are two series '{}'", one.name);
    out.series.push_back(std::move(one));
  }
  for (const json& entry : source.at("stages")) {
    out.stages.push_back({.name = entry.at("name"),
                          .parts = entry.at("parts").get<std::vector<std::string>>(),
                          .summary = summary_from(entry.at("summary"), problem),
                          .share = entry.at("share")});
  }
  for (const json& entry : source.at("cold_starts")) {
    out.cold_starts.push_back({.process_ns = entry.at("process_ns"),
                               .load_ns = entry.at("load_ns"),
                               .first_ns = entry.at("first_ns"),
                               .total_ns = entry.at("total_ns")});
  }
  out.cost = cost_from(source.at("cost"), problem);
  for (const json& entry : source.at("peaks")) {
    out.peaks.push_back({.method = entry.at("method"), .threads = entry.at("threads"), .flops_per_second = entry.at("flops_per_second")});
  }
  if (!source.at("mer").is_null()) out.mer = mer_from_json(source.at("mer"), problem);
  out.rules = rules_from(source.at("rules"), problem);
  out.samples_sha256 = source.at("samples").at("sha256");
  out.samples_rows = source.at("samples").at("rows");
  check_verdict(source, out.valid(), "the whole", problem);
  return out;
}

}  // namespace

std::string_view to_string(Scenario scenario) {
  const auto* const found = std::find_if(kScenarios.begin(), kScenarios.end(), [&](const auto& entry) { return entry.first == scenario; });
  return found->second;
}

std::optional<Scenario> scenario_from(std::string_view text) {
  for (const auto& [scenario, name] : kScenarios) {
    if (name == text) return scenario;
  }
  return std::nullopt;
}

const Percentile* Series::at(double percent) const {
  for (const Percentile& one : summary.percentiles) {
    if (one.percent == percent) return &one;
  }
  return nullptr;
}

bool Record::valid() const {
  return is_valid(rules) && std::all_of(series.begin(), series.end(), [](const Series& one) { return one.valid(); });
}

const Series* Record::find(std::string_view name) const {
  const auto found = std::find_if(series.begin(), series.end(), [&](const Series& one) { return one.name == name; });
  return found == series.end() ? nullptr : &*found;
}

json to_json(const Record& record) {
  json clips = json::array();
  for (const core::ClipId& clip : record.clips) clips.push_back(clip.text());
  json series = json::array();
  for (const Series& one : record.series) series.push_back(series_json(one));
  json peaks = json::array();
  for (const Peak& peak : record.peaks) {
    peaks.push_back({{"method", peak.method}, {"threads", peak.threads}, {"flops_per_second", peak.flops_per_second}});
  }
  return {{"schema", kSchema},
          {"measured", record.measured},
          {"experiment", record.experiment},
          {"model", {{"label", record.label}, {"name", record.model}}},
          {"seed", record.seed.value},
          {"science_hash", record.science_hash},
          {"environment_hash", record.environment_hash},
          {"environment", record.environment},
          {"fold", record.fold.text()},
          {"clips", std::move(clips)},
          {"weights", {{"source", record.weights}, {"digest", record.weights_digest}}},
          {"machine", to_json(record.machine)},
          {"timed_region", record.timed_region},
          {"settings", record.settings},
          {"series", std::move(series)},
          {"stages", stages_json(record.stages)},
          {"cold_starts", cold_starts_json(record.cold_starts)},
          {"cost", cost_json(record.cost)},
          {"peaks", std::move(peaks)},
          {"mer", record.mer ? to_json(*record.mer) : json(nullptr)},
          {"rules", rules_json(record.rules)},
          {"samples", {{"file", kSamplesFile}, {"sha256", record.samples_sha256}, {"rows", record.samples_rows}}},
          {"verdict", record.valid() ? "VALID" : "INVALID"}};
}

core::Result<Record> record_from_json(const json& source, const std::string& file) {
  try {
    if (const json& schema = source.at("schema"); schema != kSchema) {
      return Error::in_file(ErrorCode::kData, file, fmt::format("schema is {}, \"{}\" is wanted", schema.dump(), kSchema));
    }
    std::string problem;
    Record out = read_members(source, problem);
    if (!problem.empty()) return Error::in_file(ErrorCode::kData, file, std::move(problem));
    return out;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("is no record of latency: {}", problem.what()))
        .hint("measure again with 'mexbench bench'");
  }
}

core::Result<std::optional<Record>> read_record(const fs::path& run_folder, std::string_view science_hash) {
  const fs::path file = run_folder / kRecordFile;
  std::error_code failure;
  if (!fs::exists(file, failure)) return std::optional<Record>();
  MEXBENCH_ASSIGN(const json source, store::read_json(file, kSchema));
  MEXBENCH_ASSIGN(Record record, record_from_json(source, file.string()));
  if (record.science_hash != science_hash) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("was measured of a run with the science hash {}, the run beside it has {}",
                                      record.science_hash.substr(0, 12), science_hash.substr(0, 12)))
        .hint("measure again with 'mexbench bench'");
  }
  return std::optional(std::move(record));
}

}  // namespace mexbench::latency
