// What a report shows, as plain structs: everything is decided here (order, grouping, differences, sentences, footnotes), so that the
// renderers only draw and a new output format can't disagree with the others. Texts are as they came from the files; renderers escape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/audit/run_rules.h"
#include "harness/eval/metrics.h"
#include "reports/report.h"

namespace mexbench::reports {

// A number, or the footnote that says why there is none.
struct FigureCell {
  std::optional<double> value;
  std::size_t note = 0;  // set exactly when value is not: place in ReportView::notes, from 1
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

// A run's scores on all clips or on one dataset.
struct ScopeView {
  std::string scope;  // all, casme2, ...
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
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
  std::vector<ScopeView> scopes;  // all first, then the datasets
  std::vector<Fact> facts;
  std::vector<audit::RuleResult> audit_rules;
  std::string command;
  [[nodiscard]] const ScopeView* find(const std::string& scope) const;
};

// Mean, smallest and largest value over the seeds of a model. The interval a statistic gives belongs beside these.
struct SpreadCell {
  FigureCell mean;  // undefined when a seed is
  double low = 0.0;
  double high = 0.0;
};

struct ScopeSpread {
  std::string scope;
  SpreadCell uf1;
  SpreadCell uar;
  SpreadCell accuracy;
};

struct ModelView {
  std::string name;  // as RunView::model
  std::string label;
  std::string experiment;
  std::string verified;          // fixture | shapes | none
  std::string verified_meaning;  // one sentence
  std::string selection;         // how epochs were chosen: "fixed_epoch", "loaded weights"
  std::vector<Fact> facts;
  std::vector<std::size_t> runs;  // places in ReportView::runs, by seed; never empty
  std::vector<ScopeSpread> scopes;
  bool invalid = false;           // some run is INVALID
  std::string comparison_digest;  // equal for models that predicted the same clips, classes and truths under the same protocol
  [[nodiscard]] const ScopeSpread* find(const std::string& scope) const;
};

// A scope seen across models, in the order all, then datasets by id.
struct ScopeGroup {
  std::string scope;
  // Clips and subjects, when every run that has the scope agrees.
  std::optional<std::int64_t> clips;
  std::optional<std::int64_t> subjects;
  // What always answering the largest class would score; there when every run has the same clips per class.
  std::string largest_class;
  std::optional<double> largest_class_uf1;
  std::optional<double> largest_class_uar;
  std::optional<double> largest_class_accuracy;
};

struct SubjectCell {
  double correct = 0.0;  // clips, mean over the seeds
  double accuracy = 0.0;
};
struct SubjectRow {
  std::string dataset;
  std::string subject;  // the release's form, sub01
  std::int64_t clips = 0;
  std::vector<std::optional<SubjectCell>> models;  // one per ReportView::models; nothing: not predicted by that model
};

struct PublishedRow {
  std::string scope;
  std::string metric;  // UF1, UAR, accuracy
  double published = 0.0;
  std::optional<FigureCell> ours;    // mean over seeds; nothing: no such score here
  std::optional<double> difference;  // ours - published
};
struct PublishedView {
  PublishedResult source;  // citation, where, convention, selection rule
  std::string beside;      // the model it stands beside; empty: none
  std::int64_t seeds = 0;  // of that model
  std::string selection;   // how that model's epochs were chosen here; empty: no such model
  std::vector<std::string> cautions;
  std::vector<PublishedRow> rows;
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
  std::vector<ScopeGroup> scopes;
  std::vector<SubjectRow> subjects;
  std::vector<PublishedView> published;
  std::vector<InputView> inputs;
  std::vector<EnvironmentView> environments;
  std::vector<IncompleteView> incomplete;
  std::vector<std::string> versions;  // of mexbench that made the runs
  std::vector<std::string> notes;     // footnotes: why a figure is undefined

  [[nodiscard]] bool several_seeds() const;  // some model has more than one
};

[[nodiscard]] ReportView make_view(const ReportData& data);

}  // namespace mexbench::reports
