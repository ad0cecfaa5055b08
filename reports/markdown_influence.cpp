#include <fmt/format.h>

#include "reports/markdown_parts.h"

namespace mexbench::reports::markdown {
namespace {

std::string list_of(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += "- " + md(sentence) + "\n";
  return sentences.empty() ? out : out + "\n";
}

std::string subjects_of(const std::optional<std::int64_t>& count) { return count ? thousands(*count) : "none does"; }

void subjects(const ReportView& view, const InfluenceGroup& group, std::string& out) {
  std::vector<std::string> names{"Left out", "Clips"};
  for (const std::size_t model : group.models) names.push_back(model_name(view, model));
  names.emplace_back("Changes");
  out += header(names, "l" + std::string(names.size() - 2, 'r') + "l");
  for (const InfluenceRow& line : group.rows) {
    std::vector<std::string> cells{md(line.subject), fmt::format("{}", line.clips)};
    for (const InfluenceCell& one : line.models) {
      cells.push_back(one.change ? fmt::format("{} ({})", four_decimals(*one.without.value), signed_four_decimals(*one.change))
                                 : cell(one.without));
    }
    cells.emplace_back(line.changes_best ? "the best model" : line.changes_order ? "the order" : "");
    out += row(cells);
  }
}

void resolution(const ReportView& view, const InfluenceGroup& group, std::string& out) {
  std::vector<std::string> names{"Pair", "Difference seen", "Smallest found", "Subjects for the one seen"};
  for (const double asked : kAskedDifferences) names.push_back(fmt::format("for {:.2f}", asked));
  out += "\n" + header(names, "l" + std::string(names.size() - 1, 'r'));
  for (const ResolutionRow& line : group.pairs) {
    std::vector<std::string> cells{fmt::format("{} less {}", model_name(view, line.first), model_name(view, line.second)),
                                   line.difference.value ? signed_four_decimals(*line.difference.value) : cell(line.difference)};
    if (line.smallest) {
      cells.insert(cells.end(), {four_decimals(*line.smallest), subjects_of(line.for_seen)});
      for (const auto& needed : line.needed) cells.push_back(subjects_of(needed));
    } else {
      cells.emplace_back("no standard error");
      cells.resize(names.size());
    }
    out += row(cells);
  }
}

}  // namespace

void influence(const ReportView& view, std::string& out) {
  if (view.influence.groups.empty()) return;
  out += "\n## Influence and resolution\n";
  for (const InfluenceGroup& group : view.influence.groups) {
    std::vector<std::string> names;
    for (const std::size_t model : group.models) names.push_back(view.models[model].name);
    out += fmt::format("\n### {} ({})\n\n", md(listed(names)), md(group.datasets)) + list_of(group.sentences);
    out += "UF1 without each subject, and what that changes:\n\n";
    subjects(view, group, out);
    if (!group.pairs.empty()) resolution(view, group, out);
  }
  out += "\n### Seeds and subjects\n\n" + list_of(view.influence.sentences);
  out += header({"Model", "Seeds", "Seeds: standard deviation", "Subjects: standard error", "Verdict"}, "lrrrl");
  for (const SpreadSources& one : view.spreads) {
    const ModelView& model = view.models[one.model];
    out += row({model_name(view, one.model), fmt::format("{}", model.runs.size()),
                one.seed_deviation      ? four_decimals(*one.seed_deviation)
                : model.runs.size() > 1 ? "undefined"
                                        : "one seed",
                one.subject_error ? four_decimals(*one.subject_error) : "undefined", model.verdict});
  }
}

}  // namespace mexbench::reports::markdown
