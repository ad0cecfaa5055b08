#include "reports/markdown_parts.h"

namespace mexbench::reports::markdown {

void conventions(const ReportView& view, std::string& out) {
  const ConventionsView& conventions = view.conventions;
  if (conventions.rows.empty()) return;
  out += "\n## Conventions\n\nThe same predictions of every run, scored as papers and code score.\n\n";
  for (const std::string& sentence : conventions.sentences) out += "- " + md(sentence) + "\n";
  std::vector<std::string> names{"Convention"};
  for (std::size_t m = 0; m < view.models.size(); ++m) names.push_back(model_column(view, m));
  names.insert(names.end(), {"Formula", "Who uses it"});
  out += "\n" + header(names, "l" + std::string(view.models.size(), 'r') + "ll");
  for (std::size_t i = 0; i < conventions.rows.size(); ++i) {
    const ConventionRow& line = conventions.rows[i];
    std::vector<std::string> cells{md(line.name)};
    for (std::size_t m = 0; m < line.models.size(); ++m) {
      const auto& range = conventions.ranges[m];
      std::string value = view.models[m].runs.size() > 1 ? spread(line.models[m]) : cell(line.models[m].mean);
      if (range && range->low != range->high && range->low == i) value += ", lowest";
      if (range && range->low != range->high && range->high == i) value += ", highest";
      cells.push_back(std::move(value));
    }
    cells.push_back(md(line.formula) + (line.counted ? "" : "; a slip of code, in no range above"));
    cells.push_back(md(line.who));
    out += row(cells);
  }
}

}  // namespace mexbench::reports::markdown
