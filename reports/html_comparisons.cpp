// The section that holds every pair of models against each other.
#include <fmt/format.h>

#include "reports/html_parts.h"
#include "reports/pair_sentences.h"
#include "reports/svg.h"

namespace mexbench::reports::html {
namespace {

// The adjusted p, and the raw one below it.
std::string p_cell(const ReportView& view, std::string_view to, const PairFigure& figure) {
  if (!figure.p.value) return figure_cell(view, to, figure.p);
  const std::string raw = h(p_value(*figure.p.value));
  const std::string below = fmt::format("<span class=\"range\">raw {}</span>", raw);
  if (!figure.adjusted) return number_cell(to, {.text = "not planned", .below = below, .value = 1.0, .kind = "absent"});
  return number_cell(to, {.text = h(p_value(*figure.adjusted)), .below = below, .value = *figure.adjusted});
}

std::string difference_cell(const ReportView& view, std::string_view to, const PairFigure& figure) {
  if (!figure.difference.value) return figure_cell(view, to, figure.difference);
  const std::string interval = figure.interval.there()
                                   ? fmt::format("<span class=\"range\">{}</span>", bounds(*figure.interval.low, *figure.interval.high))
                                   : std::string();
  return number_cell(to, {.text = signed_four_decimals(*figure.difference.value), .below = interval, .value = *figure.difference.value});
}

std::string practice_cell(std::string_view to, const PairView& pair) {
  if (!pair.practice) return "<td></td>";
  const stats::RopeShares& shares = pair.practice->probability;
  return number_cell(to,
                     {.text = fmt::format("{} / {} / {}", percent(shares.right), percent(shares.rope), percent(shares.left)), .below = {}});
}

std::string pair_rows(const ReportView& view, const ComparisonView& comparison) {
  std::string out;
  for (const PairView& pair : comparison.pairs) {
    const std::string to = anchor_of(runs_of_pair(view, pair.first, pair.second));
    const std::string clips = pair.clips ? number_cell(to, {.text = h(p_value(pair.clips->exact_p)),
                                                            .below = fmt::format("<span class=\"range\">{} to {}</span>",
                                                                                 pair.clips->only_first, pair.clips->only_second),
                                                            .kind = "reference"})
                                         : std::string("<td></td>");
    out += fmt::format("<tr{}><th scope=\"row\">{} \xE2\x88\x92 {}</th>{}{}{}{}{}{}{}{}</tr>\n", pair.resolved ? " class=\"resolved\"" : "",
                       h(view.models[pair.first].name), h(view.models[pair.second].name), difference_cell(view, to, pair.uf1),
                       p_cell(view, to, pair.uf1), difference_cell(view, to, pair.uar), p_cell(view, to, pair.uar),
                       pair.uf1.smallest ? number_cell(to, {.text = four_decimals(*pair.uf1.smallest), .below = {}}) : "<td></td>",
                       pair.wilcoxon ? number_cell(to, {.text = h(p_value(*pair.wilcoxon)), .below = {}}) : "<td></td>",
                       practice_cell(to, pair), clips);
  }
  return out;
}

}  // namespace

std::string comparisons(const ReportView& view) {
  std::string out =
      "<p>Differences are first minus second, of scores pooled over subjects. p is the share of random swaps of whole subjects between the "
      "two models that differ at least as much; Holm\xE2\x80\x99s adjustment keeps the chance of any false claim in the family at the "
      "level. Claims rest on UF1 alone.</p>\n";
  for (const ComparisonView& comparison : view.comparisons) {
    if (view.comparisons.size() > 1) out += fmt::format("<h3>{}</h3>\n", h(fmt::format("{}", fmt::join(comparison.datasets, " + "))));
    out += fmt::format("<p class=\"finding\">{}</p>\n", prose(of_models(view, comparison.models), family_sentence(comparison)));
    if (comparison.models.size() > 2) {
      out += fmt::format(
          "<figure><div class=\"scroll matrix\" tabindex=\"0\">{}</div><figcaption>UF1 of the row less UF1 of the column, with "
          "the adjusted p.</figcaption></figure>\n",
          pairs_svg(view, comparison));
    }
    const auto sortable = [](std::string_view words, std::string_view title) {
      return fmt::format(R"(<th scope="col" data-sort="number" class="n" title="{}">{}</th>)", title, words);
    };
    const std::string head =
        "<tr><th scope=\"col\">Pair</th>" + sortable("UF1", "difference of pooled UF1, 95 % interval over subjects") +
        sortable("p, Holm", "subject swaps, two-sided, adjusted over the family; below it as it was before") +
        sortable("UAR", "difference of pooled UAR, 95 % interval over subjects") +
        sortable("p, Holm", "adjusted over the family, for UAR by itself") +
        sortable("Resolvable", "smallest difference of UF1 that this design finds about three times in four") +
        sortable("Wilcoxon", "secondary: signed ranks of the subjects' accuracies, p not adjusted") +
        fmt::format(
            "<th scope=\"col\" class=\"n\" title=\"Bayesian signed-rank of the subjects' accuracies: chance in percent that the first "
            "is better, that both are the same within {0:g}, that the second is\">First / same / second</th>",
            comparison.equivalence) +
        "<th scope=\"col\" class=\"n\" title=\"clip-level reference: clips of one person are not independent, so this p is too small\">"
        "McNemar</th></tr>";
    out += table("pairs", "Pairs of models", head, "<tbody>\n" + pair_rows(view, comparison) + "</tbody>\n");
    for (const PairView& pair : comparison.pairs) {
      if (comparison.pairs.size() <= 3)
        out += fmt::format("<p>{}</p>\n",
                           prose(anchor_of(runs_of_pair(view, pair.first, pair.second)), pair_sentence(view, comparison, pair)));
    }
    out += fmt::format(
        "<p>Secondary, of the accuracy of each subject: Wilcoxon\xE2\x80\x99s p, not adjusted, and the chance in percent that the first is "
        "better, that the two are the same within {:g}, and that the second is (Bayesian signed-rank). McNemar is a clip-level reference: "
        "clips of one person are not independent, so its p is too small.</p>\n",
        comparison.equivalence);
    if (const std::string words = rank_sentence(view, comparison); !words.empty())
      out += fmt::format("<p>{}</p>\n", prose(of_models(view, comparison.models), words));
    if (comparison.ranks) {
      out += fmt::format(
          "<figure><div class=\"scroll matrix\" tabindex=\"0\">{}</div><figcaption>Critical-difference diagram: a bar joins "
          "models that no pair of which is told apart.</figcaption></figure>\n",
          ranks_svg(view, comparison));
    }
    for (const std::string& note : comparison.notes)
      out += fmt::format("<p class=\"caution\">{}</p>\n", prose(of_models(view, comparison.models), note));
  }
  return out;
}

}  // namespace mexbench::reports::html
