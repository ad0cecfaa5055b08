// One person's weight, and what this design can tell apart.
#include <fmt/format.h>

#include <numeric>

#include "reports/html_parts.h"

namespace mexbench::reports::html {
namespace {

std::string change_cell(const ReportView& view, std::string_view to, const InfluenceCell& cell) {
  if (!cell.change) return cell.without.value ? "<td></td>" : figure_cell(view, to, cell.without);
  return number_cell(to, {.text = signed_four_decimals(*cell.change),
                          .below = fmt::format("<span class=\"range\">{}</span>", four_decimals(*cell.without.value)),
                          .value = *cell.change});
}

std::string subject_table(const ReportView& view, const InfluenceGroup& group, const std::vector<std::size_t>& places,
                          std::string_view caption) {
  const bool several = group.models.size() > 1;
  std::string head = "<tr>" + sortable("Left out", false) + sortable("Clips", true);
  for (const std::size_t model : group.models) head += sortable(h(view.models[model].name), true);
  if (several) head += sortable("Changes", false);
  std::string body = "<tbody>\n";
  for (const std::size_t place : places) {
    const InfluenceRow& row = group.rows[place];
    body += fmt::format("<tr><th scope=\"row\">{}</th>{}", h(row.subject), count_cell(of_models(view, group.models), row.clips));
    for (std::size_t i = 0; i < row.models.size(); ++i) body += change_cell(view, of_model(view, group.models[i]), row.models[i]);
    if (several) body += fmt::format("<td>{}</td>", row.changes_best ? "the best model" : row.changes_order ? "the order" : "");
    body += "</tr>\n";
  }
  return table("influence", caption, head + "</tr>", body + "</tbody>\n");
}

std::string subjects_cell(std::string_view to, const std::optional<std::int64_t>& count) {
  return count ? number_cell(to, {.text = thousands(*count), .below = {}, .value = static_cast<double>(*count)})
               : R"(<td class="n absent">none does</td>)";
}

std::string resolution_table(const ReportView& view, const InfluenceGroup& group) {
  std::string head = "<tr>" + sortable("Pair", false) + sortable("Difference seen", true) + sortable("Smallest found", true) +
                     sortable("Subjects for the one seen", true);
  for (const double asked : kAskedDifferences) head += sortable(fmt::format("for {:.2f}", asked), true);
  std::string body = "<tbody>\n";
  for (const ResolutionRow& row : group.pairs) {
    body += fmt::format("<tr><th scope=\"row\">{} less {}</th>", h(view.models[row.first].name), h(view.models[row.second].name));
    const std::string to = anchor_of(runs_of_pair(view, row.first, row.second));
    body += row.difference.value
                ? number_cell(to, {.text = signed_four_decimals(*row.difference.value), .below = {}, .value = *row.difference.value})
                : figure_cell(view, to, row.difference);
    if (row.smallest) {
      body += number_cell(to, {.text = four_decimals(*row.smallest), .below = {}}) + subjects_cell(to, row.for_seen);
      for (const auto& needed : row.needed) body += subjects_cell(to, needed);
    } else {
      body += fmt::format(R"(<td class="n absent" colspan="{}">no standard error</td>)", 2 + row.needed.size());
    }
    body += "</tr>\n";
  }
  return fmt::format(
             "<h4>What {} can tell apart</h4>\n<p class=\"reference\">Differences in UF1. A true difference as large as the smallest "
             "found is seen in about three of four such experiments (two-sided, 5\xC2\xA0%; 80\xC2\xA0% by the formula); the numbers of "
             "subjects hold for people like "
             "these, in the same mix of datasets.</p>\n",
             counted(group.subjects, "subject")) +
         table("resolution", "Smallest differences found, and subjects needed", head + "</tr>", body + "</tbody>\n");
}

std::string spread_table(const ReportView& view) {
  const std::string head = "<tr>" + sortable("Model", false) + sortable("Seeds", true) + sortable("Seeds: standard deviation", true) +
                           sortable("Subjects: standard error", true) + "</tr>";
  const auto number = [](std::string_view to, const std::optional<double>& value, const char* otherwise) {
    return value ? number_cell(to, {.text = four_decimals(*value), .below = {}}) : fmt::format("<td class=\"n absent\">{}</td>", otherwise);
  };
  std::string body = "<tbody>\n";
  for (const SpreadSources& one : view.spreads) {
    const ModelView& model = view.models[one.model];
    const std::string to = of_model(view, one.model);
    body += fmt::format("<tr><th scope=\"row\">{} {}</th>{}{}{}</tr>\n", h(model.name), badge(model.verdict),
                        count_cell(to, static_cast<std::int64_t>(model.runs.size())),
                        number(to, one.seed_deviation, model.runs.size() > 1 ? "undefined" : "one seed"),
                        number(to, one.subject_error, "undefined"));
  }
  return "<h3>Seeds and subjects</h3>\n" + findings(view, view.influence.sentences) +
         table("spreads", "Spread of UF1 over seeds and over subjects", head, body + "</tbody>\n");
}

}  // namespace

std::string influence(const ReportView& view) {
  std::string out =
      "<p>The UF1 of all other subjects when one is left out: above 0, the subject pulls the score down. What one person can turn is no "
      "property of a model.</p>\n";
  for (const InfluenceGroup& group : view.influence.groups) {
    if (view.influence.groups.size() > 1) {
      std::vector<std::string> names;
      for (const std::size_t model : group.models) names.push_back(view.models[model].name);
      out += fmt::format("<h3>{} <span class=\"aside\">{}</span></h3>\n", h(listed(names)), h(group.datasets));
    }
    out += findings(view, group.sentences);
    const bool all_shown = group.largest.size() == group.rows.size();
    out += subject_table(view, group, group.largest, all_shown ? "Every subject left out" : "Subjects that change UF1 most");
    if (!all_shown) {
      std::vector<std::size_t> every(group.rows.size());
      std::iota(every.begin(), every.end(), std::size_t{0});
      out += fmt::format("<details><summary>All {}</summary>\n{}</details>\n", counted(group.subjects, "subject"),
                         subject_table(view, group, every, "Every subject left out"));
    }
    if (!group.pairs.empty()) out += resolution_table(view, group);
  }
  return out + spread_table(view);
}

}  // namespace mexbench::reports::html
