#include "reports/comparisons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "harness/core/random.h"
#include "harness/eval/intervals.h"
#include "harness/stats/jackknife.h"
#include "harness/stats/multiple.h"
#include "harness/stats/permutation.h"
#include "harness/stats/power.h"
#include "reports/scopes.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using stats::Metric;

IntervalCell cell_of(const stats::Interval& interval, Notes& notes) {
  IntervalCell out{.low = interval.low, .high = interval.high, .note = 0, .undefined = interval.undefined};
  if (!interval.low && interval.estimate.value) out.note = notes.cell(core::Figure::undefined(interval.reason)).note;
  return out;
}

ScopeIntervals cells_of(const std::string& scope, const stats::ScoreIntervals& intervals, Notes& notes) {
  ScopeIntervals out{.scope = scope,
                     .uf1 = cell_of(intervals.uf1, notes),
                     .uar = cell_of(intervals.uar, notes),
                     .accuracy = cell_of(intervals.accuracy, notes),
                     .f1 = {}};
  for (const stats::Interval& f1 : intervals.f1) out.f1.push_back(cell_of(f1, notes));
  return out;
}

std::vector<ScopeIntervals> in_order(const std::map<std::string, stats::ScoreIntervals>& scopes, Notes& notes) {
  std::vector<ScopeIntervals> out;
  for (const std::string& scope : scope_order(scopes)) out.push_back(cells_of(scope, scopes.at(scope), notes));
  return out;
}

// Models that answered the same question, by their places, in the order of the view.
std::vector<std::vector<std::size_t>> comparable(const ReportView& view) {
  std::vector<std::vector<std::size_t>> out;
  std::map<std::string, std::size_t> place;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    const auto [at, fresh] = place.try_emplace(view.models[m].comparison_digest, out.size());
    if (fresh) out.emplace_back();
    out[at->second].push_back(m);
  }
  return out;
}

core::Result<stats::SubjectCounts> counts_of(const std::vector<std::size_t>& places, const std::vector<ModelRuns>& models,
                                             const ReportView& view) {
  stats::SubjectCountsBuilder builder(models[places.front()].front()->metrics.classes);
  for (const std::size_t place : places) {
    for (const Run* run : models[place]) eval::add_run(builder, view.models[place].name, run->seed, run->predictions);
  }
  return builder.build();
}

// Accuracy of each subject under a model, mean over its seeds.
std::vector<double> accuracies(const stats::SubjectCounts& counts, std::size_t model) {
  const std::size_t classes = counts.classes().size();
  std::vector<double> out;
  for (std::size_t subject = 0; subject < counts.subjects().size(); ++subject) {
    double right = 0.0, clips = 0.0;
    for (std::size_t seed = 0; seed < counts.models()[model].seeds; ++seed) {
      const auto table = counts.table(model, seed, subject);
      for (std::size_t i = 0; i < table.size(); ++i) {
        clips += table[i];
        if (i / classes == i % classes) right += table[i];
      }
    }
    out.push_back(right / clips);
  }
  return out;
}

// Labels of a family are those of one experiment's models.
bool is_in_family(const Statistics& statistics, const ModelView& one, const ModelView& other) {
  return std::any_of(statistics.pairs.begin(), statistics.pairs.end(), [&](const auto& pair) {
    return (pair.first == one.label && pair.second == other.label) || (pair.first == other.label && pair.second == one.label);
  });
}

stats::McNemar clip_by_clip(const Run& first, const Run& second) {
  std::map<core::ClipId, bool> right;
  for (const eval::Prediction& clip : first.predictions) right[clip.clip] = eval::agrees(clip.truth, clip.predicted);
  std::int64_t only_first = 0, only_second = 0;
  for (const eval::Prediction& clip : second.predictions) {
    const bool here = eval::agrees(clip.truth, clip.predicted);
    if (right.at(clip.clip) && !here) ++only_first;
    if (!right.at(clip.clip) && here) ++only_second;
  }
  return stats::mcnemar(only_first, only_second);
}

class Comparer {
 public:
  Comparer(std::vector<std::size_t> places, const stats::SubjectCounts& counts, const stats::Bootstrap& bootstrap,
           const std::vector<ModelRuns>& models, Notes& notes, const ReportView& view, bool plan = true)
      : places_(std::move(places)), counts_(counts), bootstrap_(bootstrap), models_(models), notes_(notes), view_(view), plan_(plan) {}

  ComparisonView make() {
    const Run& any = *models_[places_.front()].front();
    out_.models = places_;
    out_.datasets = view_.models[places_.front()].datasets;
    out_.clips = static_cast<std::int64_t>(any.predictions.size());
    out_.subjects = static_cast<std::int64_t>(counts_.subjects().size());
    choose_family();
    add_pairs();
    adjust();
    add_ranks();
    add_influences();
    return std::move(out_);
  }

 private:
  // The family named in the experiment; several experiments, or none named: every pair.
  void choose_family() {
    statistics_ = models_[places_.front()].front()->statistics;
    for (const std::size_t place : places_) {
      if (!plan_ || models_[place].front()->experiment != models_[places_.front()].front()->experiment) statistics_.pairs.clear();
    }
    if (statistics_.pairs.empty()) statistics_.family.clear();
    out_.family = statistics_.family;
    out_.alpha = statistics_.alpha;
    out_.equivalence = statistics_.equivalence;
  }

  PairFigure figure(std::size_t pair, Metric metric, const stats::PermutationTest& test, const stats::Resolution& resolution, bool turned) {
    const stats::Interval& interval = bootstrap_.pairs[pair].difference.of(metric);
    PairFigure out{.difference = notes_.cell(test.difference),
                   .interval = cell_of(interval, notes_),
                   .p = notes_.cell(test.p),
                   .adjusted = std::nullopt,
                   .smallest = resolution.smallest.value,
                   .need = resolution.subjects_needed};
    return turned ? reports::turned(out) : out;
  }

  void add_pairs() {
    const auto tests = stats::permutation_tests(counts_);
    if (!tests) {
      out_.notes.push_back(tests.error().diagnostics().front().message);
      return;
    }
    const auto uf1 = stats::resolutions(counts_, bootstrap_, Metric::kUf1);
    const auto uar = stats::resolutions(counts_, bootstrap_, Metric::kUar);
    for (std::size_t i = 0; i < tests->size(); ++i) {
      const stats::PairTest& test = (*tests)[i];
      const bool turned = test.uf1.difference.value.value_or(0.0) < 0.0;
      PairView pair{.first = places_[turned ? test.second : test.first], .second = places_[turned ? test.first : test.second]};
      pair.planned = statistics_.pairs.empty() || is_in_family(statistics_, view_.models[pair.first], view_.models[pair.second]);
      pair.uf1 = figure(i, Metric::kUf1, test.uf1, uf1[i], turned);
      pair.uar = figure(i, Metric::kUar, test.uar, uar[i], turned);
      out_.permutations = test.uf1.permutations;
      out_.exact = test.uf1.exact;
      add_subject_tests(turned ? test.second : test.first, turned ? test.first : test.second, pair);
      const ModelRuns& one = models_[pair.first];
      const ModelRuns& other = models_[pair.second];
      if (one.size() == 1 && other.size() == 1) pair.clips = clip_by_clip(*one.front(), *other.front());
      out_.pairs.push_back(pair);
    }
  }

  void add_subject_tests(std::size_t first, std::size_t second, PairView& pair) const {
    const std::vector<double> one = accuracies(counts_, first), other = accuracies(counts_, second);
    std::vector<double> differences;
    for (std::size_t i = 0; i < one.size(); ++i) differences.push_back(one[i] - other[i]);
    if (const auto signed_ranks = stats::wilcoxon_signed_rank(differences)) pair.wilcoxon = signed_ranks->p;
    // A stream of its own, so that a pair's figures do not depend on which others are in the report.
    const auto stream = core::RandomStream::derive(core::Seed{0}, core::FoldId("pair"), "bayesian signed-rank");
    if (auto bayes = stats::bayesian_signed_rank(differences, out_.equivalence, stream)) pair.practice = *bayes;
  }

  // Holm over the family, UF1 and UAR each for itself: UF1 is what claims are made of.
  void adjust() {
    for (PairFigure PairView::*metric : {&PairView::uf1, &PairView::uar}) {
      std::vector<PairFigure*> figures;
      std::vector<double> raw;
      for (PairView& pair : out_.pairs) {
        PairFigure& one = pair.*metric;
        if (!pair.planned || !one.p.value) continue;
        figures.push_back(&one);
        raw.push_back(*one.p.value);
      }
      if (raw.empty()) continue;
      const std::vector<double> adjusted = stats::holm(raw);
      for (std::size_t i = 0; i < figures.size(); ++i) figures[i]->adjusted = adjusted[i];
    }
    for (PairView& pair : out_.pairs) {
      if (pair.planned) ++out_.family_size;
      pair.resolved = pair.uf1.adjusted && *pair.uf1.adjusted < out_.alpha;
    }
  }

  // Blocks are datasets where there are enough, else subjects.
  void add_ranks() {
    stats::ScoreTable table;
    for (const std::size_t place : places_) table.models.push_back(view_.models[place].name);
    const std::size_t datasets = counts_.strata().size();
    std::string blocks;
    if (datasets >= stats::kFewestBlocks) {
      blocks = fmt::format("{} datasets, by UF1", datasets);
      for (std::size_t d = 0; d < datasets; ++d) {
        const stats::SubjectCounts part = counts_.only(d);
        std::vector<double> row;
        for (std::size_t m = 0; m < places_.size(); ++m) {
          const core::Figure uf1 = stats::mean_scores(part, m).uf1;
          if (uf1.value) row.push_back(*uf1.value);
        }
        if (row.size() == places_.size()) table.blocks.push_back(std::move(row));
      }
    } else {
      blocks = fmt::format("{}, by accuracy", counted(out_.subjects, "subject"));
      table.blocks.resize(counts_.subjects().size());
      for (std::size_t m = 0; m < places_.size(); ++m) {
        const std::vector<double> of_subjects = accuracies(counts_, m);
        for (std::size_t s = 0; s < of_subjects.size(); ++s) table.blocks[s].push_back(of_subjects[s]);
      }
    }
    auto ranks = stats::compare_ranks(table, out_.alpha);
    if (!ranks) {
      out_.no_ranks = ranks.error().diagnostics().front().message;
      return;
    }
    out_.ranks = RankView{.blocks = std::move(blocks), .ranks = std::move(ranks).value(), .models = places_};
  }

  void add_influences() {
    const stats::Influences found = stats::influences(counts_, Metric::kUf1);
    for (const stats::Influence& one : found.subjects) {
      SubjectInfluence influence{.subject = counts_.subjects()[one.subject].id.text(),
                                 .uf1 = {},
                                 .changes_best = one.changes_best,
                                 .changes_order = one.changes_order};
      for (const core::Figure& score : one.without) influence.uf1.push_back(score.value);
      out_.influences.push_back(std::move(influence));
    }
  }

  std::vector<std::size_t> places_;
  const stats::SubjectCounts& counts_;
  const stats::Bootstrap& bootstrap_;
  const std::vector<ModelRuns>& models_;
  Notes& notes_;
  const ReportView& view_;
  bool plan_;  // whether the experiment's family counts
  Statistics statistics_;
  ComparisonView out_;
};

}  // namespace

PairFigure turned(PairFigure figure) {
  if (figure.difference.value) figure.difference.value = 0.0 - *figure.difference.value;
  if (figure.interval.there()) {
    const double low = *figure.interval.low;
    figure.interval.low = 0.0 - *figure.interval.high;
    figure.interval.high = 0.0 - low;
  }
  return figure;
}

std::vector<std::size_t> by_uf1(const ReportView& view, const ComparisonView& comparison) {
  std::vector<std::size_t> out = comparison.models;
  const auto uf1 = [&](std::size_t model) { return view.models[model].find(kAll)->uf1.mean.value.value_or(-1.0); };
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return uf1(a) > uf1(b); });
  return out;
}

void add_comparisons(const std::vector<ModelRuns>& models, const std::vector<const Run*>& runs, Notes& notes, ReportView& view) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto intervals =
        eval::intervals_of({.classes = runs[i]->metrics.classes, .rows = runs[i]->predictions, .class_source = eval::ClassSource::kGiven});
    if (intervals) view.runs[i].intervals = in_order(*intervals, notes);
  }
  view.spreads.resize(models.size());
  for (const std::vector<std::size_t>& group : comparable(view)) {
    const auto counts = counts_of(group, models, view);
    if (!counts) continue;  // load_runs has checked that the runs' clips are those of their manifests
    const auto bootstraps = eval::bootstraps(*counts, {.pairs = false});
    const std::vector<stats::ScoreIntervals>& whole = bootstraps.at(kAll).models;
    const bool any = std::any_of(whole.begin(), whole.end(), [](const auto& of) { return of.uf1.low || of.uar.low; });
    for (const std::string& note : bootstraps.at(kAll).notes) {
      if (any && std::find(view.interval_notes.begin(), view.interval_notes.end(), note) == view.interval_notes.end())
        view.interval_notes.push_back(note);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      std::map<std::string, stats::ScoreIntervals> scopes;
      for (const auto& [scope, bootstrap] : bootstraps) scopes.emplace(scope, bootstrap.models[i]);
      view.models[group[i]].intervals = in_order(scopes, notes);
      const stats::Interval& uf1 = bootstraps.at(kAll).models[i].uf1;
      if (uf1.low && view.interval_method.empty()) {
        view.interval_method = fmt::format("{:.0f} % intervals: {}, {} draws", 100.0 * uf1.level, uf1.method, thousands(uf1.draws));
      }
      const stats::Spread spread = stats::spread(*counts, bootstraps.at(kAll), i, Metric::kUf1);
      view.spreads[group[i]] = {.model = group[i],
                                .seeds = spread.seeds,
                                .seed_deviation = spread.seed_deviation.value,
                                .subject_error = spread.subject_error.value};
    }
    std::vector<std::size_t> valid;
    for (const std::size_t place : group) {
      if (!view.models[place].invalid && view.models[place].differing.empty()) valid.push_back(place);
    }
    if (valid.size() < 2) continue;
    const auto compared = counts_of(valid, models, view);
    if (compared) view.comparisons.push_back(Comparer(valid, *compared, stats::bootstrap(*compared), models, notes, view).make());
  }
}

std::optional<ComparisonView> compare_pair(std::size_t first, std::size_t second, const std::vector<ModelRuns>& models, ReportView& view) {
  const std::vector<std::size_t> places{first, second};
  const auto counts = counts_of(places, models, view);
  if (!counts) return std::nullopt;
  Notes notes(view.notes);
  return Comparer(places, *counts, stats::bootstrap(*counts), models, notes, view, /*plan=*/false).make();
}

}  // namespace mexbench::reports
