#include "reports/conventions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/stats/conventions.h"
#include "reports/scopes.h"
#include "reports/seeds.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

std::vector<stats::Convention> conventions_of(const Run& run) {
  const std::size_t classes = run.metrics.classes.size();
  std::map<core::FoldId, std::vector<std::int64_t>> tables;
  for (const eval::Prediction& row : run.predictions) {
    const std::optional<std::size_t> truth = row.truth.single_class();
    if (!truth) continue;
    std::vector<std::int64_t>& table = tables[row.fold];
    table.resize(classes * classes);
    ++table[*truth * classes + row.predicted];
  }
  std::vector<stats::FoldCounts> folds;
  for (auto& [fold, table] : tables) folds.push_back({.name = fold.text(), .table = std::move(table)});
  return stats::conventions(run.metrics.classes, folds);
}

// Accuracy divided by the number of classes, and one class's F1 divided by it: no score that could be compared with the others.
bool is_counted(std::string_view id) { return id != "pooled_recall_all_clips" && id != "pooled_f1_last_class"; }

bool is_f1(std::string_view id) { return id.find("f1") != std::string_view::npos; }

const std::optional<double>& score(const ConventionRow& row, std::size_t model) { return row.models[model].mean.value; }

template <typename Wanted>
std::optional<ConventionRange> range_of(const std::vector<ConventionRow>& rows, std::size_t model, const Wanted& wanted) {
  std::optional<ConventionRange> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].counted || !wanted(rows[i]) || !score(rows[i], model)) continue;
    if (!out) out = ConventionRange{.low = i, .high = i};
    if (*score(rows[i], model) < *score(rows[out->low], model)) out->low = i;
    if (*score(rows[i], model) > *score(rows[out->high], model)) out->high = i;
  }
  return out;
}

double width_of(const std::vector<ConventionRow>& rows, std::size_t model, const ConventionRange& range) {
  return *score(rows[range.high], model) - *score(rows[range.low], model);
}

std::string range_words(const std::vector<ConventionRow>& rows, std::size_t model, const ConventionRange& range) {
  return fmt::format("from {} ({}) to {} ({})", four_decimals(*score(rows[range.low], model)), rows[range.low].name,
                     four_decimals(*score(rows[range.high], model)), rows[range.high].name);
}

std::string range_sentence(const ReportView& view, std::size_t model) {
  const std::vector<ConventionRow>& rows = view.conventions.rows;
  std::string out = fmt::format("The same predictions of {} score {}, depending on the convention", view.models[model].name,
                                range_words(rows, model, *view.conventions.ranges[model]));
  const ConventionRange& all = *view.conventions.ranges[model];
  const auto f1 = range_of(rows, model, [](const ConventionRow& row) { return row.f1; });
  if (f1 && (f1->low != all.low || f1->high != all.high)) {
    out += fmt::format("; what is called F1 goes {}", range_words(rows, model, *f1));
  }
  return out + ".";
}

// Of each model where they are few, else of the one with the widest range.
void range_sentences(const ReportView& view, std::vector<std::string>& out) {
  constexpr std::size_t kFew = 3;
  std::vector<std::size_t> told;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    if (view.conventions.ranges[m] && !view.models[m].invalid) told.push_back(m);
  }
  if (told.size() > kFew) {
    const auto width = [&](std::size_t m) { return width_of(view.conventions.rows, m, *view.conventions.ranges[m]); };
    const std::size_t widest =
        *std::max_element(told.begin(), told.end(), [&](std::size_t a, std::size_t b) { return width(a) < width(b); });
    out.push_back(fmt::format("Of {} models the convention moves {} most.", told.size(), view.models[widest].name));
    told = {widest};
  }
  for (const std::size_t m : told) out.push_back(range_sentence(view, m));
}

// The first three, and how many more.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMostNamed = 4;
  if (names.size() <= kMostNamed) return listed(names);
  std::vector<std::string> named(names.begin(), names.begin() + kMostNamed - 1);
  named.push_back(fmt::format("{} more", names.size() - named.size()));
  return listed(named);
}

// Ranks of some models under a convention, 1 the best, equal scores equal ranks; empty when one has no score.
std::vector<std::size_t> ranks_of(const ConventionRow& row, const std::vector<std::size_t>& models) {
  constexpr double kEqual = 1e-12;
  std::vector<std::size_t> out;
  for (const std::size_t model : models) {
    if (!score(row, model)) return {};
    out.push_back(1 + static_cast<std::size_t>(std::count_if(models.begin(), models.end(), [&](std::size_t other) {
                    return score(row, other) && *score(row, other) > *score(row, model) + kEqual;
                  })));
  }
  return out;
}

std::vector<std::string> best_of(const ReportView& view, const std::vector<std::size_t>& models, const std::vector<std::size_t>& ranks) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (ranks[i] == 1) out.push_back(view.models[models[i]].name);
  }
  return out;
}

void rank_sentences(const ReportView& view, const ComparisonView& comparison, std::vector<std::string>& out) {
  const std::vector<ConventionRow>& rows = view.conventions.rows;
  const std::vector<std::size_t> reference = ranks_of(rows.front(), comparison.models);
  const std::string where = view.comparisons.size() > 1 ? " on " + listed(comparison.datasets) : std::string();
  if (reference.empty()) {
    out.push_back(fmt::format("A model{} has no pooled UF1, so conventions are not compared by the order they give.", where));
    return;
  }
  std::size_t ranked = 0, moved = 0;
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> bests;  // other best models -> conventions
  for (const ConventionRow& row : rows) {
    const std::vector<std::size_t> ranks = row.counted ? ranks_of(row, comparison.models) : std::vector<std::size_t>{};
    if (ranks.empty()) continue;
    ++ranked;
    if (ranks == reference) continue;
    ++moved;
    const std::vector<std::string> best = best_of(view, comparison.models, ranks);
    if (best == best_of(view, comparison.models, reference)) continue;
    auto at = std::find_if(bests.begin(), bests.end(), [&](const auto& entry) { return entry.first == best; });
    if (at == bests.end()) at = bests.insert(bests.end(), {best, {}});
    at->second.push_back("'" + row.name + "'");
  }
  if (moved == 0) {
    out.push_back(fmt::format("All {} conventions that have a score of every model order the {} models{} alike.", ranked,
                              comparison.models.size(), where));
    return;
  }
  out.push_back(fmt::format("Under {} of {} conventions the {} models{} stand in another order than under pooled UF1.", moved, ranked,
                            comparison.models.size(), where));
  if (bests.empty()) {
    out.push_back(fmt::format("The highest score is that of {} under each of them.", listed(best_of(view, comparison.models, reference))));
  }
  for (const auto& [best, names] : bests) {
    out.push_back(fmt::format("Under {} the highest score is that of {}, under pooled UF1 that of {}.", some_of(names), listed(best),
                              listed(best_of(view, comparison.models, reference))));
  }
}

}  // namespace

std::vector<std::string> convention_sentences(const ReportView& view) {
  std::vector<std::string> out;
  if (view.conventions.rows.empty()) return out;
  range_sentences(view, out);
  for (const ComparisonView& comparison : view.comparisons) rank_sentences(view, comparison, out);
  return out;
}

void add_conventions(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view) {
  std::vector<ConventionRow>& rows = view.conventions.rows;
  for (const ModelRuns& runs : models) {
    std::vector<std::vector<stats::Convention>> seeds;
    for (const Run* run : runs) seeds.push_back(conventions_of(*run));
    for (std::size_t i = 0; i < seeds.front().size(); ++i) {
      const stats::Convention& one = seeds.front()[i];
      if (rows.size() == i) {
        rows.push_back({.id = std::string(one.id),
                        .name = std::string(one.name),
                        .formula = std::string(one.formula),
                        .who = std::string(one.who),
                        .f1 = is_f1(one.id),
                        .counted = is_counted(one.id),
                        .models = {}});
      }
      std::vector<eval::Figure> values;
      for (const auto& seed : seeds) values.push_back(seed[i].value);
      rows[i].models.push_back(spread_of(values, notes));
    }
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    view.conventions.ranges.push_back(range_of(rows, m, [](const ConventionRow&) { return true; }));
  }
  view.conventions.sentences = convention_sentences(view);
}

}  // namespace mexbench::reports
