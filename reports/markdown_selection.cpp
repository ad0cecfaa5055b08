#include <fmt/format.h>

#include <algorithm>

#include "reports/markdown_parts.h"
#include "reports/render.h"

namespace mexbench::reports::markdown {
namespace {

std::string mean(const SpreadCell& figure, std::size_t seeds) { return seeds > 1 ? spread(figure) : cell(figure.mean); }

std::string gap_of(const SpreadCell& gap, std::size_t seeds) {
  if (!gap.mean.value) return cell(gap.mean);
  std::string out = signed_four_decimals(*gap.mean.value);
  if (seeds > 1) out += fmt::format(" ({} to {})", signed_four_decimals(gap.low), signed_four_decimals(gap.high));
  return out;
}

void add_figure(const SelectionFigure& figure, std::size_t seeds, std::size_t recorded, std::vector<std::string>& cells) {
  cells.push_back(mean(figure.honest, recorded > 0 ? recorded : seeds));
  cells.push_back(figure.chosen ? mean(*figure.chosen, recorded) : "not recorded");
  cells.push_back(figure.gap ? gap_of(*figure.gap, recorded) : std::string());
}

void add_guess(const SpreadCell& one, const SpreadCell& best, std::vector<std::string>& cells) {
  cells.push_back(spread(one));
  cells.push_back(spread(best));
  cells.push_back(one.mean.value && best.mean.value ? signed_four_decimals(*best.mean.value - *one.mean.value) : std::string());
}

}  // namespace

void selection(const ReportView& view, std::string& out) {
  const SelectionView& selection = view.selection;
  if (selection.groups.empty()) return;
  out += "\n## Selection and inflation gap\n\n";
  for (const std::string& sentence : selection.sentences) out += "- " + md(sentence) + "\n";
  out += "\n" + header({"Scope", "Model", "Seeds recorded", "Epochs", "UF1, honest", "UF1, chosen", "Inflation gap", "UAR, honest",
                        "UAR, chosen", "Inflation gap", "Verdict"},
                       "llrrrrrrrrl");
  for (const SelectionGroup& group : selection.groups) {
    const std::string title = md(view.scopes[group.scope].title);
    std::vector<const GuessPoint*> told;
    for (const SelectionRow& line : group.rows) {
      const ModelView& model = view.models[line.model];
      std::vector<std::string> cells{title, model_name(view, line.model), fmt::format("{} of {}", line.seeds, model.runs.size()),
                                     fmt::format("{}{}", line.alike ? "" : "up to ", line.epochs)};
      add_figure(line.uf1, model.runs.size(), line.seeds, cells);
      add_figure(line.uar, model.runs.size(), line.seeds, cells);
      cells.push_back(model.verdict);
      out += row(cells);
    }
    for (const GuessCurve& curve : group.curves) {
      for (const SelectionRow& line : group.rows) {
        const GuessPoint* best = group.guess_of(line);
        if (best == nullptr || curve.at(line.epochs) != best || std::find(told.begin(), told.end(), best) != told.end()) continue;
        told.push_back(best);
        const std::string of = curve.of.empty() ? curve.of : " on the folds of " + curve.of;
        std::vector<std::string> cells{title, md("a guesser" + of + ": one epoch, best of so many"), "", fmt::format("{}", line.epochs)};
        add_guess(curve.at(1)->uf1, best->uf1, cells);
        add_guess(curve.at(1)->uar, best->uar, cells);
        cells.emplace_back();
        out += row(cells);
      }
    }
  }
  out += fmt::format(
      "\nHonest scores are the runs' own; chosen are those of the epoch of each {} with most of its test clips right, the earliest of "
      "equals. "
      "Behind a mean stands the range over seeds; of the guesser the mean of {} draws and their 2.5 to 97.5 percentile.\n",
      selection.by_subject ? "test subject" : "fold", thousands(selection.draws));
  for (const std::string& file : selection_files(view)) out += fmt::format("\n![best of so many epochs]({})\n", file);
}

}  // namespace mexbench::reports::markdown
