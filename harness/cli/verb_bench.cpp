#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/run/bench.h"
#include "reports/latency.h"

namespace mexbench::cli {
namespace {

using core::Cell;
using latency::Percentile;
using latency::Record;
using latency::Series;
using reports::milliseconds_of;

struct Arguments {
  std::string file;
  std::string out = "runs";
  std::size_t jobs = available_cores();
  std::vector<std::string> overrides;
  std::vector<std::string> models;
  CacheArguments cache;
  std::string format = "text";
};

double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

Cell ms_cell(const Percentile& one, const std::optional<std::int64_t>& ns) {
  return ns ? Cell(milliseconds_of(*ns), ms(*ns)) : Cell::undefined(one.reason);
}

std::string key_of(const Percentile& one) {
  std::string name = fmt::format("p{:g}", one.percent);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// For people the median with its interval, for programs every percentile with its own.
core::Table series_table(const std::vector<Record>& records, core::TableFormat format) {
  const bool for_people = format == core::TableFormat::kText || format == core::TableFormat::kMarkdown;
  core::Table table;
  table.columns = {{"model"}, {"series"}, {"samples", core::Align::kRight}};
  for (const double percent : latency::kPercents) {
    const std::string key = key_of({.percent = percent});
    const bool interval = for_people && percent == 50.0;
    table.columns.push_back({fmt::format("p{:g} (ms)", percent) + (interval ? " [low, high]" : ""), core::Align::kRight, key + "_ms"});
    if (for_people) continue;
    table.columns.push_back({key + "_low_ms", core::Align::kRight});
    table.columns.push_back({key + "_high_ms", core::Align::kRight});
  }
  table.columns.push_back({"clips/s", core::Align::kRight, "clips_per_second"});
  table.columns.push_back({"verdict"});
  for (const Record& record : records) {
    for (const Series& series : record.series) {
      std::vector<Cell> row{record.label, series.name, Cell::integer(series.summary.count)};
      for (const Percentile& one : series.summary.percentiles) {
        Cell cell = ms_cell(one, one.ns);
        if (for_people && one.percent == 50.0 && one.ns)
          cell.text += fmt::format(" [{}, {}]", milliseconds_of(*one.low_ns), milliseconds_of(*one.high_ns));
        row.push_back(std::move(cell));
        if (for_people) continue;
        row.push_back(ms_cell(one, one.low_ns));
        row.push_back(ms_cell(one, one.high_ns));
      }
      row.push_back(Cell::number(series.clips_per_second, 1));
      row.emplace_back(std::string(latency::verdict_of(series.rules)));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

core::Table stages_table(const std::vector<Record>& records) {
  core::Table table;
  table.columns = {{"model"},
                   {"stage"},
                   {"p50 (ms)", core::Align::kRight, "p50_ms"},
                   {"p95 (ms)", core::Align::kRight, "p95_ms"},
                   {"p99 (ms)", core::Align::kRight, "p99_ms"},
                   {"share", core::Align::kRight}};
  for (const Record& record : records) {
    for (const latency::Stage& stage : record.stages) {
      std::vector<Cell> row{record.label, stage.name};
      for (const Percentile& one : stage.summary.percentiles) {
        if (one.percent == 50.0 || one.percent == 95.0 || one.percent == 99.0) row.push_back(ms_cell(one, one.ns));
      }
      row.emplace_back(fmt::format("{:.1f} %", stage.share * 100.0), stage.share);
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

std::string figure_text(const core::Figure& figure, double factor, const char* unit) {
  return figure.value ? fmt::format("{:.3g}{}", *figure.value * factor, unit) : "unknown";
}

std::string bytes_text(const core::Figure& figure) {
  return figure.value ? core::bytes_in_words(static_cast<std::uint64_t>(*figure.value)) : "unknown";
}

std::int64_t median_of(const std::vector<latency::ColdStart>& starts, std::int64_t latency::ColdStart::*part) {
  std::vector<std::int64_t> values;
  for (const latency::ColdStart& start : starts) values.push_back(start.*part);
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

// What the table has no row of, one line each.
void print_facts(const Record& record) {
  using latency::ColdStart;
  const latency::Cost& cost = record.cost;
  fmt::print("{}: {} parameters, {} a clip, weights of {}, {} of memory at most\n", record.label,
             cost.parameters.value ? fmt::format("{:.0f}", *cost.parameters.value) : "unknown", figure_text(cost.flops, 1e-6, " MFLOP"),
             bytes_text(cost.weight_bytes), bytes_text(cost.peak_memory_bytes));
  if (const Series* single = record.find("single-stream"); single != nullptr && single->peak_share.value) {
    fmt::print("{}: {} in single-stream, {} of this machine's peak\n", record.label,
               figure_text(single->flops_per_second, 1e-9, " GFLOP/s"), figure_text(single->peak_share, 100.0, " %"));
  }
  if (!record.cold_starts.empty()) {
    fmt::print("{}: first answer after {} ms, median of {} cold starts: process {} ms, model {} ms, first forward pass {} ms\n",
               record.label, milliseconds_of(median_of(record.cold_starts, &ColdStart::total_ns)), record.cold_starts.size(),
               milliseconds_of(median_of(record.cold_starts, &ColdStart::process_ns)),
               milliseconds_of(median_of(record.cold_starts, &ColdStart::load_ns)),
               milliseconds_of(median_of(record.cold_starts, &ColdStart::first_ns)));
  }
  if (!record.mer) return;
  for (const latency::FrameBudget& budget : record.mer->budgets) {
    fmt::print("{}: {} of {} samples within a frame at {:g} fps ({:g} ms)\n", record.label, figure_text(budget.within, 100.0, " %"),
               budget.series, budget.fps, budget.frame_ms);
  }
  for (const latency::Answered& share : record.mer->answered) {
    if (!share.from_apex.value) continue;
    fmt::print("{}: {} of {} clips answered before offset at p{:g} of {}\n", record.label, figure_text(share.from_apex, 100.0, " %"),
               record.mer->durations.size(), share.percent, record.mer->series);
  }
  const std::size_t unknown = static_cast<std::size_t>(record.mer->clips) - record.mer->durations.size();
  if (unknown > 0) fmt::print("{}: {} of {} clips have no known duration\n", record.label, unknown, record.mer->clips);
  if (record.mer->spotting_delay_ms.value) {
    fmt::print("{}: the apex is known {} ms after the onset, median of the clips, before anything is computed\n", record.label,
               figure_text(record.mer->spotting_delay_ms, 1.0, ""));
  }
  if (record.mer->sustained_fps.value) {
    fmt::print("{}: the whole pipeline takes in {} frames a second\n", record.label, figure_text(record.mer->sustained_fps, 1.0, ""));
  }
  fmt::print("{}: {}\n", record.label, record.mer->apex_words);
}

// A rule that several series break is told once, with the worst of them.
struct BrokenRule {
  latency::Rule worst;
  std::string series;
  std::size_t more = 0;  // other series that break it
};

double excess(const latency::Rule& rule) { return std::abs(*rule.figure.value - rule.threshold); }

void tell_broken(const Record& record) {
  for (const latency::Rule& rule : record.rules) {
    if (rule.broken()) core::tell(fmt::format("error: {} is INVALID: {}\n", record.label, latency::in_words(rule)));
  }
  std::vector<BrokenRule> broken;
  for (const Series& series : record.series) {
    for (const latency::Rule& rule : series.rules) {
      if (!rule.broken()) continue;
      const auto found = std::find_if(broken.begin(), broken.end(), [&](const BrokenRule& one) { return one.worst.name == rule.name; });
      if (found == broken.end()) {
        broken.push_back({.worst = rule, .series = series.name});
        continue;
      }
      ++found->more;
      if (excess(rule) <= excess(found->worst)) continue;
      found->worst = rule;
      found->series = series.name;
    }
  }
  for (const BrokenRule& one : broken) {
    const std::string others = one.more == 0 ? "" : fmt::format(" and {} other series", one.more);
    core::tell(fmt::format("error: {} is INVALID in {}{}: {}\n", record.label, one.series, others, latency::in_words(one.worst)));
  }
}

void print_report(const run::BenchReport& report, const std::string& format) {
  const core::TableFormat table = format_of(format);
  fmt::print("{}", core::render(series_table(report.records, table), table));
  if (format == "text") {
    if (const core::Table stages = stages_table(report.records); !stages.rows.empty()) fmt::print("\n{}", core::render(stages, table));
    fmt::print("\n");
    for (const Record& record : report.records) print_facts(record);
  }
}

int bench_verb(const Arguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  run::BenchOptions options;
  options.out = arguments.out;
  options.jobs = arguments.jobs;
  options.cores = static_cast<std::int64_t>(available_cores());
  options.models = arguments.models;
  options.redo = "mexbench run " + quoted(arguments.file);
  for (const std::string& setting : arguments.overrides) options.redo += " --set " + quoted(setting);
  const auto cache = cache_options(arguments.cache);
  if (!cache) return fail(cache.error());
  options.cache = *cache;
  const auto report = run::bench(experiment_input(*loaded, options.out / loaded->spec.name), catalogue(), options);
  if (!report) return fail(report.error());
  print_warnings(report->warnings);
  print_report(*report, arguments.format);
  for (const Record& record : report->records) tell_broken(record);
  const std::string folder = report->folder.string();
  fmt::print(arguments.format == "text" ? stdout : stderr, "{}\nnext: mexbench report {}\n", folder, quoted(folder));
  return report->valid() ? 0 : static_cast<int>(core::ErrorCode::kFigure);
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* bench = app.add_subcommand("bench", "time the models of an experiment: latency, throughput, cold start; VALID or INVALID");
  bench->add_option("experiment", arguments->file, "experiment file (YAML)")->required();
  bench->add_option("--out", arguments->out, "folder of the runs")->capture_default_str();
  add_jobs(*bench, arguments->jobs, "worker processes where a fold has to be run first; timings are made one by one");
  bench->add_option("--model", arguments->models, "time only the model of this label (repeatable)")->take_all()->allow_extra_args(false);
  add_overrides(*bench, arguments->overrides);
  add_cache_options(*bench, arguments->cache);
  add_format(*bench, arguments->format);
  bench->footer(
      "\nExit code 5: a rule is broken, so that the figures don't stand; each broken rule says what to change (docs/latency.md).\n"
      "\nExamples:\n"
      "  mexbench bench experiments/quickstart/quickstart.yaml\n"
      "  mexbench bench my.yaml --model ststnet --set latency.min_seconds=10\n"
      "  mexbench bench my.yaml --set latency.scenarios='[single-stream]' --format csv");
  bench->callback([arguments, &action] { action = [arguments] { return bench_verb(*arguments); }; });
}

}  // namespace mexbench::cli
