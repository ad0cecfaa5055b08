// Pairs of models, what changed between them, the audit's rules, and the evidence card.
#include "reports/audits.h"
#include "reports/markdown_parts.h"
#include "reports/pair_sentences.h"

namespace mexbench::reports::markdown {
namespace {

std::string difference(const PairFigure& figure) {
  if (!figure.difference.value) return cell(figure.difference);
  const std::string number = signed_four_decimals(*figure.difference.value);
  return figure.interval.there() ? number + " " + bounds(*figure.interval.low, *figure.interval.high) : number;
}

std::string p_of(const PairFigure& figure) {
  if (!figure.p.value) return cell(figure.p);
  if (!figure.adjusted) return md("raw " + p_value(*figure.p.value) + ", not planned");
  return md(fmt::format("{} (raw {})", p_value(*figure.adjusted), p_value(*figure.p.value)));
}

std::string pair_row(const ReportView& view, const PairView& pair) {
  std::string practice, clips;
  if (pair.practice) {
    const stats::RopeShares& shares = pair.practice->probability;
    practice = fmt::format("{} / {} / {}", percent(shares.right), percent(shares.rope), percent(shares.left));
  }
  if (pair.clips) clips = md(fmt::format("{} ({} to {})", p_value(pair.clips->exact_p), pair.clips->only_first, pair.clips->only_second));
  return row({fmt::format("{} \xE2\x88\x92 {}", model_name(view, pair.first), model_name(view, pair.second)), difference(pair.uf1),
              p_of(pair.uf1), difference(pair.uar), p_of(pair.uar), pair.uf1.smallest ? four_decimals(*pair.uf1.smallest) : "",
              pair.wilcoxon ? md(p_value(*pair.wilcoxon)) : "", practice, clips, pair.resolved ? "yes" : "no"});
}

}  // namespace

void comparisons(const ReportView& view, std::string& out) {
  if (view.comparisons.empty()) return;
  out += "\n## Pairs of models\n";
  for (std::size_t i = 0; i < view.comparisons.size(); ++i) {
    const ComparisonView& comparison = view.comparisons[i];
    out += fmt::format("\n{}\n\n", md(family_sentence(comparison)));
    out += header({"Pair", "UF1", "p, Holm", "UAR", "p, Holm", "Resolvable", "Wilcoxon", "First / same / second, %", "McNemar, clip-level",
                   "Resolved"},
                  "lrrrrrrrrl");
    for (const PairView& pair : comparison.pairs) out += pair_row(view, pair);
    const std::string number = view.comparisons.size() > 1 ? fmt::format("-{}", i + 1) : std::string();
    out += fmt::format(
        "\nDifferences are first minus second, with 95 % intervals over subjects; p by swapping subjects. Wilcoxon and the Bayesian "
        "signed-rank "
        "test look at the accuracy of each subject. McNemar is a reference only: clips of one person are not independent.\n\n"
        "![pairs of models](pairs{}.svg)\n",
        number);
    if (const std::string words = rank_sentence(view, comparison); !words.empty()) out += fmt::format("\n{}\n", md(words));
    if (comparison.ranks) out += fmt::format("\n![critical differences](ranks{}.svg)\n", number);
    for (const std::string& note : comparison.notes) out += fmt::format("\n- note: {}\n", md(note));
  }
}

void changes(const ReportView& view, std::string& out) {
  if (view.changes.empty()) return;
  out += "\n## What changed\n";
  for (const ChangesView& change : view.changes) {
    const std::string first = md(view.models[change.first].name), second = md(view.models[change.second].name);
    out += fmt::format("\n### {} and {}\n\n{}\n", first, second, md(changes_sentence(view, change)));
    if (!change.settings.empty()) out += "\n" + header({"Setting", model_name(view, change.first), model_name(view, change.second)}, "lll");
    for (const ChangedSetting& setting : change.settings) {
      const auto value = [](const std::string& text) { return text.empty() ? std::string("absent") : md(text); };
      out += row({md(setting.key), value(setting.first), value(setting.second)});
    }
    if (!change.clips.empty())
      out += "\n" + header({"Clip", "Truth", model_name(view, change.first), model_name(view, change.second)}, "llll");
    for (const ChangedClip& clip : change.clips) out += row({md(clip.clip), md(clip.truth), md(clip.first), md(clip.second)});
  }
}

void audit(const ReportView& view, std::string& out) {
  out += "\n## Audit\n\n" + header({"Rule", "Passed", "Broken", "Not checked", "What was found"}, "lrrrl");
  for (const RuleView& rule : rules_of(view)) {
    std::vector<std::string> found;
    for (const RuleFinding& finding : rule.findings)
      found.push_back(md(fmt::format("{}, {}: {}", finding.status, finding.runs, finding.detail)));
    out += row({md(rule.rule), fmt::format("{}", rule.passed), fmt::format("{}", rule.broken), fmt::format("{}", rule.not_checked),
                core::join(found, "; ")});
  }
}

void evidence(const ReportView& view, std::string& out) {
  const EvidenceView& card = view.evidence;
  if (card.models.empty()) return;
  out += fmt::format("\n## Evidence\n\n{}\n\n", md(card.verdict));
  std::vector<std::string> names{"Criterion", "Rule"};
  for (const std::size_t model : card.models) names.push_back(model_name(view, model));
  out += header(names, std::string(names.size(), 'l'));
  for (const EvidenceRow& one : card.rows) {
    std::vector<std::string> cells{md(one.question), md(one.rule)};
    for (const EvidenceCell& state : one.cells) cells.push_back(fmt::format("{}: {}", in_words(state.state), md(state.figure)));
    out += row(cells);
  }
  std::vector<std::string> cells{"overall", "no more than the weakest link"};
  for (const EvidenceState state : card.overall) cells.emplace_back(in_words(state));
  out += row(cells) + "\n";
  if (card.overrides.empty()) out += "All thresholds are the defaults.\n";
  for (const std::string& one : card.overrides) out += fmt::format("- threshold changed by the experiment: {}\n", md(one));
}

}  // namespace mexbench::reports::markdown
