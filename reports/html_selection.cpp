// What a choice of the epoch on the test subjects would have reported.
#include <fmt/format.h>

#include <algorithm>

#include "reports/html_parts.h"
#include "reports/svg_selection.h"

namespace mexbench::reports::html {
namespace {

std::string aside(const std::string& words) { return fmt::format("<span class=\"aside\">{}</span>", words); }

std::string mean_cell(const ReportView& view, std::string_view to, const SpreadCell& cell, std::size_t seeds) {
  return seeds > 1 ? spread_cell(view, to, cell) : figure_cell(view, to, cell.mean);
}

std::string gap_cell(const ReportView& view, std::string_view to, const SpreadCell& gap, std::size_t seeds) {
  if (!gap.mean.value) return figure_cell(view, to, gap.mean);
  std::string range;
  if (seeds > 1)
    range = fmt::format("<span class=\"range\">{} to {}</span>", signed_four_decimals(gap.low), signed_four_decimals(gap.high));
  return number_cell(to, {.text = signed_four_decimals(*gap.mean.value), .below = range});
}

std::string figure_cells(const ReportView& view, std::string_view to, const SelectionFigure& figure, std::size_t seeds,
                         std::size_t recorded) {
  std::string out = mean_cell(view, to, figure.honest, recorded > 0 ? recorded : seeds);
  if (!figure.chosen) return out + R"(<td class="n absent" colspan="2">not recorded</td>)";
  return out + mean_cell(view, to, *figure.chosen, recorded) + gap_cell(view, to, *figure.gap, recorded);
}

std::string model_row(const ReportView& view, const SelectionRow& row) {
  const ModelView& model = view.models[row.model];
  const std::size_t seeds = model.runs.size();
  std::string of = counted(row.epochs, "epoch");
  if (!row.alike) of = "up to " + of;
  if (seeds > 1)
    of +=
        row.seeds == 0 || row.seeds == seeds ? fmt::format(", mean of {} seeds", seeds) : fmt::format(", {} of {} seeds", row.seeds, seeds);
  return fmt::format("<tr><th scope=\"row\">{}{} {}</th>{}{}</tr>\n", h(model.name), aside(of), badge(model.verdict),
                     figure_cells(view, of_model(view, row.model), row.uf1, seeds, row.seeds),
                     figure_cells(view, of_model(view, row.model), row.uar, seeds, row.seeds));
}

// One epoch kept from one, the best of many, and what that adds.
std::string guess_cells(const ReportView& view, std::string_view to, const SpreadCell& one, const SpreadCell& best) {
  std::string gap = "<td></td>";
  if (one.mean.value && best.mean.value)
    gap = number_cell(to, {.text = signed_four_decimals(*best.mean.value - *one.mean.value), .below = {}});
  return spread_cell(view, to, one) + spread_cell(view, to, best) + gap;
}

std::string guess_rows(const ReportView& view, const SelectionGroup& group) {
  std::string out;
  for (const GuessCurve& curve : group.curves) {
    const GuessPoint* one = curve.at(1);
    const std::string to = of_models(view, curve.models);
    std::vector<std::int64_t> told;
    for (const SelectionRow& row : group.rows) {
      const GuessPoint* best = group.guess_of(row);
      if (best == nullptr || curve.at(row.epochs) != best || std::find(told.begin(), told.end(), row.epochs) != told.end()) continue;
      told.push_back(row.epochs);
      const std::string of = curve.of.empty() ? curve.of : fmt::format(" on the folds of {}", h(curve.of));
      out +=
          fmt::format("<tr class=\"floor\"><th scope=\"row\">a guesser{}: one epoch, best of {}{}</th>{}{}</tr>\n", of,
                      thousands(row.epochs), aside(fmt::format("mean of {} draws, 2.5 to 97.5\xC2\xA0%", thousands(view.selection.draws))),
                      guess_cells(view, to, one->uf1, best->uf1), guess_cells(view, to, one->uar, best->uar));
    }
  }
  return out;
}

std::string score_table(const ReportView& view) {
  const std::string chosen = view.selection.by_subject ? "Best epoch per test subject" : "Best epoch per fold";
  std::string head = "<tr><th scope=\"col\">Model</th>";
  for (const char* metric : {"UF1", "UAR"}) {
    head += fmt::format(
        "<th scope=\"col\" class=\"n\">{0}, honest</th><th scope=\"col\" class=\"n\" title=\"{1}\">{0}, chosen</th><th scope=\"col\" "
        "class=\"n\" title=\"chosen minus honest\">Inflation gap</th>",
        metric, chosen);
  }
  std::string body;
  for (const SelectionGroup& group : view.selection.groups) {
    body +=
        fmt::format("<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"7\">{}</th></tr>\n", h(view.scopes[group.scope].title));
    for (const SelectionRow& row : group.rows) body += model_row(view, row);
    body += guess_rows(view, group) + "</tbody>\n";
  }
  return table("scores selection", "Honest scores beside those of epochs chosen on the test clips", head + "</tr>", body);
}

}  // namespace

std::string selection(const ReportView& view) {
  const SelectionView& selection = view.selection;
  std::string out = fmt::format(
      "<p>Much published code keeps, for every test subject, the epoch that scores best on that very subject. This is what that choice "
      "would "
      "have reported of the trainings here: the epoch of each {} with most of its test clips right, the earliest of equals. The honest "
      "score is the run\xE2\x80\x99s; the other is none of its scores.</p>\n",
      selection.by_subject ? "test subject" : "fold");
  out += findings(view, selection.sentences);
  for (const SelectionGroup& group : selection.groups) {
    for (const GuessCurve& curve : group.curves) {
      if (!group.drawn || !curve.drawable()) continue;
      const std::string of = curve.of.empty() ? curve.of : fmt::format(" on the folds of {}", h(curve.of));
      out += figure(
          selection_svg(view, group, curve), selection_svg(view, group, curve, FigureWidth::kPhone),
          fmt::format(
              "<strong>{}</strong>{}: for each {} a guesser draws classes with the shares of the fold\xE2\x80\x99s training clips, so "
              "many epochs of them independently, and keeps the epoch with most clips right. Line: mean of {} draws (fixed seed); "
              "band: 95\xC2\xA0% of them. Each model stands on the guesser\xE2\x80\x99s band for its own number of epochs.",
              h(view.scopes[group.scope].title), of, selection.by_subject ? "test subject" : "fold", thousands(selection.draws)));
    }
  }
  return out + score_table(view);
}

}  // namespace mexbench::reports::html
