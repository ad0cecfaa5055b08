// latency.csv and latency.tex.
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "reports/latency.h"
#include "reports/render.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

std::string field(const std::optional<std::int64_t>& ns) {
  return ns ? core::format_double(static_cast<double>(*ns) / 1e6) : std::string();
}
std::string field(const core::Figure& figure) { return figure.value ? core::format_double(*figure.value) : std::string(); }

// The number, its interval in small type behind it.
std::string with_bounds(const latency::Percentile* one) {
  if (one == nullptr || !one->ns) return "--";
  return fmt::format("{} {{\\scriptsize [{}, {}]}}", milliseconds_of(*one->ns), milliseconds_of(*one->low_ns),
                     milliseconds_of(*one->high_ns));
}

}  // namespace

std::string render_latency_csv(const ReportView& view) {
  std::string out = "experiment,model,seed,series,batch,threads,samples";
  for (const char* name : {"p50", "p90", "p95", "p99", "p99.9"}) out += fmt::format(",{0}_ms,{0}_ms_low,{0}_ms_high", name);
  out += ",clips_per_second,peak_share,parameters,flops,weight_bytes,peak_memory_bytes,verdict,uf1,pareto_front\n";
  for (std::size_t timed = 0; timed < view.latency.runs.size(); ++timed) {
    const LatencyView& one = view.latency.runs[timed];
    const RunView& run = view.runs[one.run];
    const FigureCell& uf1 = run.find("all")->scores.uf1;
    for (const latency::Series& series : one.record.series) {
      out += fmt::format("{},{},{},{},{},{},{}", core::csv_field(run.experiment), core::csv_field(run.label), run.seed,
                         core::csv_field(series.name), series.batch, series.threads, series.summary.count);
      for (const double percent : latency::kPercents) {
        const latency::Percentile* at = series.at(percent);
        const latency::Percentile none;
        const latency::Percentile& of = at == nullptr ? none : *at;
        out += fmt::format(",{},{},{}", field(of.ns), field(of.low_ns), field(of.high_ns));
      }
      const latency::Cost& cost = one.record.cost;
      out += fmt::format(",{},{},{},{},{},{},{}", core::format_double(series.clips_per_second), field(series.peak_share),
                         field(cost.parameters), field(cost.flops), field(cost.weight_bytes), field(cost.peak_memory_bytes),
                         series.valid() && latency::is_valid(one.record.rules) ? "VALID" : "INVALID");
      std::string front;  // empty: the series is not the one that is compared
      for (const LatencyGroup& group : view.latency.groups) {
        for (const LatencyPoint& point : group.points) {
          if (point.timed == timed && group.series == series.name) front = point.front ? "yes" : "no";
        }
      }
      out += fmt::format(",{},{}\n", uf1.value ? core::format_double(*uf1.value) : std::string(), front);
    }
  }
  return out;
}

std::string render_latency_latex(const ReportView& view) {
  std::string out =
      "% Needs \\usepackage{booktabs}. Durations in milliseconds, with order-statistic 95 % intervals.\n\\begin{table}\n\\centering\n"
      "\\caption{Latency in milliseconds beside UF1. Intervals of percentiles are order statistics of the samples.}\n"
      "\\label{tab:latency}\n\\footnotesize\n\\begin{tabular}{@{}p{0.3\\linewidth}lrrrr@{}}\n\\toprule\n"
      "Model & Series & p50 & p99 & clips/s & UF1 \\\\\n\\midrule\n";
  for (const LatencyView& timed : view.latency.runs) {
    const latency::Series* series = deciding_series(timed.record);
    if (series == nullptr) continue;
    const FigureCell& uf1 = view.runs[timed.run].find("all")->scores.uf1;
    const bool valid = series->valid() && latency::is_valid(timed.record.rules);
    out += fmt::format("{}{} & {} & {} & {} & {} & {} \\\\\n", escape_latex(timed_name(view, timed)), valid ? "" : " (INVALID)",
                       escape_latex(series_in_words(series->name)), with_bounds(series->at(50.0)), with_bounds(series->at(99.0)),
                       milliseconds(series->clips_per_second), uf1.value ? four_decimals(*uf1.value) : "--");
  }
  return out + "\\bottomrule\n\\end{tabular}\n\\end{table}\n";
}

}  // namespace mexbench::reports
