// Properties pooled scores must have whatever the predictions are: each is tried on many random sets with a fixed seed.
#include <gtest/gtest.h>

#include <chrono>

#include "harness/core/random.h"
#include "harness/eval/metrics.h"
#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

constexpr std::uint64_t kSets = 60;

std::string json_of(const PredictionSet& set) { return to_json(evaluate(set)).dump(); }

template <typename Check>
void for_many_sets(Check check) {
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    SCOPED_TRACE(seed);
    check(testing::random_set(seed, 1 + seed * 7), core::RandomStream(seed + 1000));
  }
}

TEST(PooledScores, OrderOfClipsChangesNothing) {
  for_many_sets([](const PredictionSet& set, core::RandomStream draw) {
    PredictionSet shuffled = set;
    draw.shuffle(std::span(shuffled.rows));
    EXPECT_EQ(json_of(shuffled), json_of(set));
    EXPECT_EQ(to_csv(shuffled), to_csv(set));
  });
}

TEST(PooledScores, SplittingOrJoiningFoldsChangesNothing) {
  for_many_sets([](const PredictionSet& set, core::RandomStream draw) {
    PredictionSet split = set;
    for (Prediction& row : split.rows) row.fold = core::FoldId(row.fold.text() + (draw.below(2) == 0 ? "-a" : "-b"));
    EXPECT_EQ(json_of(split), json_of(set));
    for (Prediction& row : split.rows) row.fold = core::FoldId("holdout");
    EXPECT_EQ(json_of(split), json_of(set));
  });
}

TEST(PooledScores, RenamingAndReorderingClassesChangesNoScore) {
  for_many_sets([](const PredictionSet& set, core::RandomStream draw) {
    std::vector<std::size_t> place{0, 1, 2};
    draw.shuffle(std::span(place));
    PredictionSet renamed = set;
    for (std::size_t c = 0; c < 3; ++c) renamed.classes[place[c]] = "new " + set.classes[c];
    for (Prediction& row : renamed.rows) {
      row.truth = data::Truth::one_class(place[row.truth.single_class().value()]);
      row.predicted = place[row.predicted];
    }
    const Metrics before = evaluate(set);
    const Metrics after = evaluate(renamed);
    for (const auto& [name, scope] : before.scopes) {
      const ScopeMetrics& other = after.scopes.at(name);
      ASSERT_EQ(scope.uf1.value.has_value(), other.uf1.value.has_value());
      ASSERT_EQ(scope.uar.value.has_value(), other.uar.value.has_value());
      if (scope.uf1.value) {
        EXPECT_NEAR(*scope.uf1.value, *other.uf1.value, 1e-15);
      }
      if (scope.uar.value) {
        EXPECT_NEAR(*scope.uar.value, *other.uar.value, 1e-15);
      }
      for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(scope.per_class[c].f1.value, other.per_class[place[c]].f1.value);
    }
  });
}

TEST(PooledScores, ExchangingTruthAndPredictionKeepsF1AndSwapsRecallWithPrecision) {
  for_many_sets([](const PredictionSet& set, core::RandomStream) {
    PredictionSet exchanged = set;
    for (Prediction& row : exchanged.rows) {
      const std::size_t truth = row.truth.single_class().value();
      row.truth = data::Truth::one_class(row.predicted);
      row.predicted = truth;
    }
    const ScopeMetrics before = evaluate(set).scopes.at("all");
    const ScopeMetrics after = evaluate(exchanged).scopes.at("all");
    EXPECT_EQ(before.uf1.value, after.uf1.value);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(before.per_class[c].precision.value, after.per_class[c].recall.value);
  });
}

TEST(PooledScores, DatasetCountsAddUpToAll) {
  for_many_sets([](const PredictionSet& set, core::RandomStream) {
    const Metrics metrics = evaluate(set);
    Confusion sum(3, std::vector<std::int64_t>(3, 0));
    std::int64_t subjects = 0;
    for (const auto& [name, scope] : metrics.scopes) {
      if (name == "all") continue;
      subjects += scope.subjects;
      for (std::size_t t = 0; t < 3; ++t) {
        for (std::size_t p = 0; p < 3; ++p) sum[t][p] += scope.confusion[t][p];
      }
    }
    EXPECT_EQ(sum, metrics.scopes.at("all").confusion);
    EXPECT_EQ(subjects, metrics.scopes.at("all").subjects);
  });
}

TEST(PooledScores, PerfectPredictionsScoreOne) {
  PredictionSet set = testing::random_set(5, 300);
  for (Prediction& row : set.rows) row.predicted = row.truth.single_class().value();
  const Metrics metrics = evaluate(set);
  for (const auto& [name, scope] : metrics.scopes) {
    EXPECT_EQ(scope.uf1.value, 1.0) << name;
    EXPECT_EQ(scope.uar.value, 1.0) << name;
  }
}

// Quadratic work on 100,000 rows takes minutes; the bounds leave room for a busy machine.
TEST(PooledScores, TimeGrowsWithTheRowsOnly) {
  const PredictionSet set = testing::random_set(1, 100'000);
  const auto seconds = [](auto work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::string csv;
  const double evaluating = seconds([&] { EXPECT_EQ(evaluate(set).scopes.at("all").clips, 100'000); });
  const double writing = seconds([&] { csv = to_csv(set); });
  const double reading = seconds([&] { EXPECT_TRUE(parse_predictions(csv, "p.csv", {})); });
  RecordProperty("evaluate_ms", std::to_string(evaluating * 1e3));
  RecordProperty("write_ms", std::to_string(writing * 1e3));
  RecordProperty("read_ms", std::to_string(reading * 1e3));
  EXPECT_LT(evaluating, 2.0);
  EXPECT_LT(writing, 5.0);
  EXPECT_LT(reading, 10.0);
}

}  // namespace
}  // namespace mexbench::eval
