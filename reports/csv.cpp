#include <fmt/format.h>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "reports/render.h"

namespace mexbench::reports {
namespace {

std::string fields(const IntervalCell& interval) {
  return interval.there() ? fmt::format("{},{}", core::format_double(*interval.low), core::format_double(*interval.high)) : ",";
}

std::string field(const FigureCell& cell) { return cell.value ? core::format_double(*cell.value) : std::string(); }

}  // namespace

std::string render_csv(const ReportView& view) {
  std::string out = "model,seed,scope,clips,subjects,uf1,uf1_low,uf1_high,uar,uar_low,uar_high,accuracy,verdict,experiment\n";
  for (const RunView& run : view.runs) {
    for (const ScopeView& scope : run.scopes) {
      const ScopeIntervals* found = run.intervals_on(scope.scope);
      const ScopeIntervals intervals = found == nullptr ? ScopeIntervals{} : *found;
      out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", core::csv_field(run.label), run.seed, core::csv_field(scope.scope),
                         scope.clips, scope.subjects, field(scope.scores.uf1), fields(intervals.uf1), field(scope.scores.uar),
                         fields(intervals.uar), field(scope.scores.accuracy), run.verdict, core::csv_field(run.experiment));
    }
  }
  return out;
}

}  // namespace mexbench::reports
