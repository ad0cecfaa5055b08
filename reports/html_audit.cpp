// What the audit looked at, rule by rule over all runs; each run has its own list under Provenance.
#include <fmt/format.h>

#include "reports/audits.h"
#include "reports/html_parts.h"

namespace mexbench::reports::html {

std::string audit(const ReportView& view) {
  std::string out =
      "<p>Every rule is checked again from what the workers recorded: clip ids, digests, scores. A run is VALID when all of them "
      "passed, INVALID when one is broken, else UNAUDITED. Each run\xE2\x80\x99s own list stands under its provenance.</p>\n";
  std::string body = "<tbody>\n";
  for (const RuleView& rule : rules_of(view)) {
    std::string found;
    for (const RuleFinding& finding : rule.findings) {
      found += fmt::format("<span class=\"reason\"><strong>{}</strong>, {}: {}</span>", h(finding.status), h(finding.runs),
                           prose(of_all(view), finding.detail));
    }
    body += fmt::format(
        "<tr{}><th scope=\"row\">{}</th>{}{}{}<td class=\"wrap\">{}</td></tr>\n", rule.broken > 0 ? " class=\"broken\"" : "", h(rule.rule),
        count_cell(of_all(view), static_cast<std::int64_t>(rule.passed)), count_cell(of_all(view), static_cast<std::int64_t>(rule.broken)),
        count_cell(of_all(view), static_cast<std::int64_t>(rule.not_checked)), found);
  }
  const std::string head =
      "<tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">Passed</th><th scope=\"col\" class=\"n\">Broken</th><th scope=\"col\" "
      "class=\"n\">Not checked</th><th scope=\"col\">What was found</th></tr>";
  return out + table("audit", "Rules of the audit, in runs", head, body + "</tbody>\n");
}

}  // namespace mexbench::reports::html
