#include <fmt/format.h>

#include <algorithm>
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

}  // namespace

std::string render_latex(const ReportView& view) {
  Footnotes notes(view);
  std::string out =
      "% Needs \\usepackage{booktabs}. Scores are pooled: counts summed over folds before the formula.\n"
      "\\begin{table}\n\\centering\n";
  out += fmt::format("\\caption{{UF1, UAR and accuracy of {}, counts pooled over folds.}}\n", experiments(view));
  out += "\\begin{tabular}{llrrrrrl}\n\\toprule\nModel & Seed & Clips & Subjects & UF1 & UAR & Accuracy & Verdict \\\\\n";
  for (const ScopeGroup& group : view.scopes) {
    out += fmt::format("\\midrule\n\\multicolumn{{8}}{{l}}{{\\emph{{{}}}}} \\\\\n",
                       group.scope == "all" ? std::string("all datasets") : escape_latex(group.scope));
    for (const ModelView& model : view.models) {
      for (const std::size_t place : model.runs) {
        const RunView& run = view.runs[place];
        const ScopeView* scope = run.find(group.scope);
        if (scope == nullptr) continue;
        const std::string uf1 = notes.cell(scope->scores.uf1), uar = notes.cell(scope->scores.uar),
                          accuracy = notes.cell(scope->scores.accuracy);
        out += fmt::format("{} & {} & {} & {} & {} & {} & {} & {} \\\\\n", escape_latex(run.model), run.seed, scope->clips, scope->subjects,
                           uf1, uar, accuracy, run.verdict);
      }
      const ScopeSpread* spread = model.find(group.scope);
      if (model.runs.size() < 2 || spread == nullptr) continue;
      const std::string uf1 = notes.cell(spread->uf1.mean), uar = notes.cell(spread->uar.mean),
                        accuracy = notes.cell(spread->accuracy.mean);
      out += fmt::format("{} & mean &  &  & {} & {} & {} &  \\\\\n", escape_latex(model.name), uf1, uar, accuracy);
    }
  }
  out += "\\bottomrule\n\\end{tabular}\n";
  out += notes.text();
  return out + "\\end{table}\n";
}

}  // namespace mexbench::reports
