// What every statistic of this room starts from: who was tested, and how often each model called a clip of truth t a clip of class p.
//
// The subject is the unit. Clips of one person share a face, a way of moving and a camera, so they are not independent: a statistic that
// resamples clips finds differences that are not there. Whatever is drawn, swapped or left out here is a subject with all its clips.
// Subjects belong to strata (their datasets), because a composite's datasets were fixed before anybody was sampled.
//
// A model has one or more seeds. Each seed answers every clip once, so one subject holds, per seed, one K x K table of counts:
//
//   counts[seed][subject][truth][prediction]
//
// Pooled scores are those of MEGC 2019, bit for bit those of harness/eval/metrics.h: counts are summed over subjects first, then
//
//   F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c)    UF1 = mean over classes of F1_c      undefined when 2TP + FP + FN = 0 for a class
//   UAR  = mean over classes of TP_c / N_c                                         undefined when a class has no clips
//
// With several seeds a score is the mean over seeds of the pooled scores: seeds are another source of spread, never more clips.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::stats {

using core::Figure;

struct Subject {
  core::DatasetId stratum;
  core::SubjectId id;
  friend auto operator<=>(const Subject&, const Subject&) = default;
};

// Subjects [first, first + count) of the design.
struct Stratum {
  core::DatasetId id;
  std::size_t first = 0;
  std::size_t count = 0;
};

struct ModelCounts {
  std::string name;
  std::size_t seeds = 0;
  std::vector<std::int32_t> counts;  // [seed][subject][truth][prediction], contiguous
};

class SubjectCounts {
 public:
  // Subjects may come in any order; they are sorted by stratum and id, and counts with them, so that the order in which they are
  // handed over changes no draw and no figure. Models stay in theirs. Fails with kData, all problems at once: fewer than two classes, no
  // subjects, no models, a name twice, an id twice, a subject without clips, a wrong number of counts, a count below zero, more than
  // kMostClips clips in what n draws of the largest subject could hold, truth counts of a subject that differ between seeds or models
  // (they answered other clips and can't be compared).
  [[nodiscard]] static core::Result<SubjectCounts> make(std::vector<std::string> classes, std::vector<Subject> subjects,
                                                        std::vector<ModelCounts> models);

  [[nodiscard]] std::span<const std::string> classes() const { return classes_; }
  [[nodiscard]] std::span<const Subject> subjects() const { return subjects_; }
  [[nodiscard]] std::span<const Stratum> strata() const { return strata_; }
  [[nodiscard]] std::span<const ModelCounts> models() const { return models_; }
  // Clips of each class that the subject has: the same for all models and seeds.
  [[nodiscard]] std::span<const std::int32_t> truth(std::size_t subject) const;
  // K x K table of one subject.
  [[nodiscard]] std::span<const std::int32_t> table(std::size_t model, std::size_t seed, std::size_t subject) const;
  // The subjects of one stratum alone, for figures of one dataset. `stratum` is a place in strata().
  [[nodiscard]] SubjectCounts only(std::size_t stratum) const;

  // Weighted counts are summed in float32, which is exact for whole numbers up to 2^24: twice this, for a swap adds two models up.
  static constexpr std::int64_t kMostClips = std::int64_t{1} << 23;

 private:
  SubjectCounts() = default;
  void index_subjects();

  std::vector<std::string> classes_;
  std::vector<Subject> subjects_;
  std::vector<Stratum> strata_;
  std::vector<ModelCounts> models_;
  std::vector<std::int32_t> truth_;  // [subject][class]
};

// Collects clips one by one, as rows of predictions.csv come. build() fails as SubjectCounts::make does, and names a subject that one
// model or seed lacks, or that stands in two strata. Models keep the order in which they were first named, seeds go by their number.
class SubjectCountsBuilder {
 public:
  explicit SubjectCountsBuilder(std::vector<std::string> classes) : classes_(std::move(classes)) {}
  // `truth` and `prediction` are places in `classes`; a place outside is a programmer error.
  void add(std::string_view model, core::Seed seed, const Subject& subject, std::size_t truth, std::size_t prediction);
  [[nodiscard]] core::Result<SubjectCounts> build() const;

 private:
  using Table = std::vector<std::int32_t>;
  struct Model {
    std::string name;
    std::map<core::Seed, std::map<Subject, Table>> seeds;
  };
  std::vector<std::string> classes_;
  std::vector<Model> models_;
};

// The scores that this room resamples.
enum class Metric { kUf1, kUar, kAccuracy };
[[nodiscard]] std::string_view name_of(Metric metric);
// That of the three which is of the metric.
template <typename T>
[[nodiscard]] const T& chosen(Metric metric, const T& uf1, const T& uar, const T& accuracy) {
  return metric == Metric::kUf1 ? uf1 : metric == Metric::kUar ? uar : accuracy;
}

struct Scores {
  Figure uf1;
  Figure uar;
  Figure accuracy;
  std::vector<Figure> f1;  // per class
  [[nodiscard]] const Figure& of(Metric metric) const;
  friend bool operator==(const Scores&, const Scores&) = default;
};

// Pooled over all subjects, one entry per seed; and their mean over seeds, undefined when a seed is.
[[nodiscard]] std::vector<Scores> scores_per_seed(const SubjectCounts& counts, std::size_t model);
[[nodiscard]] Scores mean_scores(const SubjectCounts& counts, std::size_t model);
// `a` minus `b`, undefined when either is.
[[nodiscard]] Scores difference(const Scores& a, const Scores& b);

}  // namespace mexbench::stats
