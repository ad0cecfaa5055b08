// The last section: what was shown.
#include <fmt/format.h>

#include "reports/html_parts.h"

namespace mexbench::reports::html {
namespace {

// Told by shape and word, as verdicts are.
std::string state_badge(EvidenceState state) {
  const char* mark = state == EvidenceState::kShown          ? "<path d=\"M2 6.5 4.8 9.2 10 3\"/>"
                     : state == EvidenceState::kContradicted ? "<path d=\"M2.5 2.5l7 7M9.5 2.5l-7 7\"/>"
                     : state == EvidenceState::kNotShown     ? R"(<circle cx="6" cy="6" r="4"/>)"
                                                             : "<path d=\"M2 6h8\"/>";
  const char* tone = state == EvidenceState::kShown ? "valid" : state == EvidenceState::kContradicted ? "invalid" : "open-verdict";
  return fmt::format(R"(<span class="badge {}"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{}</svg>{}</span>)", tone,
                     mark, in_words(state));
}

}  // namespace

std::string evidence(const ReportView& view) {
  const EvidenceView& card = view.evidence;
  std::string out = fmt::format("<p class=\"finding\">{}</p>\n", told(view, card.verdict));
  std::string head = "<tr><th scope=\"col\">Criterion and rule</th>";
  for (const std::size_t model : card.models) head += fmt::format("<th scope=\"col\">{}</th>", h(view.models[model].name));
  std::string body = "<tbody>\n";
  for (const EvidenceRow& row : card.rows) {
    body += fmt::format(R"(<tr id="evidence-{}"><th scope="row">{}<span class="reason">{}</span></th>)", h(row.id), h(row.question),
                        h(row.rule));
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      body += fmt::format("<td>{}<span class=\"reason\">{}</span></td>", state_badge(row.cells[i].state),
                          prose(of_model(view, card.models[i]), row.cells[i].figure));
    }
    body += "</tr>\n";
  }
  body += R"(<tr class="mean"><th scope="row">overall: no more than the weakest link</th>)";
  for (const EvidenceState state : card.overall) body += fmt::format("<td>{}</td>", state_badge(state));
  out += table("evidence", "What was shown", head + "</tr>", body + "</tr>\n</tbody>\n");
  if (card.overrides.empty()) return out + "<p>All thresholds are the defaults.</p>\n";
  for (const std::string& one : card.overrides)
    out += fmt::format("<p class=\"caution\">threshold changed by the experiment: {}</p>\n", h(one));
  return out;
}

}  // namespace mexbench::reports::html
