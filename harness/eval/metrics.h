// Predictions -> counts -> metrics. Plain numbers in and out: no torch, no OpenCV, so that predictions made anywhere can be scored.
//
// Pooled metrics as MEGC 2019 defines them (See, Yap, Li, Hong, Wang: "MEGC 2019 - The Second Facial Micro-Expressions Grand
// Challenge", FG 2019): counts are summed over folds first, then
//   UF1 = mean over classes of F1_c, F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c)
//   UAR = mean over classes of TP_c / N_c
// computed for all clips and for each dataset from the same predictions. A value without a denominator is undefined, never 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/figure.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/label_map.h"
#include "harness/data/truth.h"

namespace mexbench::eval {

// One row per test clip per run.
struct Prediction {
  core::DatasetId dataset;
  core::SubjectId subject;
  core::ClipId clip;
  std::string clip_name;  // last part of the clip id
  core::FoldId fold;
  data::Truth truth = data::Truth::one_class(0);
  std::size_t predicted = 0;  // place of the predicted class
  std::vector<float> scores;  // one per class, or empty when only decisions are known
};

// How the list of classes is known. kSeen: a class that neither truth nor predictions mention is not counted as absent.
enum class ClassSource { kGiven, kScoreColumns, kSeen };

struct PredictionSet {
  std::vector<std::string> classes;  // in score-column order
  std::vector<Prediction> rows;      // sorted by dataset, subject, clip name once sort_predictions() has run
  ClassSource class_source = ClassSource::kGiven;
  bool by_order = false;  // the file names no clips: its numbers were attached to a manifest's clips by their order
};

void sort_predictions(PredictionSet& predictions);

// First maximum wins. NaN never wins; all-NaN is a programmer error (folds with non-finite scores fail earlier).
[[nodiscard]] std::size_t argmax(std::span<const float> scores);

// Row-major clips x classes training targets for model::TargetView (one-hot for single-class truth).
[[nodiscard]] std::vector<float> encode_targets(std::span<const data::Truth> truths, std::size_t classes);

// What rooms that carry truths ask of them. Whether a prediction is right; the truth under other places of the classes
// (`places[old place]`); one more clip in the counts per class, of a truth that fits them; and truth and prediction exchanged, without
// scores, which is nothing when a truth is not a single class.
[[nodiscard]] bool agrees(const data::Truth& truth, std::size_t predicted);
[[nodiscard]] data::Truth with_places(const data::Truth& truth, std::span<const std::size_t> places);
void count_truth(const data::Truth& truth, std::span<std::int64_t> per_class);
[[nodiscard]] std::optional<PredictionSet> exchanged(const PredictionSet& predictions);

// A list of classes that can be scored: at least two, none empty, none twice, no two that are one number in two spellings (`0` and `0.0`
// would be two classes). kUsage, all problems at once.
[[nodiscard]] core::Status check_class_names(std::span<const std::string> names);

// How truth is written in files, and read back: the class name for single-class truth.
[[nodiscard]] std::string truth_text(std::span<const std::string> classes, const data::Truth& truth);
[[nodiscard]] core::Result<data::Truth> parse_truth(std::span<const std::string> classes, const std::string& text);

using core::Figure;

struct ClassMetrics {
  std::string name;
  std::int64_t support = 0;  // clips whose truth is this class
  Figure precision;          // TP / (TP + FP)
  Figure recall;             // TP / N
  Figure f1;                 // 2TP / (2TP + FP + FN)
};

// confusion[truth][prediction], counts of clips.
using Confusion = std::vector<std::vector<std::int64_t>>;

struct ScopeMetrics {
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
  Figure uf1;                  // undefined when the F1 of a class is
  Figure uar;                  // undefined when the recall of a class is
  Figure uf1_defined_classes;  // mean over the classes that are defined
  Figure uar_defined_classes;
  Figure accuracy;
  Confusion confusion;
  std::vector<ClassMetrics> per_class;
};

struct Metrics {
  std::vector<std::string> classes;
  std::map<std::string, ScopeMetrics> scopes;  // "all" and each dataset id
};

[[nodiscard]] ScopeMetrics metrics_of(const Confusion& confusion, std::span<const std::string> classes, std::int64_t subjects);
[[nodiscard]] Metrics evaluate(const PredictionSet& predictions);
// Equal counts, and figures equal up to the last digits, which another compiler may round differently.
[[nodiscard]] bool same_figures(const ScopeMetrics& a, const ScopeMetrics& b);

// metrics.json, schema "mexbench.metrics/1". An undefined figure is {"value": null, "reason": "..."}; a defined one a number.
[[nodiscard]] nlohmann::json to_json(const Metrics& metrics);
[[nodiscard]] core::Result<Metrics> metrics_from_json(const nlohmann::json& source, const std::string& file);

// predictions.csv: dataset,subject,clip,fold,truth,prediction,score:<class>...; scores %.9g; sorted by dataset, subject, clip.
// `subject` is the id's raw part (sub01), `clip` the clip name, `fold` the fold id.
[[nodiscard]] std::string to_csv(const PredictionSet& predictions);

struct ReadOptions {
  std::vector<std::string> classes;  // given: the class names in order; empty: from the score columns, else the names seen, sorted
  bool keep_duplicates = false;      // leave clips that occur twice to audit::join_manifest, which reports them as a broken rule
};
// Reads predictions.csv and predictions made elsewhere: columns by name (further columns are ignored), `fold` and scores optional,
// datasets, subjects, clips and folds in any spelling of data/subject_names.h, blanks around a field dropped. When classes are given
// and more labels are integers than are names of them, labels are places in that list. Strict: a missing column, a wrong number of
// fields, an unknown class, classes that check_class_names() refuses, a duplicate clip, a clip of another subject, a score that is not a
// finite number, a prediction whose score is not the highest of its row is kData, all problems at once. Rows come back sorted.
[[nodiscard]] core::Result<PredictionSet> parse_predictions(const std::string& csv, const std::string& file, const ReadOptions& options);

}  // namespace mexbench::eval
