// The same predictions under every convention.
#include <fmt/format.h>

#include "reports/html_parts.h"

namespace mexbench::reports::html {
namespace {

// A score with its range over seeds, and whether it is the lowest or highest of its column.
std::string value_cell(const ReportView& view, std::string_view to, const SpreadCell& cell, bool several, const char* place) {
  if (!cell.mean.value) return figure_cell(view, to, cell.mean);
  std::string below;
  if (several) below = fmt::format("{}\xE2\x80\x93{}", four_decimals(cell.low), four_decimals(cell.high));
  if (*place != '\0') below += (below.empty() ? "" : ", ") + std::string(place);
  const std::string number = four_decimals(*cell.mean.value);
  return number_cell(to, {.text = *place != '\0' ? "<strong>" + number + "</strong>" : number,
                          .below = below.empty() ? below : fmt::format("<span class=\"range\">{}</span>", below),
                          .value = *cell.mean.value});
}

}  // namespace

std::string conventions(const ReportView& view) {
  const ConventionsView& conventions = view.conventions;
  std::string out =
      "<p>The same predictions of every run, scored as papers and code score: counts pooled over folds or scores averaged over folds, with "
      "a class that a fold does not have counted as 0, as 1, or skipped. Only figures of one row can be compared.</p>\n" +
      findings(view, conventions.sentences);
  std::string head = "<tr>" + sortable("Convention", false);
  for (const ModelView& model : view.models) head += sortable(h(model.invalid ? model.name + ", " + model.verdict : model.name), true);
  head += sortable("Who uses it", false) + "</tr>";
  std::string body = "<tbody>\n";
  for (std::size_t i = 0; i < conventions.rows.size(); ++i) {
    const ConventionRow& row = conventions.rows[i];
    body += fmt::format(R"(<tr><th scope="row" class="wrap" title="{0}">{1}<span class="reason range">{0}{2}</span></th>)", h(row.formula),
                        h(row.name), row.counted ? "" : "; a slip of code, in no range above");
    for (std::size_t m = 0; m < row.models.size(); ++m) {
      const auto& range = conventions.ranges[m];
      const char* place = !range || range->low == range->high ? "" : range->low == i ? "lowest" : range->high == i ? "highest" : "";
      body += value_cell(view, of_model(view, m), row.models[m], view.models[m].runs.size() > 1, place);
    }
    body += fmt::format("<td class=\"wrap reference\">{}</td></tr>\n", h(row.who));
  }
  out += table("conventions", "The same predictions under every convention", head, body + "</tbody>\n");
  return out;
}

}  // namespace mexbench::reports::html
