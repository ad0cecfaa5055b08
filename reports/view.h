// What a report shows, as plain structs: everything is decided here (order, grouping, differences, sentences, footnotes), so that the
// renderers only draw and a new output format can't disagree with the others. Texts are as they came from the files; renderers escape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/audit/run_rules.h"
#include "harness/eval/metrics.h"
#include "harness/stats/bayesian_signed_rank.h"
#include "harness/stats/friedman.h"
#include "harness/stats/mcnemar.h"
#include "reports/calibration.h"
#include "reports/cells.h"
#include "reports/conventions_view.h"
#include "reports/evidence.h"
#include "reports/influence_view.h"
#include "reports/latency_view.h"
#include "reports/report.h"
#include "reports/selection_view.h"
#include "reports/training.h"

namespace mexbench::reports {

// Of a model's scores on one scope; with several seeds, of their mean.
struct ScopeIntervals {
  std::string scope;
  IntervalCell uf1;
  IntervalCell uar;
  IntervalCell accuracy;
  std::vector<IntervalCell> f1;  // per class
};

struct ScoreCells {
  FigureCell uf1;
  FigureCell uar;
  FigureCell accuracy;
};

struct ClassView {
  std::string name;
  std::int64_t clips = 0;
  FigureCell precision;
  FigureCell recall;
  FigureCell f1;
};

struct ScopeSpread {
  std::string scope;
  SpreadCell uf1;
  SpreadCell uar;
  SpreadCell accuracy;
};

// What answers that look at no image score on the clips of a group (eval/floor.h), for the runs to which the same holds: those whose folds
// trained and tested on the same clips.
struct FloorView {
  std::vector<std::size_t> runs;  // places in ReportView::runs
  std::string of;                 // whose floor it is: models or experiments; empty when it is that of every run of the group
  std::string answers;            // of the majority: "'negative' in every fold"
  ScoreCells majority;            // and prior
  std::int64_t draws = 0;
  ScopeSpread random;  // classes drawn with the training shares: mean, 2.5 and 97.5 percentile of the draws
};

// Clips that several runs may answer for: those of several datasets together (scope `all`) or of one dataset. The `all` of a run on one
// dataset is that dataset once more, so it stands in no group of its own and is not drawn; files have it.
struct ScopeGroup {
  std::string scope;                  // all, casme2, ...
  std::vector<std::string> datasets;  // what it covers, by id
  std::string title;                  // "all datasets", "casme2"; where runs differ in their datasets "casme2 + samm"
  // Clips, subjects and where their apexes are from, when every run in it agrees.
  std::optional<std::int64_t> clips;
  std::optional<std::int64_t> subjects;
  std::optional<std::string> apex;
  std::vector<FloorView> floors;  // by their first run; none when no run of it has one

  // Whether a run on these datasets has scores here, and whether they are of all its clips.
  [[nodiscard]] bool has(const std::vector<std::string>& of) const;
  [[nodiscard]] bool is_whole(const std::vector<std::string>& of) const { return of == datasets; }
  // The floor of a run, by its place in ReportView::runs; null: not known.
  [[nodiscard]] const FloorView* floor_of(std::size_t run) const;
};

// A run's scores on all clips or on one dataset.
struct ScopeView {
  std::string scope;  // all, casme2, ...
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
  std::string apex;  // where the apexes of its clips are from: "annotated", "annotated 131, midpoint 2", "none"; empty: not known
  ScoreCells scores;
  eval::Confusion confusion;  // [truth][prediction]
  std::vector<ClassView> classes;
};

struct Fact {
  std::string key;
  std::string value;
  bool code = false;  // a hash, a command, a setting: drawn in a fixed pitch
};

struct RunView {
  std::string anchor;  // run-1
  std::string model;   // display name of the model: its label, with several experiments "experiment / label"
  std::string label;
  std::string experiment;
  std::uint64_t seed = 0;
  std::string verdict;
  std::vector<std::string> reasons;
  std::vector<std::string> class_names;
  std::vector<std::string> datasets;      // ids
  std::vector<ScopeView> scopes;          // all first, then the datasets
  std::vector<ScopeIntervals> intervals;  // of the same
  std::vector<Fact> facts;
  std::vector<audit::RuleResult> audit_rules;
  std::string command;
  [[nodiscard]] const ScopeView* find(const std::string& scope) const;
  [[nodiscard]] const ScopeIntervals* intervals_on(const std::string& scope) const;
  // Nothing when the group is not the run's.
  [[nodiscard]] const ScopeView* in(const ScopeGroup& group) const { return group.has(datasets) ? find(group.scope) : nullptr; }
};

// The runs of one label when nothing but the seed tells them apart. Else there is no mean over them: each run of the label is a model of
// its own here, with the run's seed behind its name.
struct ModelView {
  std::string name;  // as RunView::model, then perhaps ", seed 3"
  std::string label;
  std::string experiment;
  std::string verified;          // fixture | shapes | none
  std::string verified_meaning;  // one sentence
  std::string selection;         // how epochs were chosen: "fixed_epoch", "loaded weights"
  std::vector<Fact> facts;
  std::vector<std::size_t> runs;       // places in ReportView::runs, by seed; never empty
  std::vector<std::string> differing;  // what else differs between the label's runs, with the values: "train.epochs (3, 1)"
  std::vector<std::string> datasets;
  std::vector<ScopeSpread> scopes;
  std::vector<ScopeIntervals> intervals;  // of the same
  std::string verdict;                    // of its runs: VALID, UNAUDITED, INVALID; "includes INVALID" when some are
  bool invalid = false;                   // some run is INVALID
  std::string comparison_digest;          // equal for models that predicted the same clips, classes and truths under the same protocol
  [[nodiscard]] const ScopeSpread* find(const std::string& scope) const;
  [[nodiscard]] const ScopeIntervals* intervals_on(const std::string& scope) const;
  [[nodiscard]] const ScopeSpread* in(const ScopeGroup& group) const { return group.has(datasets) ? find(group.scope) : nullptr; }
};

// One metric of two models, first minus second.
struct PairFigure {
  FigureCell difference;
  IntervalCell interval;
  FigureCell p;                      // subject swaps
  std::optional<double> adjusted;    // Holm over the family; nothing outside it
  std::optional<double> smallest;    // the smallest difference that this design finds about three times in four (power.h)
  std::optional<std::int64_t> need;  // subjects that a true difference of this size would take for that
};

// Two models that predicted the same clips.
struct PairView {
  std::size_t first = 0;  // places in ReportView::models; the first has the higher UF1 (or stands first)
  std::size_t second = 0;
  bool planned = true;  // in the family
  PairFigure uf1;
  PairFigure uar;
  bool resolved = false;  // planned, and the adjusted p of UF1 is below alpha
  // Accuracy of each subject, the secondary look.
  std::optional<double> wilcoxon;
  std::optional<stats::BayesianSignedRank> practice;
  // Clip by clip, a reference only; with single seeds alone.
  std::optional<stats::McNemar> clips;
};

// Average ranks of models over blocks, from which the critical-difference diagram and its sentence are made.
struct RankView {
  std::string blocks;  // what they are: "68 subjects, by accuracy"
  stats::RankComparison ranks;
  std::vector<std::size_t> models;  // places in ReportView::models, in the order of RankComparison
};

struct SubjectInfluence {
  std::string subject;                     // samm/006
  std::vector<std::optional<double>> uf1;  // without it, per ComparisonView::models
  bool changes_best = false;
  bool changes_order = false;
};

// Models that predicted the same clips under one protocol, those with INVALID runs left out.
struct ComparisonView {
  std::vector<std::size_t> models;  // places in ReportView::models
  std::vector<std::string> datasets;
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
  std::string family;  // name; empty: every pair
  std::size_t family_size = 0;
  double alpha = 0.05;
  double equivalence = 0.01;
  std::int64_t permutations = 0;  // of each test
  bool exact = false;             // they were all there are
  std::vector<PairView> pairs;
  std::optional<RankView> ranks;
  std::string no_ranks;                                                          // why there are none
  std::vector<SubjectInfluence> influences;                                      // in the order of subjects
  std::vector<std::string> notes;                                                // sentences that belong beside the intervals: few subjects
  [[nodiscard]] const PairView* find(std::size_t one, std::size_t other) const;  // in either order
};

// A setting that two models do not share; empty: absent.
struct ChangedSetting {
  std::string key;
  std::string first;
  std::string second;
};
struct ChangedClip {
  std::string clip;
  std::string truth;
  std::string first;  // what each called it
  std::string second;
};
// What changed between two models.
struct ChangesView {
  std::size_t first = 0;  // places in ReportView::models
  std::size_t second = 0;
  std::vector<ChangedSetting> settings;
  std::size_t same_settings = 0;
  bool other_environment = false;
  std::int64_t both_right = 0, first_right = 0, second_right = 0, both_wrong = 0;  // clips that both predicted
  std::int64_t only_in_first = 0, only_in_second = 0;                              // clips that one predicted
  std::vector<ChangedClip> clips;                                                  // called differently
};

// Seeds and subjects, the two sources of spread.
struct SpreadSources {
  std::size_t model = 0;
  std::size_t seeds = 0;
  std::optional<double> seed_deviation;  // of the scores over seeds (n - 1)
  std::optional<double> subject_error;   // standard error from the subject bootstrap
};

// Why runs have their verdict, each reason once.
struct ReasonView {
  std::string verdict;
  std::string reason;
  std::string runs;  // "the run", "all 9 runs", "ststnet, seeds 0 and 2"
};

struct SubjectCell {
  std::int64_t clips = 0;  // in each run
  double correct = 0.0;    // clips, mean over the seeds
  double accuracy = 0.0;
};
struct SubjectRow {
  std::string dataset;
  std::string subject;                             // the release's form, sub01
  std::int64_t clips = 0;                          // the most that a model predicted
  std::vector<std::optional<SubjectCell>> models;  // one per ReportView::models; nothing: not predicted by that model
};

struct PublishedRow {
  std::string scope;
  std::string metric;  // UF1, UAR, accuracy
  double published = 0.0;
  // What so few clips leave open, where a class has fewer than 30 of them here: at least this wide (published.h).
  std::optional<double> published_low;
  std::optional<double> published_high;
  std::optional<FigureCell> ours;    // mean over seeds; nothing: no score here that answers the same question
  std::string absent;                // then: why
  std::optional<double> difference;  // ours - published
  std::optional<bool> inside;        // whether our interval holds the published figure; nothing: no interval, or no difference
};
// A published result beside one model.
struct PublishedView {
  std::string anchor;                 // published-1
  PublishedResult source;             // citation, where, convention, selection rule
  std::optional<std::size_t> model;   // place in ReportView::models of the model it stands beside; nothing: none
  std::vector<std::string> cautions;  // what a reader of the difference must know, the weightiest first
  std::string all_caution;            // the one of them that is about the scope `all` alone, or empty
  std::vector<PublishedRow> rows;
  [[nodiscard]] const PublishedRow* find(const std::string& scope, std::string_view metric) const;
  [[nodiscard]] std::string first_caution(const std::string& scope) const;  // empty: none
};

struct DatasetCounts {
  std::string dataset;
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
  std::vector<std::int64_t> per_class;
  std::string apex;  // "annotated 145" or "annotated 100, midpoint 45"
};
struct InputView {
  std::string adapter;
  std::vector<std::string> class_names;
  std::vector<DatasetCounts> counts;  // by dataset id; with several, a last row `all`
  std::vector<Fact> facts;
  std::vector<std::string> notes;
  std::vector<std::string> used_by;  // models
  std::vector<std::size_t> runs;     // their places in ReportView::runs
};

struct EnvironmentView {
  std::string hash;
  std::vector<Fact> facts;
  std::vector<std::string> used_by;  // "ststnet, seed 0"
};

struct IncompleteView {
  std::string model;
  std::uint64_t seed = 0;
  std::string state;
  std::int64_t sealed = 0;
  std::int64_t planned = 0;
  std::vector<FailedFold> failed;
  std::vector<std::string> missing_files;
  std::string command;
};

struct ReportView {
  std::string title;
  std::vector<std::string> experiments;
  std::vector<std::string> descriptions;  // of the experiments that have one
  std::vector<std::string> sentences;     // the summary, see sentences.h
  std::vector<RunView> runs;              // complete ones
  std::vector<ModelView> models;
  std::vector<ReasonView> reasons;
  std::vector<ScopeGroup> scopes;           // of several datasets first, then the datasets by id
  std::vector<ComparisonView> comparisons;  // those of several models
  std::vector<ChangesView> changes;
  EvidenceView evidence;
  std::vector<SpreadSources> spreads;       // of UF1, per model
  std::vector<std::string> interval_notes;  // what a reader of the intervals must know: few subjects
  std::string interval_method;              // for captions: unit, method and count; empty without an interval
  std::vector<std::string> floorless;       // models with a run that has no floor.json
  CalibrationSection calibration;
  TrainingSection training;
  LatencySection latency;
  std::vector<SubjectRow> subjects;
  std::vector<PublishedView> published;
  SelectionView selection;
  ConventionsView conventions;
  InfluenceView influence;
  std::vector<InputView> inputs;
  std::vector<EnvironmentView> environments;
  std::vector<IncompleteView> incomplete;
  std::vector<std::string> versions;  // of mexbench that made the runs
  std::vector<std::string> notes;     // footnotes: why a figure is undefined

  [[nodiscard]] bool several_seeds() const;  // some model has more than one
  // The published results that stand beside a model, by its place.
  [[nodiscard]] std::vector<const PublishedView*> published_beside(std::size_t model) const;
};

[[nodiscard]] ReportView make_view(const ReportData& data);

}  // namespace mexbench::reports
