#include "reports/pair_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/text.h"

namespace mexbench::reports {
namespace {

std::string equals(double p) {
  const std::string text = p_value(p);
  return text.starts_with("<") ? text : "= " + text;
}

std::string swaps(const ComparisonView& comparison) {
  return fmt::format("{}{} swaps of subjects", comparison.exact ? "all " : "", thousands(comparison.permutations));
}

// "p = 0.0003 after Holm's adjustment over 3 comparisons (p = 0.0001, 10,000 swaps of subjects)"
std::string evidence(const ComparisonView& comparison, const PairFigure& figure) {
  const std::string raw = fmt::format("p {}", equals(*figure.p.value));
  if (!figure.adjusted) return fmt::format("{} ({})", raw, swaps(comparison));
  if (comparison.family_size == 1) return fmt::format("{} ({})", raw, swaps(comparison));
  return fmt::format("p {} after Holm's adjustment over {} comparisons ({}, {})", equals(*figure.adjusted), comparison.family_size, raw,
                     swaps(comparison));
}

std::string interval(const PairFigure& figure) {
  return figure.interval.there() ? fmt::format(", 95 % interval {}", bounds(*figure.interval.low, *figure.interval.high)) : std::string();
}

}  // namespace

std::string pair_sentence(const ReportView& view, const ComparisonView& comparison, const PairView& pair) {
  const std::string& first = view.models[pair.first].name;
  const std::string& second = view.models[pair.second].name;
  const PairFigure& uf1 = pair.uf1;
  if (!uf1.difference.value || !uf1.p.value) {
    const std::size_t note = uf1.difference.value ? uf1.p.note : uf1.difference.note;
    return fmt::format("{} and {} can't be compared by UF1: {}.", first, second, view.notes[note - 1]);
  }
  const std::string size = four_decimals(std::fabs(*uf1.difference.value));
  if (pair.resolved) {
    return fmt::format("{} is better than {}: UF1 is {} higher{}; {}.", first, second, size, interval(uf1), evidence(comparison, uf1));
  }
  std::string out = fmt::format("{} and {} are not distinguishable: UF1 differs by {}{}; {}", first, second, size, interval(uf1),
                                evidence(comparison, uf1));
  if (!pair.planned) {
    return fmt::format("{} and {} were not among the planned comparisons, so nothing is claimed: UF1 differs by {}{}; p {}, not adjusted.",
                       first, second, size, interval(uf1), equals(*uf1.p.value));
  }
  if (uf1.smallest && *uf1.smallest > 0.0)
    out += fmt::format(". With {} this design finds differences from {} on, about three times in four",
                       counted(comparison.subjects, "subject"), four_decimals(*uf1.smallest));
  return out + ".";
}

std::string family_sentence(const ComparisonView& comparison) {
  const auto resolved = std::count_if(comparison.pairs.begin(), comparison.pairs.end(), [](const PairView& pair) { return pair.resolved; });
  const std::string of =
      comparison.family.empty()
          ? fmt::format("{} of models", counted(static_cast<std::int64_t>(comparison.family_size), "pair"))
          : fmt::format("{} planned for '{}'", counted(static_cast<std::int64_t>(comparison.family_size), "comparison"), comparison.family);
  const std::string how_many = resolved == 0   ? std::string("none is")
                               : resolved == 1 ? std::string("1 is")
                                               : fmt::format("{} are", resolved);
  return fmt::format("Of {} on {} of {}, {} resolved at a level of {:g} (UF1, subjects swapped, Holm).", of,
                     counted(comparison.clips, "clip"), counted(comparison.subjects, "subject"), how_many, comparison.alpha);
}

std::string rank_sentence(const ReportView& view, const ComparisonView& comparison) {
  if (!comparison.ranks) return comparison.no_ranks.empty() ? std::string() : fmt::format("No ranks: {}.", comparison.no_ranks);
  const RankView& ranks = *comparison.ranks;
  const auto name = [&](std::size_t place) { return view.models[ranks.models[place]].name; };
  const std::vector<std::size_t>& order = ranks.ranks.order;
  std::string out = fmt::format("Over {}, {} has the best average rank, {:.2f}", ranks.blocks, name(order.front()),
                                ranks.ranks.friedman.average_ranks[order.front()]);
  out += fmt::format("; that all models are alike has p {} (Friedman, Iman and Davenport's F)", equals(ranks.ranks.friedman.p));
  if (ranks.ranks.smallest_adjusted_p > ranks.ranks.alpha) return out + ". There are too few blocks for any pair to be told apart.";
  if (ranks.ranks.groups.empty()) return out + ". Every pair is told apart (Wilcoxon's signed ranks, Holm).";
  std::vector<std::string> groups;
  for (const std::vector<std::size_t>& group : ranks.ranks.groups) {
    std::vector<std::string> names;
    for (const std::size_t place : group) names.push_back(name(place));
    groups.push_back(listed(names));
  }
  return fmt::format("{}. Not told apart (Wilcoxon's signed ranks, Holm): {}.", out, fmt::format("{}", fmt::join(groups, "; ")));
}

std::string changes_sentence(const ReportView& view, const ChangesView& change) {
  const std::string& first = view.models[change.first].name;
  const std::string& second = view.models[change.second].name;
  const auto settings = static_cast<std::int64_t>(change.settings.size());
  std::string out = settings == 0 ? std::string("No setting differs.")
                                  : fmt::format("{} {}.", counted(settings, "setting"), settings == 1 ? "differs" : "differ");
  if (change.other_environment) out += " They ran in different environments, so equal settings need not give equal bits.";
  const std::int64_t shared = change.both_right + change.first_right + change.second_right + change.both_wrong;
  out += fmt::format(" Of {} that both predicted, {} {} right under both, {} only under {}, {} only under {}, {} under neither.",
                     counted(shared, "clip"), change.both_right, change.both_right == 1 ? "is" : "are", change.first_right, first,
                     change.second_right, second, change.both_wrong);
  if (change.only_in_first > 0) out += fmt::format(" {} only {} predicted.", counted(change.only_in_first, "clip"), first);
  if (change.only_in_second > 0) out += fmt::format(" {} only {} predicted.", counted(change.only_in_second, "clip"), second);
  return out;
}

}  // namespace mexbench::reports
