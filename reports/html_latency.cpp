// Latency against score, and what else was measured of the time.
#include <fmt/format.h>

#include "reports/html_parts.h"
#include "reports/latency.h"
#include "reports/latency_rows.h"
#include "reports/svg.h"

namespace mexbench::reports::html {
namespace {

std::string head_cell(const LatencyColumn& column) {
  return fmt::format(R"(<th scope="col" data-sort="number" class="n" title="{}">{}</th>)", h(column.meaning), h(column.heading));
}

std::string cell(std::string_view to, const LatencyCell& of) {
  if (!of.reason.empty())
    return fmt::format(R"(<td class="n"><span class="undefined" title="{}">{}</span></td>)", h(of.reason), h(of.text));
  return number_cell(to, {.text = h(of.text),
                          .below = of.below.empty() ? std::string() : fmt::format("<span class=\"interval\">{}</span>", h(of.below)),
                          .value = of.value});
}

std::string table_of(const ReportView& view, const LatencyTable& from) {
  std::string head = "<tr>" + sortable("Model", false);
  if (!from.name_heading.empty()) head += sortable(h(from.name_heading), false);
  for (const LatencyColumn& column : from.columns) head += head_cell(column);
  if (from.verdict) head += sortable("Verdict", false);
  std::string body = "<tbody>\n";
  for (const LatencyRow& row : from.rows) {
    const LatencyView& timed = view.latency.runs[row.timed];
    const std::string& to = view.runs[timed.run].anchor;
    body += fmt::format("<tr><th scope=\"row\">{}</th>", linked(to, h(timed_name(view, timed))));
    if (!from.name_heading.empty()) body += fmt::format("<td>{}</td>", h(row.name));
    for (const LatencyCell& one : row.cells) body += cell(to, one);
    if (from.verdict) body += fmt::format("<td>{}</td>", badge(row.valid ? "VALID" : "INVALID"));
    body += "</tr>\n";
  }
  return fmt::format("<h3>{}</h3>\n{}", h(from.title), table("latency", h(from.title), head + "</tr>", body + "</tbody>\n")) +
         (from.note.empty() ? std::string() : fmt::format("<p class=\"reference\">{}</p>\n", h(from.note)));
}

std::string broken(const ReportView& view) {
  std::string rows;
  for (const LatencyView& timed : view.latency.runs) {
    for (const BrokenRule& rule : broken_rules(timed.record)) {
      rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"wrap\">{}</td></tr>\n", h(timed_name(view, timed)),
                          rule.series.empty() ? "the whole measurement" : h(rule.series), prose(view.runs[timed.run].anchor, rule.words));
    }
  }
  if (rows.empty()) return "<p>No rule of any measurement is broken.</p>\n";
  return "<h3>Broken rules</h3>\n" +
         table("latency", "Broken rules of the measurements",
               R"(<tr><th scope="col">Model</th><th scope="col">Series</th><th scope="col">What is wrong, and what to change</th></tr>)",
               "<tbody>\n" + rows + "</tbody>\n");
}

std::string machines(const ReportView& view) {
  std::string out;
  for (const LatencyMachine& machine : view.latency.machines) {
    std::vector<std::string> names;
    for (const std::size_t timed : machine.timed) names.push_back(timed_name(view, view.latency.runs[timed]));
    out += fmt::format("<h3>The machine<span class=\"aside\">of {}</span></h3>\n{}", h(listed(names)), facts(machine_facts(machine)));
  }
  return out;
}

}  // namespace

std::string latency(const ReportView& view) {
  const LatencySection& section = view.latency;
  std::string out = findings(view, section.sentences);
  if (section.runs.empty()) return out;
  for (const LatencyGroup& group : section.groups) {
    if (group.points.empty()) continue;
    out +=
        figure(latency_svg(view, group), latency_svg(view, group, FigureWidth::kPhone),
               fmt::format("UF1 of all clips against latency ({}). Dot or triangle: the median; whisker to the right: to p99; upright: the "
                           "95\xC2\xA0% interval of UF1. Below and to the right of the dashed line another run is as fast and as good.",
                           series_in_words(group.series)));
  }
  for (const LatencyTable& one : latency_tables(view)) out += table_of(view, one);
  for (const std::string& remark : latency_remarks(view)) out += fmt::format("<p class=\"reference\">{}</p>\n", h(remark));
  return out + broken(view) + machines(view);
}

}  // namespace mexbench::reports::html
