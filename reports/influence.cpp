#include "reports/influence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "harness/eval/intervals.h"
#include "harness/stats/jackknife.h"
#include "harness/stats/power.h"
#include "reports/scopes.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

constexpr std::size_t kMostShown = 10;

std::optional<double> uf1_of(const ReportView& view, std::size_t model) { return view.models[model].find(kAll)->uf1.mean.value; }

// Of a model in no comparison.
std::vector<SubjectInfluence> influences_of(const ModelRuns& runs) {
  stats::SubjectCountsBuilder builder(runs.front()->metrics.classes);
  for (const Run* run : runs) eval::add_run(builder, "model", run->seed, run->predictions);
  const auto counts = builder.build();
  std::vector<SubjectInfluence> out;
  if (!counts) return out;  // load_runs has checked that the runs' clips are those of their manifests
  for (const stats::Influence& one : stats::influences(*counts, stats::Metric::kUf1).subjects) {
    out.push_back({.subject = counts->subjects()[one.subject].id.text(), .uf1 = {one.without.front().value}});
  }
  return out;
}

InfluenceRow row_of(const SubjectInfluence& influence, const InfluenceGroup& group, std::int64_t clips, Notes& notes,
                    const ReportView& view) {
  InfluenceRow out{.subject = influence.subject,
                   .clips = clips,
                   .models = {},
                   .largest = 0.0,
                   .changes_best = influence.changes_best,
                   .changes_order = influence.changes_order};
  for (std::size_t i = 0; i < group.models.size(); ++i) {
    const std::optional<double>& without = influence.uf1[i];
    const std::optional<double> with = uf1_of(view, group.models[i]);
    InfluenceCell cell{.without = notes.cell(without ? eval::Figure::of(*without)
                                                     : eval::Figure::undefined("without this subject a class has no clips and is never "
                                                                               "predicted, or nobody is left")),
                       .change = std::nullopt};
    if (without && with) {
      cell.change = *without - *with;
      out.largest = std::max(out.largest, std::abs(*cell.change));
    }
    out.models.push_back(cell);
  }
  // Without a score there is no rank, so none that changed.
  if (std::any_of(out.models.begin(), out.models.end(), [](const InfluenceCell& cell) { return !cell.without.value; })) {
    out.changes_best = out.changes_order = false;
  }
  return out;
}

void add_rows(const std::vector<SubjectInfluence>& influences, const std::map<std::string, std::int64_t>& clips, Notes& notes,
              const ReportView& view, InfluenceGroup& group) {
  for (const SubjectInfluence& one : influences) {
    const auto found = clips.find(one.subject);
    group.rows.push_back(row_of(one, group, found == clips.end() ? 0 : found->second, notes, view));
  }
  group.largest.resize(group.rows.size());
  std::iota(group.largest.begin(), group.largest.end(), std::size_t{0});
  std::stable_sort(group.largest.begin(), group.largest.end(),
                   [&](std::size_t a, std::size_t b) { return group.rows[a].largest > group.rows[b].largest; });
  if (group.largest.size() > kMostShown) group.largest.resize(kMostShown);
}

ResolutionRow resolution_of(const PairView& pair, std::int64_t subjects) {
  ResolutionRow out{.first = pair.first,
                    .second = pair.second,
                    .difference = pair.uf1.difference,
                    .smallest = pair.uf1.smallest,
                    .for_seen = pair.uf1.need,
                    .needed = {}};
  if (!out.smallest) return out;
  for (std::size_t i = 0; i < kAskedDifferences.size(); ++i) {
    out.needed[i] = stats::subjects_needed(static_cast<std::size_t>(subjects), *out.smallest, kAskedDifferences[i]);
  }
  return out;
}

std::string where_of(const ReportView& view, const InfluenceGroup& group) {
  return view.influence.groups.size() > 1 ? " on " + group.datasets : std::string();
}

void largest_sentence(const ReportView& view, const InfluenceGroup& group, std::vector<std::string>& out) {
  if (group.largest.empty() || group.rows[group.largest.front()].largest == 0.0) return;
  const InfluenceRow& row = group.rows[group.largest.front()];
  for (std::size_t i = 0; i < group.models.size(); ++i) {
    const InfluenceCell& cell = row.models[i];
    if (!cell.change || std::abs(*cell.change) != row.largest) continue;
    const std::size_t model = group.models[i];
    out.push_back(fmt::format("No subject{} weighs more than {} ({}): without it the UF1 of {} is {} instead of {} ({}).",
                              where_of(view, group), row.subject, counted(row.clips, "clip"), view.models[model].name,
                              four_decimals(*cell.without.value), four_decimals(*uf1_of(view, model)), signed_four_decimals(*cell.change)));
    return;
  }
}

// "samm/006", "any one of 3 subjects (a, b and c)", the first five of more.
std::string any_of_words(const std::vector<std::string>& subjects) {
  constexpr std::size_t kMostNamed = 5;
  if (subjects.size() == 1) return subjects.front();
  std::vector<std::string> named(subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(std::min(subjects.size(), kMostNamed)));
  if (subjects.size() > kMostNamed) named.push_back(fmt::format("{} more", subjects.size() - kMostNamed));
  return fmt::format("any one of {} subjects ({})", subjects.size(), listed(named));
}

void rank_sentences(const ReportView& view, const InfluenceGroup& group, std::vector<std::string>& out) {
  if (group.models.size() < 2) return;
  std::vector<std::string> best, order;
  for (const InfluenceRow& row : group.rows) {
    if (row.changes_best) best.push_back(row.subject);
    if (row.changes_order) order.push_back(row.subject);
  }
  const std::string where = where_of(view, group);
  if (best.empty()) {
    std::vector<std::string> first;
    std::optional<double> highest;
    for (const std::size_t model : group.models) highest = std::max(highest, uf1_of(view, model));
    for (const std::size_t model : group.models) {
      if (highest && uf1_of(view, model) == highest) first.push_back(view.models[model].name);
    }
    if (highest) out.push_back(fmt::format("Whichever subject{} is left out, the highest UF1 is that of {}.", where, listed(first)));
  } else {
    out.push_back(fmt::format("Without {}{} another model has the highest UF1: which one is best rests on {}.", any_of_words(best), where,
                              best.size() == 1 ? "one person" : "single persons"));
  }
  if (group.models.size() > 2 || best.empty()) {
    out.push_back(order.empty()
                      ? fmt::format("The order of the models{} is the same without any of the {} subjects.", where, group.subjects)
                      : fmt::format("The order of the models{} changes without {}.", where, any_of_words(order)));
  }
}

void resolution_sentences(const ReportView& view, const InfluenceGroup& group, std::vector<std::string>& out) {
  const ResolutionRow* least = nullptr;
  const ResolutionRow* most = nullptr;
  for (const ResolutionRow& row : group.pairs) {
    if (!row.smallest) continue;
    if (least == nullptr || *row.smallest < *least->smallest) least = &row;
    if (most == nullptr || *row.smallest > *most->smallest) most = &row;
  }
  if (least == nullptr) return;
  const auto pair = [&](const ResolutionRow& row) {
    return fmt::format("{} and {}", view.models[row.first].name, view.models[row.second].name);
  };
  std::string sentence = fmt::format("With {}{} the smallest difference in UF1 that is found about three times in four is ",
                                     counted(group.subjects, "subject"), where_of(view, group));
  if (least == most || four_decimals(*least->smallest) == four_decimals(*most->smallest)) {
    sentence += fmt::format("{} between {}", four_decimals(*least->smallest), pair(*least));
  } else {
    sentence += fmt::format("{} between {} and {} between {}", four_decimals(*least->smallest), pair(*least),
                            four_decimals(*most->smallest), pair(*most));
  }
  out.push_back(sentence + ".");
  if (group.pairs.size() == 1 && least->difference.value) {
    const double seen = std::abs(*least->difference.value);
    if (seen < *least->smallest) {
      out.push_back(least->for_seen ? fmt::format("A difference as large as the one seen, {}, would take {} subjects.", four_decimals(seen),
                                                  thousands(*least->for_seen))
                                    : fmt::format("No number of subjects resolves the difference seen, {}.", four_decimals(seen)));
    }
  }
  constexpr std::size_t kTold = 1;  // of kAskedDifferences
  if (least->needed[kTold] && most->needed[kTold]) {
    const std::string subjects = *least->needed[kTold] == *most->needed[kTold]
                                     ? thousands(*least->needed[kTold])
                                     : fmt::format("{} to {}", thousands(*least->needed[kTold]), thousands(*most->needed[kTold]));
    out.push_back(fmt::format("To find a difference of {:.2f} it takes {} subjects like these.", kAskedDifferences[kTold], subjects));
  }
}

}  // namespace

std::vector<std::string> influence_sentences(const ReportView& view, const InfluenceGroup& group) {
  std::vector<std::string> out;
  largest_sentence(view, group, out);
  rank_sentences(view, group, out);
  resolution_sentences(view, group, out);
  return out;
}

std::vector<std::string> spread_sentences(const ReportView& view) {
  constexpr std::size_t kFew = 3;
  std::vector<std::string> out;
  std::vector<const SpreadSources*> both;
  std::size_t seeds_larger = 0;
  for (const SpreadSources& one : view.spreads) {
    if (!one.seed_deviation || !one.subject_error || view.models[one.model].invalid) continue;
    both.push_back(&one);
    if (*one.seed_deviation > *one.subject_error) ++seeds_larger;
  }
  if (both.empty()) return out;
  if (both.size() > kFew) {
    out.push_back(fmt::format("In {} of {} models another random start moves the UF1 more than another set of people would.", seeds_larger,
                              both.size()));
  } else {
    for (const SpreadSources* one : both) {
      const std::int64_t subjects = view.runs[view.models[one->model].runs.front()].find(kAll)->subjects;
      out.push_back(fmt::format(
          "Another random start moves the UF1 of {} by {} (standard deviation over {} seeds), another set of people by {} (standard error "
          "over {}).",
          view.models[one->model].name, four_decimals(*one->seed_deviation), one->seeds, four_decimals(*one->subject_error),
          counted(subjects, "subject")));
    }
  }
  out.emplace_back("Intervals and p values here are over subjects alone: more seeds do not make up for few people.");
  return out;
}

void add_influence(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view) {
  std::map<std::string, std::int64_t> clips;
  for (const SubjectRow& row : view.subjects) clips[row.dataset + "/" + row.subject] = row.clips;
  std::vector<bool> compared(models.size(), false);
  for (const ComparisonView& comparison : view.comparisons) {
    InfluenceGroup group{.models = comparison.models,
                         .datasets = listed(comparison.datasets),
                         .subjects = comparison.subjects,
                         .rows = {},
                         .largest = {},
                         .pairs = {},
                         .sentences = {}};
    for (const std::size_t model : comparison.models) compared[model] = true;
    add_rows(comparison.influences, clips, notes, view, group);
    for (const PairView& pair : comparison.pairs) group.pairs.push_back(resolution_of(pair, comparison.subjects));
    view.influence.groups.push_back(std::move(group));
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (compared[m] || view.models[m].invalid) continue;
    InfluenceGroup group{.models = {m},
                         .datasets = listed(view.models[m].datasets),
                         .subjects = view.runs[view.models[m].runs.front()].find(kAll)->subjects,
                         .rows = {},
                         .largest = {},
                         .pairs = {},
                         .sentences = {}};
    add_rows(influences_of(models[m]), clips, notes, view, group);
    view.influence.groups.push_back(std::move(group));
  }
  for (InfluenceGroup& group : view.influence.groups) group.sentences = influence_sentences(view, group);
  view.influence.sentences = spread_sentences(view);
}

}  // namespace mexbench::reports
