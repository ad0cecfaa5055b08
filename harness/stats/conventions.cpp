#include "harness/stats/conventions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

#include "harness/core/text.h"

namespace mexbench::stats {
namespace {

enum class Absent { kZero, kOne, kSkipped };

// Counts of a fold, or of all folds.
struct Counts {
  std::vector<std::int64_t> clips, hits, answers;  // per class

  explicit Counts(std::size_t classes) : clips(classes, 0), hits(classes, 0), answers(classes, 0) {}
  void add(std::span<const std::int64_t> table) {
    const std::size_t classes = clips.size();
    assert(table.size() == classes * classes);
    for (std::size_t t = 0; t < classes; ++t) {
      for (std::size_t p = 0; p < classes; ++p) {
        const std::int64_t count = table[t * classes + p];
        assert(count >= 0);
        clips[t] += count;
        answers[p] += count;
        if (t == p) hits[t] += count;
      }
    }
  }
  [[nodiscard]] std::size_t classes() const { return clips.size(); }
  [[nodiscard]] std::int64_t all_clips() const { return std::accumulate(clips.begin(), clips.end(), std::int64_t{0}); }
  [[nodiscard]] std::int64_t all_hits() const { return std::accumulate(hits.begin(), hits.end(), std::int64_t{0}); }
};

double ratio(std::int64_t numerator, std::int64_t denominator) { return static_cast<double>(numerator) / static_cast<double>(denominator); }

std::optional<double> f1_of(const Counts& counts, std::size_t c) {
  const std::int64_t both = counts.clips[c] + counts.answers[c];  // 2TP + FP + FN
  if (both == 0) return std::nullopt;
  return ratio(2 * counts.hits[c], both);
}

std::optional<double> recall_of(const Counts& counts, std::size_t c) {
  if (counts.clips[c] == 0) return std::nullopt;
  return ratio(counts.hits[c], counts.clips[c]);
}

// What scikit-learn's recall_score gives for the labels it sees: 0 without clips, absent without clips and answers.
std::optional<double> seen_recall_of(const Counts& counts, std::size_t c) {
  if (counts.clips[c] + counts.answers[c] == 0) return std::nullopt;
  return recall_of(counts, c).value_or(0.0);
}

using OfClass = std::optional<double> (*)(const Counts&, std::size_t);

// Mean over classes; nothing when each is skipped.
std::optional<double> class_mean(const Counts& counts, OfClass value, Absent absent) {
  double sum = 0.0;
  std::size_t classes = 0;
  for (std::size_t c = 0; c < counts.classes(); ++c) {
    const auto one = value(counts, c);
    if (!one && absent == Absent::kSkipped) continue;
    sum += one.value_or(absent == Absent::kOne ? 1.0 : 0.0);
    ++classes;
  }
  if (classes == 0) return std::nullopt;
  return sum / static_cast<double>(classes);
}

// F1 of each class by its share of the clips. A class without clips has no weight.
std::optional<double> weighted_f1(const Counts& counts) {
  double sum = 0.0;
  for (std::size_t c = 0; c < counts.classes(); ++c) {
    if (counts.clips[c] > 0) sum += static_cast<double>(counts.clips[c]) * *f1_of(counts, c);
  }
  if (counts.all_clips() == 0) return std::nullopt;
  return sum / static_cast<double>(counts.all_clips());
}

std::optional<double> accuracy_of(const Counts& counts) {
  if (counts.all_clips() == 0) return std::nullopt;
  return ratio(counts.all_hits(), counts.all_clips());
}

class Multiverse {
 public:
  Multiverse(std::span<const std::string> classes, std::span<const FoldCounts> folds) : classes_(classes), pooled_(classes.size()) {
    assert(!classes.empty());
    for (const FoldCounts& fold : folds) {
      folds_.emplace_back(classes.size());
      folds_.back().add(fold.table);
      pooled_.add(fold.table);
      if (empty_fold_.empty() && folds_.back().all_clips() == 0) empty_fold_ = fmt::format("fold '{}' has no clips", fold.name);
    }
    if (folds.empty()) empty_fold_ = "there are no folds";
  }

  // Undefined as soon as a class is, with the reasons of eval::metrics_of.
  [[nodiscard]] Figure strict(OfClass value, std::string_view why) const {
    std::vector<std::string> reasons;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (!value(pooled_, c)) reasons.push_back(fmt::format("class '{}' {}", classes_[c], why));
    }
    if (!reasons.empty()) return Figure::undefined(core::join(reasons, "; "));
    return Figure::of(*class_mean(pooled_, value, Absent::kSkipped));
  }

  [[nodiscard]] Figure pooled(const auto& score) const {
    const std::optional<double> value = score(pooled_);
    return value ? Figure::of(*value) : Figure::undefined("there are no clips");
  }

  [[nodiscard]] Figure averaged(const auto& score) const {
    if (!empty_fold_.empty()) return Figure::undefined(empty_fold_);
    double sum = 0.0;
    for (const Counts& fold : folds_) sum += *score(fold);  // a fold with clips has at least one class
    return Figure::of(sum / static_cast<double>(folds_.size()));
  }

 private:
  std::span<const std::string> classes_;
  Counts pooled_;
  std::vector<Counts> folds_;
  std::string empty_fold_;  // why nothing can be averaged over folds
};

}  // namespace

std::vector<Convention> conventions(std::span<const std::string> classes, std::span<const FoldCounts> folds) {
  const Multiverse of(classes, folds);
  const auto f1 = [](Absent absent) { return [absent](const Counts& counts) { return class_mean(counts, f1_of, absent); }; };
  const auto recall = [](Absent absent) { return [absent](const Counts& counts) { return class_mean(counts, recall_of, absent); }; };
  const auto seen_recall = [](const Counts& counts) { return class_mean(counts, seen_recall_of, Absent::kSkipped); };
  const auto per_class = static_cast<double>(classes.size());
  const auto last_class = [&](const Counts& counts) -> std::optional<double> {
    const auto last = f1_of(counts, counts.classes() - 1);
    if (!last) return std::nullopt;
    return *last / per_class;
  };
  const auto all_clips_recall = [&](const Counts& counts) -> std::optional<double> {
    const auto accuracy = accuracy_of(counts);
    if (!accuracy) return std::nullopt;
    return *accuracy / per_class;
  };
  Figure of_last_class = of.pooled(last_class);
  if (!of_last_class.value) {
    of_last_class.reason = fmt::format("class '{}' has no clips and is never predicted", classes.back());
  }
  return {
      {.id = "pooled_uf1",
       .name = "UF1, pooled",
       .formula = "counts summed over folds, mean over classes of 2TP/(2TP+FP+FN)",
       .who = "MEGC 2019; mexbench",
       .value = of.strict(f1_of, "has no clips and is never predicted")},
      {.id = "pooled_uar",
       .name = "UAR, pooled",
       .formula = "counts summed over folds, mean over classes of TP/N",
       .who = "MEGC 2019; mexbench",
       .value = of.strict(recall_of, "has no clips")},
      {.id = "pooled_accuracy",
       .name = "accuracy, pooled",
       .formula = "right clips of all folds / clips of all folds",
       .who = "scikit-learn accuracy_score on all predictions",
       .value = of.pooled(accuracy_of)},
      {.id = "pooled_f1_defined",
       .name = "macro F1, pooled, absent classes dropped",
       .formula = "as pooled UF1, mean over the classes that have clips or predictions",
       .who = "christy1206/STSTNet main.py and wangzhifengharrison/HTNet main_HTNet.py (a class whose counts fail is dropped silently); "
              "muse1998/MMNet CASME2_3.py; scikit-learn f1_score(average='macro') on all predictions, without labels=",
       .value = of.pooled(f1(Absent::kSkipped))},
      {.id = "pooled_f1_weighted",
       .name = "F1 weighted by support, pooled",
       .formula = "counts summed over folds, sum over classes of N_c/N * F1_c",
       .who = "scikit-learn f1_score(average='weighted') on all predictions",
       .value = of.pooled(weighted_f1)},
      {.id = "fold_f1_zero",
       .name = "macro F1, mean over folds, absent classes count 0",
       .formula = "per fold mean over all classes of F1, 0 where 2TP+FP+FN = 0; mean over folds",
       .who = "scikit-learn f1_score(average='macro', labels=all classes) per fold, its default zero_division",
       .value = of.averaged(f1(Absent::kZero))},
      {.id = "fold_f1_one",
       .name = "macro F1, mean over folds, absent classes count 1",
       .formula = "per fold mean over all classes of F1, 1 where 2TP+FP+FN = 0; mean over folds",
       .who = "scikit-learn f1_score(average='macro', labels=all classes, zero_division=1) per fold",
       .value = of.averaged(f1(Absent::kOne))},
      {.id = "fold_f1_skipped",
       .name = "macro F1, mean over folds, absent classes skipped",
       .formula = "per fold mean of F1 over the classes with clips or predictions there; mean over folds",
       .who = "scikit-learn f1_score(average='macro') per fold without labels=, as cross_val_score(scoring='f1_macro') calls it",
       .value = of.averaged(f1(Absent::kSkipped))},
      {.id = "fold_f1_weighted",
       .name = "F1 weighted by support, mean over folds",
       .formula = "per fold sum over classes of N_c/N * F1_c; mean over folds",
       .who = "scikit-learn f1_score(average='weighted') per fold, as cross_val_score(scoring='f1_weighted') calls it",
       .value = of.averaged(weighted_f1)},
      {.id = "fold_recall_zero",
       .name = "macro recall, mean over folds, absent classes count 0",
       .formula = "per fold mean over all classes of TP/N, 0 where N = 0; mean over folds",
       .who = "scikit-learn recall_score(average='macro', labels=all classes) per fold, its default zero_division",
       .value = of.averaged(recall(Absent::kZero))},
      {.id = "fold_recall_one",
       .name = "macro recall, mean over folds, absent classes count 1",
       .formula = "per fold mean over all classes of TP/N, 1 where N = 0; mean over folds",
       .who = "scikit-learn recall_score(average='macro', labels=all classes, zero_division=1) per fold",
       .value = of.averaged(recall(Absent::kOne))},
      {.id = "fold_recall_skipped",
       .name = "macro recall, mean over folds, absent classes skipped",
       .formula = "per fold mean of TP/N over the classes with clips there; mean over folds",
       .who = "scikit-learn balanced_accuracy_score per fold, as cross_val_score(scoring='balanced_accuracy') calls it",
       .value = of.averaged(recall(Absent::kSkipped))},
      {.id = "fold_recall_seen",
       .name = "macro recall, mean over folds, classes seen there",
       .formula = "per fold mean of TP/N over the classes with clips or predictions there, 0 where N = 0; mean over folds",
       .who = "scikit-learn recall_score(average='macro') per fold without labels=, as cross_val_score(scoring='recall_macro') calls it",
       .value = of.averaged(seen_recall)},
      {.id = "fold_accuracy",
       .name = "accuracy, mean over folds",
       .formula = "per fold right clips / clips; mean over folds",
       .who = "scikit-learn cross_val_score(scoring='accuracy')",
       .value = of.averaged(accuracy_of)},
      {.id = "pooled_recall_all_clips",
       .name = "recall divided by all clips, pooled",
       .formula = "counts summed over folds, mean over classes of TP_c / N with the N of all classes: accuracy / K",
       .who = "davidnvq/me_recognition capsule/evaluations/eval.py, class UARecall (not called there)",
       .value = of.pooled(all_clips_recall)},
      {.id = "pooled_f1_last_class",
       .name = "F1 of the last class divided by K, pooled",
       .formula = "counts summed over folds, F1 of the last class / K",
       .who = "davidnvq/me_recognition capsule/evaluations/eval.py, class UF1 (not called there)",
       .value = of_last_class},
  };
}

}  // namespace mexbench::stats
