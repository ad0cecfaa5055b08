// Pooled scores from sums, one set at a time and many side by side. For the sources of harness/stats.
//
// UF1, UAR and accuracy need three numbers of each class only: its clips N_c, its hits TP_c and how often it was answered,
// A_c = TP_c + FP_c. Then F1_c = 2 TP_c / (N_c + A_c), and N_c is the same for every model and seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/subject_counts.h"

namespace mexbench::stats {

// One set of sums. Weights make fractions possible, which the jackknife of strata needs.
class PooledSums {
 public:
  explicit PooledSums(std::size_t classes) : clips_(classes, 0.0), hits_(classes, 0.0), answers_(classes, 0.0) {}
  // A K x K table of counts, `weight` times.
  void add(std::span<const std::int32_t> table, double weight);
  // Undefined figures carry the words of eval::metrics_of, whose operations these are, in their order.
  [[nodiscard]] Scores scores(std::span<const std::string> classes) const;

 private:
  std::vector<double> clips_, hits_, answers_;
};

[[nodiscard]] Scores mean_over_seeds(std::span<const Scores> seeds);

// Draws that are summed side by side: a loop of known length over neighbours, which compilers turn into vector instructions.
inline constexpr std::size_t kLanes = 256;

// How often each subject counts in each of many draws.
class Weights {
 public:
  Weights(std::size_t subjects, std::size_t draws)
      : subjects_(subjects), draws_(draws), blocks_((draws + kLanes - 1) / kLanes), values_(blocks_ * subjects * kLanes, 0.0F) {}
  void clear() { std::memset(values_.data(), 0, values_.size() * sizeof(float)); }  // of all bits 0: four times as fast as a loop
  [[nodiscard]] std::size_t draws() const { return draws_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  [[nodiscard]] float& at(std::size_t draw, std::size_t subject) {
    return values_[((draw / kLanes) * subjects_ + subject) * kLanes + draw % kLanes];
  }
  // out[lane] = sum over subjects of their weight times column[subject], exact below 2^24.
  void sum(std::size_t block, std::span<const float> column, std::span<float, kLanes> out) const;

 private:
  std::size_t subjects_, draws_, blocks_;
  std::vector<float> values_;  // [block][subject][lane]
};

// For each class one number of each subject: [class][subject].
using Columns = std::vector<std::vector<float>>;
[[nodiscard]] Columns clip_columns(const SubjectCounts& counts);
[[nodiscard]] Columns hit_columns(const SubjectCounts& counts, std::size_t model, std::size_t seed);
[[nodiscard]] Columns answer_columns(const SubjectCounts& counts, std::size_t model, std::size_t seed);

// Sums of a block of draws, [class][lane].
using Lanes = std::vector<float>;
[[nodiscard]] Lanes sums_of(const Weights& weights, std::size_t block, const Columns& columns);

// Places of the statistics in `ScoreLanes`: UF1, UAR, accuracy, then the F1 of each class.
inline constexpr std::size_t kUf1Row = 0;
inline constexpr std::size_t kUarRow = 1;
inline constexpr std::size_t kAccuracyRow = 2;
inline constexpr std::size_t kF1Row = 3;
[[nodiscard]] inline std::size_t rows_of_scores(std::size_t classes) { return kF1Row + classes; }

// Scores of a block of draws, [statistic][lane]; NaN is undefined. add() is called once per seed, then divide() by their number.
class ScoreLanes {
 public:
  explicit ScoreLanes(std::size_t classes) : classes_(classes), values_(rows_of_scores(classes) * kLanes, 0.0) {}
  void add(const Lanes& clips, const Lanes& hits, const Lanes& answers);
  void divide(std::size_t seeds);
  [[nodiscard]] std::span<const double> row(std::size_t statistic) const { return std::span(values_).subspan(statistic * kLanes, kLanes); }

 private:
  std::size_t classes_;
  std::vector<double> values_;
};

}  // namespace mexbench::stats
