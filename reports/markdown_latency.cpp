#include "reports/latency.h"
#include "reports/latency_rows.h"
#include "reports/markdown_parts.h"
#include "reports/render.h"

namespace mexbench::reports::markdown {
namespace {

std::string name(const ReportView& view, const LatencyView& timed) {
  return fmt::format("[{}](#{})", md(timed_name(view, timed)), view.runs[timed.run].anchor);
}

void table(const ReportView& view, const LatencyTable& from, std::string& out) {
  std::vector<std::string> columns{"Model"};
  if (!from.name_heading.empty()) columns.push_back(md(from.name_heading));
  std::string alignment(columns.size(), 'l');
  for (const LatencyColumn& column : from.columns) columns.push_back(md(column.heading));
  alignment += std::string(from.columns.size(), 'r');
  if (from.verdict) {
    columns.emplace_back("Verdict");
    alignment += 'l';
  }
  out += fmt::format("\n### {}\n\n", md(from.title)) + header(columns, alignment);
  for (const LatencyRow& line : from.rows) {
    std::vector<std::string> cells{name(view, view.latency.runs[line.timed])};
    if (!from.name_heading.empty()) cells.push_back(md(line.name));
    for (const LatencyCell& one : line.cells) {
      cells.push_back(!one.reason.empty() ? md(fmt::format("{} ({})", one.text, one.reason))
                                          : md(one.text + (one.below.empty() ? "" : " ")) + md(one.below));
    }
    if (from.verdict) cells.emplace_back(line.valid ? "VALID" : "INVALID");
    out += row(cells);
  }
  if (!from.note.empty()) out += fmt::format("\n{}\n", md(from.note));
}

}  // namespace

void latency(const ReportView& view, std::string& out) {
  const LatencySection& section = view.latency;
  out += "\n## Latency\n\n";
  for (const std::string& sentence : section.sentences) out += "- " + md(sentence) + "\n";
  if (section.runs.empty()) return;
  for (const std::string& file : latency_files(view)) out += fmt::format("\n![latency against UF1]({})\n", file);
  for (const LatencyTable& one : latency_tables(view)) table(view, one, out);
  for (const std::string& remark : latency_remarks(view)) out += fmt::format("\n{}\n", md(remark));
  std::string broken;
  for (const LatencyView& timed : section.runs) {
    for (const BrokenRule& rule : broken_rules(timed.record)) {
      broken +=
          fmt::format("- {}, {}: {}\n", name(view, timed), rule.series.empty() ? "the whole measurement" : md(rule.series), md(rule.words));
    }
  }
  out += broken.empty() ? "\nNo rule of any measurement is broken.\n" : "\n### Broken rules\n\n" + broken;
  for (const LatencyMachine& machine : section.machines) {
    std::vector<std::string> names;
    for (const std::size_t timed : machine.timed) names.push_back(timed_name(view, section.runs[timed]));
    out += fmt::format("\n### The machine of {}\n\n", md(listed(names)));
    for (const Fact& fact : machine_facts(machine)) out += fmt::format("- {}: {}\n", md(fact.key), md(fact.value));
  }
}

}  // namespace mexbench::reports::markdown
