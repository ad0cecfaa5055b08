#include "harness/latency/google_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace mexbench::latency {
namespace {

using nlohmann::json;

// Statistics over repetitions as src/statistics.cc of Google Benchmark computes them.
double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2.0;
}

double deviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const double centre = mean(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

json context(const Record& record) {
  const Machine& machine = record.machine;
  json caches = json::array();
  for (const Cache& cache : machine.caches) {
    caches.push_back({{"type", cache.type}, {"level", cache.level}, {"size", cache.bytes}, {"num_sharing", cache.shared_by}});
  }
  json out{{"date", record.measured},
           {"host_name", machine.host},
           {"executable", "mexbench"},
           {"num_cpus", machine.cores},
           {"caches", std::move(caches)},
           {"load_avg", machine.load_average},
           {"library_build_type", machine.build_type},
           {"json_schema_version", 1}};
  out["mhz_per_cpu"] = machine.mhz ? std::llround(*machine.mhz) : 0;  // 0 is what Google Benchmark writes when it does not know
  out["cpu_scaling_enabled"] = machine.governor && *machine.governor != "performance";
  if (machine.aslr) out["aslr_enabled"] = *machine.aslr;
  return out;
}

}  // namespace

json google_benchmark_json(const Record& record, const std::vector<SeriesPasses>& series) {
  json benchmarks = json::array();
  for (std::size_t family = 0; family < series.size(); ++family) {
    const std::string name = record.label + "/" + series[family].series;
    const Series* const facts = record.find(series[family].series);
    const std::vector<Pass>& passes = series[family].passes;
    std::vector<double> real;
    std::vector<double> cpu;
    std::vector<double> items;
    const auto entry = [&](const std::string& suffix, std::int64_t iterations, double real_ns, double cpu_ns, double items_per_second) {
      json out{{"name", name + suffix},
               {"family_index", family},
               {"per_family_instance_index", 0},
               {"run_name", name},
               {"run_type", suffix.empty() ? "iteration" : "aggregate"},
               {"repetitions", passes.size()},
               {"threads", facts != nullptr ? facts->threads : 1},
               {"iterations", iterations},
               {"real_time", real_ns},
               {"cpu_time", cpu_ns},
               {"time_unit", "ns"}};
      out["items_per_second"] = items_per_second;
      return out;
    };
    for (std::size_t i = 0; i < passes.size(); ++i) {
      const auto count = static_cast<double>(passes[i].count);
      real.push_back(passes[i].seconds / count * 1e9);
      cpu.push_back(passes[i].cpu_seconds / count * 1e9);
      items.push_back(static_cast<double>(facts != nullptr ? facts->batch : 1) * count / passes[i].seconds);
      json one = entry("", passes[i].count, real.back(), cpu.back(), items.back());
      one["repetition_index"] = i;
      benchmarks.push_back(std::move(one));
    }
    if (passes.size() < 2) continue;  // as Google Benchmark: one repetition has no spread
    const auto aggregate = [&](const char* statistic, const auto& of, const char* unit) {
      json one = entry(fmt::format("_{}", statistic), static_cast<std::int64_t>(passes.size()), of(real), of(cpu), of(items));
      one["aggregate_name"] = statistic;
      one["aggregate_unit"] = unit;
      benchmarks.push_back(std::move(one));
    };
    aggregate("mean", mean, "time");
    aggregate("median", median, "time");
    aggregate("stddev", deviation, "time");
    aggregate(
        "cv", [](const std::vector<double>& values) { return deviation(values) / mean(values); }, "percentage");
  }
  return {{"context", context(record)}, {"benchmarks", std::move(benchmarks)}};
}

}  // namespace mexbench::latency
