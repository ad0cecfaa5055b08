#include "harness/stats/pooled.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "harness/core/text.h"

// Compiled for several instruction sets, the processor's chosen when the program starts. The bits are the same in all: sums of whole
// numbers are exact, everything else goes number by number, and nothing is contracted (cmake/Toolchain.cmake). Sanitizers run before the
// choice is made, and crash.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define MEXBENCH_VECTOR_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define MEXBENCH_VECTOR_CLONES
#endif

namespace mexbench::stats {
namespace {

Figure mean_of_classes(std::span<const Figure> classes) {
  double sum = 0.0;
  std::vector<std::string> reasons;
  for (const Figure& one : classes) {
    if (one.value) {
      sum += *one.value;
    } else {
      reasons.push_back(one.reason);
    }
  }
  if (!reasons.empty()) return Figure::undefined(core::join(reasons, "; "));
  return Figure::of(sum / static_cast<double>(classes.size()));
}

Columns columns_of(const SubjectCounts& counts, const auto& number) {
  Columns out(counts.classes().size(), std::vector<float>(counts.subjects().size(), 0.0F));
  for (std::size_t c = 0; c < out.size(); ++c) {
    for (std::size_t s = 0; s < counts.subjects().size(); ++s) out[c][s] = static_cast<float>(number(s, c));
  }
  return out;
}

}  // namespace

void PooledSums::add(std::span<const std::int32_t> table, double weight) {
  const std::size_t classes = clips_.size();
  assert(table.size() == classes * classes);
  for (std::size_t t = 0; t < classes; ++t) {
    for (std::size_t p = 0; p < classes; ++p) {
      const double count = weight * static_cast<double>(table[t * classes + p]);
      clips_[t] += count;
      answers_[p] += count;
      if (t == p) hits_[t] += count;
    }
  }
}

Scores PooledSums::scores(std::span<const std::string> classes) const {
  Scores out;
  std::vector<Figure> recalls;
  double clips = 0.0;
  double hits = 0.0;
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    const double both = clips_[c] + answers_[c];  // 2TP + FP + FN
    out.f1.push_back(both > 0.0 ? Figure::of(2.0 * hits_[c] / both)
                                : Figure::undefined(fmt::format("class '{}' has no clips and is never predicted", classes[c])));
    recalls.push_back(clips_[c] > 0.0 ? Figure::of(hits_[c] / clips_[c])
                                      : Figure::undefined(fmt::format("class '{}' has no clips", classes[c])));
    clips += clips_[c];
    hits += hits_[c];
  }
  out.uf1 = mean_of_classes(out.f1);
  out.uar = mean_of_classes(recalls);
  out.accuracy = clips > 0.0 ? Figure::of(hits / clips) : Figure::undefined("there are no clips");
  return out;
}

MEXBENCH_VECTOR_CLONES void Weights::sum(std::size_t block, std::span<const float> column, std::span<float, kLanes> out) const {
  assert(block < blocks_ && column.size() == subjects_);
  std::array<float, kLanes> total{};  // not `out`, which might be one of the weights for all a compiler knows
  const float* of_subject = values_.data() + block * subjects_ * kLanes;
  for (const float count : column) {
    if (count != 0.0F) {  // most subjects lack most classes
      for (std::size_t lane = 0; lane < kLanes; ++lane) total[lane] += count * of_subject[lane];
    }
    of_subject += kLanes;
  }
  std::copy(total.begin(), total.end(), out.begin());
}

Columns clip_columns(const SubjectCounts& counts) {
  return columns_of(counts, [&](std::size_t subject, std::size_t c) { return counts.truth(subject)[c]; });
}

Columns hit_columns(const SubjectCounts& counts, std::size_t model, std::size_t seed) {
  const std::size_t classes = counts.classes().size();
  return columns_of(counts, [&](std::size_t subject, std::size_t c) { return counts.table(model, seed, subject)[c * classes + c]; });
}

Columns answer_columns(const SubjectCounts& counts, std::size_t model, std::size_t seed) {
  const std::size_t classes = counts.classes().size();
  return columns_of(counts, [&](std::size_t subject, std::size_t c) {
    const auto table = counts.table(model, seed, subject);
    std::int32_t answers = 0;
    for (std::size_t t = 0; t < classes; ++t) answers += table[t * classes + c];
    return answers;
  });
}

Lanes sums_of(const Weights& weights, std::size_t block, const Columns& columns) {
  Lanes out(columns.size() * kLanes);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    weights.sum(block, columns[c], std::span<float, kLanes>(out.data() + c * kLanes, kLanes));
  }
  return out;
}

MEXBENCH_VECTOR_CLONES void ScoreLanes::add(const Lanes& clips, const Lanes& hits, const Lanes& answers) {
  assert(clips.size() == classes_ * kLanes && hits.size() == clips.size() && answers.size() == clips.size());
  std::array<double, kLanes> f1_sum{};
  std::array<double, kLanes> recall_sum{};
  std::array<double, kLanes> all_hits{};
  std::array<double, kLanes> all_clips{};
  for (std::size_t c = 0; c < classes_; ++c) {
    const float* n = clips.data() + c * kLanes;
    const float* tp = hits.data() + c * kLanes;
    const float* a = answers.data() + c * kLanes;
    std::array<double, kLanes> f1{};
    // 0 / 0 is NaN, which is how an undefined score is told here, and what every sum over it becomes.
    for (std::size_t i = 0; i < kLanes; ++i) {
      const auto right = static_cast<double>(tp[i]);
      const auto own = static_cast<double>(n[i]);
      f1[i] = 2.0 * right / (own + static_cast<double>(a[i]));
      f1_sum[i] += f1[i];
      recall_sum[i] += right / own;
      all_hits[i] += right;
      all_clips[i] += own;
    }
    double* const row = values_.data() + (kF1Row + c) * kLanes;
    for (std::size_t i = 0; i < kLanes; ++i) row[i] += f1[i];
  }
  const auto classes = static_cast<double>(classes_);
  for (std::size_t i = 0; i < kLanes; ++i) {
    values_[kUf1Row * kLanes + i] += f1_sum[i] / classes;
    values_[kUarRow * kLanes + i] += recall_sum[i] / classes;
    values_[kAccuracyRow * kLanes + i] += all_hits[i] / all_clips[i];
  }
}

void ScoreLanes::divide(std::size_t seeds) {
  const auto by = static_cast<double>(seeds);
  for (double& value : values_) value /= by;
}

}  // namespace mexbench::stats
