#include <fmt/format.h>

#include "harness/core/text.h"
#include "reports/render.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

std::string cell(const FigureCell& figure) {
  return figure.value ? four_decimals(*figure.value) : fmt::format("undefined\\textsuperscript{{{}}}", figure.note);
}

std::string experiments(const ReportView& view) {
  std::string out;
  for (const std::string& experiment : view.experiments) out += (out.empty() ? "" : ", ") + escape_latex(experiment);
  return out;
}

}  // namespace

std::string render_latex(const ReportView& view) {
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
        out += fmt::format("{} & {} & {} & {} & {} & {} & {} & {} \\\\\n", escape_latex(run.model), run.seed, scope->clips, scope->subjects,
                           cell(scope->scores.uf1), cell(scope->scores.uar), cell(scope->scores.accuracy), run.verdict);
      }
      const ScopeSpread* spread = model.find(group.scope);
      if (model.runs.size() < 2 || spread == nullptr) continue;
      out += fmt::format("{} & mean &  &  & {} & {} & {} &  \\\\\n", escape_latex(model.name), cell(spread->uf1.mean),
                         cell(spread->uar.mean), cell(spread->accuracy.mean));
    }
  }
  out += "\\bottomrule\n\\end{tabular}\n";
  for (std::size_t i = 0; i < view.notes.size(); ++i) {
    out += fmt::format("\n\\smallskip\\footnotesize\\textsuperscript{{{}}} {}\n", i + 1, escape_latex(view.notes[i]));
  }
  return out + "\\end{table}\n";
}

}  // namespace mexbench::reports
