#include "harness/stats/permutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "harness/core/random.h"
#include "harness/stats/pooled.h"

namespace mexbench::stats {
namespace {

// Differences that are equal on paper differ in their last digits.
constexpr double kEqual = 1e-12;

struct Swaps {
  Weights weights;  // 1: the subject is swapped
  bool exact = false;
};

Swaps every_swap(std::size_t subjects) {
  const std::size_t all = std::size_t{1} << subjects;
  Swaps out{.weights = Weights(subjects, all), .exact = true};
  for (std::size_t mask = 0; mask < all; ++mask) {
    for (std::size_t s = 0; s < subjects; ++s) out.weights.at(mask, s) = static_cast<float>((mask >> s) & 1U);
  }
  return out;
}

Swaps swaps_of(const SubjectCounts& counts, const PermutationOptions& options) {
  assert(options.permutations >= 1);
  const std::size_t subjects = counts.subjects().size();
  if (subjects < 62 && (std::int64_t{1} << subjects) <= options.permutations) return every_swap(subjects);
  Swaps out{.weights = Weights(subjects, static_cast<std::size_t>(options.permutations)), .exact = false};
  for (std::size_t s = 0; s < subjects; ++s) {
    auto stream = core::RandomStream::derive(options.seed, core::FoldId(counts.subjects()[s].id.text()), "swap");
    std::uint64_t bits = 0;
    for (std::size_t draw = 0; draw < out.weights.draws(); ++draw) {
      if (draw % 64 == 0) bits = stream.next();
      out.weights.at(draw, s) = static_cast<float>(bits & 1U);
      bits >>= 1U;
    }
  }
  return out;
}

// Sums of one kind of number (hits, or answers) for two models under swaps.
class SwappedColumns {
 public:
  SwappedColumns(const Columns& a, const Columns& b) : change_(a), a_(a.size(), 0.0F), both_(a.size(), 0.0F) {
    for (std::size_t c = 0; c < a.size(); ++c) {
      for (std::size_t s = 0; s < a[c].size(); ++s) {
        change_[c][s] = b[c][s] - a[c][s];
        a_[c] += a[c][s];
        both_[c] += a[c][s] + b[c][s];
      }
    }
  }
  // What model A has after the swaps, and B the rest.
  void sums(const Weights& weights, std::size_t block, Lanes& a, Lanes& b) const {
    a = sums_of(weights, block, change_);
    b.resize(a.size());
    for (std::size_t c = 0; c < a_.size(); ++c) {
      for (std::size_t i = c * kLanes; i < (c + 1) * kLanes; ++i) {
        a[i] += a_[c];
        b[i] = both_[c] - a[i];
      }
    }
  }

 private:
  Columns change_;  // b - a
  std::vector<float> a_, both_;
};

core::Result<std::size_t> common_seeds(const ModelCounts& a, const ModelCounts& b) {
  const std::size_t seeds = std::lcm(a.seeds, b.seeds);
  if (seeds <= kMostSeeds) return seeds;
  return core::Error(core::ErrorCode::kUsage,
                     fmt::format("models '{}' and '{}' have {} and {} seeds: to swap subjects they would be repeated {} times, {} is the "
                                 "most; give both the same number of seeds",
                                 a.name, b.name, a.seeds, b.seeds, seeds, kMostSeeds));
}

class Test {
 public:
  Test(const SubjectCounts& counts, std::size_t first, std::size_t second, std::size_t seeds)
      : counts_(counts), first_(first), second_(second), seeds_(seeds) {}

  [[nodiscard]] PairTest run(const Swaps& swaps) const {
    const Scores observed = difference(mean_scores(counts_, first_), mean_scores(counts_, second_));
    PairTest out{.first = first_, .second = second_};
    out.uf1 = begin(observed.uf1, swaps);
    out.uar = begin(observed.uar, swaps);
    out.accuracy = begin(observed.accuracy, swaps);

    std::vector<SwappedColumns> hits;
    std::vector<SwappedColumns> answers;
    for (std::size_t seed = 0; seed < seeds_; ++seed) {
      const std::size_t a = seed % counts_.models()[first_].seeds;
      const std::size_t b = seed % counts_.models()[second_].seeds;
      hits.emplace_back(hit_columns(counts_, first_, a), hit_columns(counts_, second_, b));
      answers.emplace_back(answer_columns(counts_, first_, a), answer_columns(counts_, second_, b));
    }
    const Lanes clips = all_clips();
    Lanes hits_a, hits_b, answers_a, answers_b;
    for (std::size_t block = 0; block < swaps.weights.blocks(); ++block) {
      ScoreLanes a(counts_.classes().size());
      ScoreLanes b(counts_.classes().size());
      for (std::size_t seed = 0; seed < seeds_; ++seed) {
        hits[seed].sums(swaps.weights, block, hits_a, hits_b);
        answers[seed].sums(swaps.weights, block, answers_a, answers_b);
        a.add(clips, hits_a, answers_a);
        b.add(clips, hits_b, answers_b);
      }
      a.divide(seeds_);
      b.divide(seeds_);
      const std::size_t filled = std::min(kLanes, swaps.weights.draws() - block * kLanes);
      count(a.row(kUf1Row).first(filled), b.row(kUf1Row).first(filled), out.uf1);
      count(a.row(kUarRow).first(filled), b.row(kUarRow).first(filled), out.uar);
      count(a.row(kAccuracyRow).first(filled), b.row(kAccuracyRow).first(filled), out.accuracy);
    }
    for (PermutationTest* test : {&out.uf1, &out.uar, &out.accuracy}) finish(*test);
    return out;
  }

 private:
  static PermutationTest begin(const Figure& observed, const Swaps& swaps) {
    return {.difference = observed, .p = {}, .permutations = static_cast<std::int64_t>(swaps.weights.draws()), .exact = swaps.exact};
  }

  // Clips of each class, the same in every lane: swapping moves answers, not clips.
  [[nodiscard]] Lanes all_clips() const {
    Lanes out;
    for (const std::vector<float>& column : clip_columns(counts_)) {
      out.insert(out.end(), kLanes, std::accumulate(column.begin(), column.end(), 0.0F));
    }
    return out;
  }

  static void count(std::span<const double> a, std::span<const double> b, PermutationTest& test) {
    if (!test.difference.value) return;
    const double bound = std::abs(*test.difference.value) - kEqual;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double swapped = std::abs(a[i] - b[i]);
      test.undefined += std::isnan(swapped) ? 1 : 0;
      test.extreme += swapped < bound ? 0 : 1;  // NaN is not below
    }
  }

  static void finish(PermutationTest& test) {
    if (!test.difference.value) {
      test.p = Figure::undefined(test.difference.reason);
      return;
    }
    const std::int64_t identity = test.exact ? 0 : 1;
    test.p = Figure::of(static_cast<double>(test.extreme + identity) / static_cast<double>(test.permutations + identity));
  }

  const SubjectCounts& counts_;
  std::size_t first_, second_, seeds_;
};

}  // namespace

const PermutationTest& PairTest::of(Metric metric) const { return chosen(metric, uf1, uar, accuracy); }

core::Result<PairTest> permutation_test(const SubjectCounts& counts, std::size_t first, std::size_t second,
                                        const PermutationOptions& options) {
  assert(first < counts.models().size() && second < counts.models().size());
  MEXBENCH_ASSIGN(const std::size_t seeds, common_seeds(counts.models()[first], counts.models()[second]));
  return Test(counts, first, second, seeds).run(swaps_of(counts, options));
}

core::Result<std::vector<PairTest>> permutation_tests(const SubjectCounts& counts, const PermutationOptions& options) {
  const Swaps swaps = swaps_of(counts, options);
  std::vector<PairTest> out;
  for (std::size_t first = 0; first < counts.models().size(); ++first) {
    for (std::size_t second = first + 1; second < counts.models().size(); ++second) {
      MEXBENCH_ASSIGN(const std::size_t seeds, common_seeds(counts.models()[first], counts.models()[second]));
      out.push_back(Test(counts, first, second, seeds).run(swaps));
    }
  }
  return out;
}

}  // namespace mexbench::stats
