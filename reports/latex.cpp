#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

#include "harness/core/text.h"
#include "reports/render.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

// The table's own footnotes, numbered as they are met.
class Footnotes {
 public:
  explicit Footnotes(const ReportView& view) : view_(view) {}
  std::string cell(const FigureCell& figure) {
    if (figure.value) return four_decimals(*figure.value);
    auto found = std::find(used_.begin(), used_.end(), figure.note);
    if (found == used_.end()) found = used_.insert(used_.end(), figure.note);
    return fmt::format("undefined\\textsuperscript{{{}}}", found - used_.begin() + 1);
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      out += fmt::format("\n\\smallskip\\footnotesize\\textsuperscript{{{}}} {}\n", i + 1, escape_latex(view_.notes[used_[i] - 1]));
    }
    return out;
  }

 private:
  const ReportView& view_;
  std::vector<std::size_t> used_;  // places in view.notes, from 1
};

std::string experiments(const ReportView& view) {
  std::string out;
  for (const std::string& experiment : view.experiments) out += (out.empty() ? "" : ", ") + escape_latex(experiment);
  return out;
}

// What \ref is given: letters, digits and hyphens, which no package makes active.
std::string label_of(const ReportView& view) {
  std::string out = core::join(view.experiments, "-");
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '-');
  return out;
}

std::string row(const std::string& name, const std::array<std::string, 3>& cells) {
  return fmt::format("{} & {} & {} & {} \\\\\n", name, cells[0], cells[1], cells[2]);
}

std::string range(const SpreadCell& cell) {
  return cell.mean.value ? fmt::format("\\scriptsize {}--{}", four_decimals(cell.low), four_decimals(cell.high)) : std::string();
}

// The row of intervals, where there is one.
std::string interval_row(const ScopeIntervals* intervals) {
  if (intervals == nullptr) return {};
  const auto cell = [](const IntervalCell& interval) {
    return interval.there() ? fmt::format("\\scriptsize [{:.3f}, {:.3f}]", *interval.low, *interval.high) : std::string();
  };
  const std::array<std::string, 3> cells{cell(intervals->uf1), cell(intervals->uar), cell(intervals->accuracy)};
  if (std::all_of(cells.begin(), cells.end(), [](const std::string& one) { return one.empty(); })) return {};
  return row(R"(\quad 95\,\% interval over subjects)", cells);
}

// One row per model; of several seeds the mean, and below it the interval and the range.
std::string model_rows(const ReportView& view, const ModelView& model, const ScopeSpread& spread, Footnotes& notes) {
  // In this order, so that the footnotes are numbered from left to right.
  const std::string uf1 = notes.cell(spread.uf1.mean), uar = notes.cell(spread.uar.mean), accuracy = notes.cell(spread.accuracy.mean);
  if (model.runs.size() == 1) {
    const RunView& run = view.runs[model.runs.front()];
    return row(fmt::format("{}, seed {} ({})", escape_latex(run.model), run.seed, run.verdict), {uf1, uar, accuracy}) +
           interval_row(model.intervals_on(spread.scope));
  }
  return row(escape_latex(model.name), {uf1, uar, accuracy}) + interval_row(model.intervals_on(spread.scope)) +
         row(fmt::format("\\quad mean of {} seeds ({})", model.runs.size(), model.verdict),
             {range(spread.uf1), range(spread.uar), range(spread.accuracy)});
}

std::string floor_rows(const FloorView& floor, Footnotes& notes) {
  const std::string name = floor.of.empty() ? "floor: " : fmt::format("floor of {}: ", escape_latex(floor.of));
  const auto cells = [&](const FigureCell& uf1, const FigureCell& uar, const FigureCell& accuracy) {
    std::array<std::string, 3> out;
    out[0] = notes.cell(uf1);
    out[1] = notes.cell(uar);
    out[2] = notes.cell(accuracy);
    return out;
  };
  const ScopeSpread& random = floor.random;
  return row(name + "majority / prior", cells(floor.majority.uf1, floor.majority.uar, floor.majority.accuracy)) +
         row(name + "stratified random", cells(random.uf1.mean, random.uar.mean, random.accuracy.mean)) +
         row(fmt::format(R"(\quad mean of {} draws, 2.5 to 97.5\,\%)", thousands(floor.draws)),
             {range(random.uf1), range(random.uar), range(random.accuracy)});
}

// The published figures and, below them, ours minus these.
std::string published_rows(const PublishedView& result, const ScopeGroup& group) {
  std::array<std::string, 3> numbers, differences;
  constexpr std::array<std::string_view, 3> kMetrics{"UF1", "UAR", "accuracy"};
  bool any = false, compared = false;
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const PublishedRow* line = result.find(group.scope, kMetrics[i]);
    if (line == nullptr) continue;
    any = true;
    numbers[i] = four_decimals(line->published);
    if (!line->difference) continue;
    compared = true;
    differences[i] = (*line->difference < 0 ? "$-$" : "$+$") + four_decimals(std::fabs(*line->difference));
  }
  if (!any) return {};
  std::string out = row("\\quad published, " + escape_latex(result.source.id), numbers);
  if (compared) out += row("\\quad ours $-$ published", differences);
  return out;
}

}  // namespace

std::string render_latex(const ReportView& view) {
  Footnotes notes(view);
  std::string out =
      "% Needs \\usepackage{booktabs}. Scores are pooled: counts summed over folds before the formula.\n"
      "\\begin{table}\n\\centering\n";
  out += fmt::format("\\caption{{UF1, UAR and accuracy of {}, counts pooled over folds{}.}}\n", experiments(view),
                     view.several_seeds() ? "; means over seeds with their range" : "");
  out += fmt::format("\\label{{tab:{}}}\n\\footnotesize\n", label_of(view));
  out += "\\begin{tabular}{@{}p{0.45\\linewidth}rrr@{}}\n\\toprule\nModel & UF1 & UAR & Accuracy \\\\\n";
  for (const ScopeGroup& group : view.scopes) {
    std::string counts;
    if (group.clips && group.subjects) {
      counts = fmt::format(" ({}, {}{}{})", counted(*group.clips, "clip"), counted(*group.subjects, "subject"),
                           group.apex && !group.apex->empty() ? ", " : "", escape_latex(apex_words(group.apex.value_or(""))));
    }
    out += fmt::format("\\midrule\n\\multicolumn{{4}}{{@{{}}l}}{{\\emph{{{}}}{}}} \\\\\n", escape_latex(group.title), counts);
    for (std::size_t m = 0; m < view.models.size(); ++m) {
      const ScopeSpread* spread = view.models[m].in(group);
      if (spread == nullptr) continue;
      out += model_rows(view, view.models[m], *spread, notes);
      for (const PublishedView* result : view.published_beside(m)) out += published_rows(*result, group);
    }
    if (!group.floors.empty()) out += "\\addlinespace\n";
    for (const FloorView& floor : group.floors) out += floor_rows(floor, notes);
  }
  out += "\\bottomrule\n\\end{tabular}\n";
  out += notes.text();
  return out + "\\end{table}\n";
}

}  // namespace mexbench::reports
