#include "harness/eval/floor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "data/floor/dummy_cases.h"
#include "harness/core/random.h"
#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

using ::testing::HasSubstr;
using testing::random_set;
using testing::row;

// Leaving one subject out: a fold's training clips are those of all other subjects.
std::vector<FloorFold> loso(const PredictionSet& set) {
  std::map<core::FoldId, std::vector<std::int64_t>> tested;
  std::vector<std::int64_t> all(set.classes.size(), 0);
  for (const Prediction& clip : set.rows) {
    auto& own = tested[clip.fold];
    own.resize(set.classes.size());
    count_truth(clip.truth, own);
    count_truth(clip.truth, all);
  }
  std::vector<FloorFold> out;
  for (const auto& [fold, own] : tested) {
    FloorFold one{.fold = fold, .train = all};
    for (std::size_t c = 0; c < own.size(); ++c) one.train[c] -= own[c];
    out.push_back(std::move(one));
  }
  return out;
}

Floor floor_of_loso(const PredictionSet& set, std::int64_t draws = kFloorDraws) {
  auto floor = floor_of(set, loso(set), draws);
  EXPECT_TRUE(floor) << floor.error().render();
  return std::move(floor).value();
}

std::array<const DrawnFigure*, 3> drawn_of(const FloorScope& scope) { return {&scope.uf1, &scope.uar, &scope.accuracy}; }

PredictionSet set_of(const DummyCase& known) {
  PredictionSet out;
  for (std::size_t c = 0; c < known.classes; ++c) out.classes.push_back(fmt::format("class{}", c));
  for (const DummyClip& clip : known.clips) {
    out.rows.push_back(
        row(fmt::format("d{}", clip.dataset), fmt::format("{}", clip.subject), fmt::format("c{:04}", out.rows.size()), clip.truth, 0));
  }
  return out;
}

TEST(Floor, MajorityEqualsScikitLearnsDummyClassifier) {
  bool answers_differ = false;
  for (const DummyCase& known : dummy_cases()) {
    const PredictionSet set = set_of(known);
    const Floor floor = floor_of_loso(set, 1);
    std::map<core::FoldId, std::size_t> answers;
    for (const FloorFold& fold : floor.folds) answers[fold.fold] = majority_class(fold).value();
    std::set<std::size_t> different;
    for (std::size_t i = 0; i < set.rows.size(); ++i) {
      EXPECT_EQ(answers.at(set.rows[i].fold), known.clips[i].majority) << set.rows[i].fold;
      different.insert(known.clips[i].majority);
    }
    answers_differ = answers_differ || different.size() > 1;
    ASSERT_EQ(floor.scopes.size(), known.scopes.size());
    for (const DummyScope& scope : known.scopes) {
      const FloorFigures& ours = floor.scopes.at(scope.name).majority;
      EXPECT_NEAR(ours.uf1.value.value(), scope.majority[0], 1e-14) << scope.name;
      EXPECT_NEAR(ours.uar.value.value(), scope.majority[1], 1e-14) << scope.name;
      EXPECT_NEAR(ours.accuracy.value.value(), scope.majority[2], 1e-14) << scope.name;
    }
  }
  EXPECT_TRUE(answers_differ) << "folds that all answer alike would prove little";
}

// Five standard errors of the difference between two samples. A normal sample's 2.5 percentile has sqrt(p (1 - p)) / 0.0584 = 2.67 times
// the error of its mean; on top comes half a step between values that counts of few clips can give.
TEST(Floor, StratifiedIsDistributedAsScikitLearnsDummyClassifier) {
  for (const DummyCase& known : dummy_cases()) {
    const Floor floor = floor_of_loso(set_of(known));
    for (const DummyScope& scope : known.scopes) {
      const FloorScope& of = floor.scopes.at(scope.name);
      const double step = 0.5 / static_cast<double>(of.clips);
      const auto ours = drawn_of(of);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        SCOPED_TRACE(fmt::format("{}, figure {}", scope.name, i));
        const double error = scope.deviation[i] * std::sqrt(1.0 / kDummyDraws + 1.0 / static_cast<double>(floor.draws));
        EXPECT_NEAR(ours[i]->mean.value.value(), scope.mean[i], 5.0 * error);
        EXPECT_NEAR(ours[i]->low, scope.low[i], 5.0 * 2.67 * error + step);
        EXPECT_NEAR(ours[i]->high, scope.high[i], 5.0 * 2.67 * error + step);
      }
    }
  }
}

// A draw's accuracy is a sum of independent hits, each with the training share of the clip's class as its chance: mean p, variance p (1 -
// p).
TEST(Floor, StratifiedAccuracyMeetsItsClosedForm) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const PredictionSet set = random_set(seed, 40 + 60 * seed);
    const Floor floor = floor_of_loso(set);
    std::map<core::FoldId, const FloorFold*> folds;
    for (const FloorFold& fold : floor.folds) folds[fold.fold] = &fold;
    for (const auto& [name, scope] : floor.scopes) {
      double mean = 0.0;
      double variance = 0.0;
      for (const Prediction& clip : set.rows) {
        if (name != "all" && clip.dataset.text() != name) continue;
        const std::vector<std::int64_t>& train = folds.at(clip.fold)->train;
        std::int64_t all = 0;
        for (const std::int64_t count : train) all += count;
        const double share = static_cast<double>(train[clip.truth.single_class().value()]) / static_cast<double>(all);
        mean += share;
        variance += share * (1.0 - share);
      }
      const auto clips = static_cast<double>(scope.clips);
      const double error = std::sqrt(variance) / clips / std::sqrt(static_cast<double>(floor.draws));
      EXPECT_NEAR(scope.accuracy.mean.value.value(), mean / clips, 4.0 * error) << name << " of set " << seed;
    }
  }
}

// Two folds of one clip each: UF1, UAR and accuracy of every outcome by hand. Trained on (1, 1), so each of the four pairs of answers has
// chance 1/4: both right 1, 1, 1; both wrong 0, 0, 0; one right: accuracy 1/2, UAR 1/2, UF1 (2/3 + 0) / 2 = 1/3.
TEST(Floor, StratifiedWorkedByHand) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {row("casme2", "sub01", "x", 0, 0), row("casme2", "sub02", "y", 1, 0)}};
  const auto floor = floor_of(set, {{.fold = set.rows[0].fold, .train = {1, 1}}, {.fold = set.rows[1].fold, .train = {1, 1}}}, 40'000);
  const FloorScope& all = floor->scopes.at("all");
  EXPECT_NEAR(*all.accuracy.mean.value, 0.5, 4 * 0.36 / 200);
  EXPECT_NEAR(*all.uf1.mean.value, (1.0 + 2.0 / 3.0) / 4.0, 4 * 0.37 / 200);
  EXPECT_EQ(all.accuracy.low, 0.0);
  EXPECT_EQ(all.accuracy.high, 1.0);
}

TEST(Floor, OneClassInTrainingIsAlwaysAnswered) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {row("casme2", "sub01", "x", 0, 0), row("casme2", "sub02", "y", 1, 0)}};
  const auto floor = floor_of(set, {{.fold = set.rows[0].fold, .train = {0, 3}}, {.fold = set.rows[1].fold, .train = {0, 2}}});
  const FloorScope& all = floor->scopes.at("all");
  // 'b' for both clips: F1 0 and 2/3, recall 0 and 1.
  EXPECT_DOUBLE_EQ(*all.majority.uf1.value, 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(*all.majority.uar.value, 0.5);
  for (const auto& [drawn, figure] :
       {std::pair(&all.uf1, all.majority.uf1), {&all.uar, all.majority.uar}, {&all.accuracy, all.majority.accuracy}}) {
    EXPECT_EQ(drawn->mean, figure);
    EXPECT_EQ(drawn->low, *figure.value);
    EXPECT_EQ(drawn->high, *figure.value);
  }
}

TEST(Floor, FirstOfEquallyFrequentClassesIsTheMajority) {
  EXPECT_EQ(majority_class({.fold = core::FoldId("f"), .train = {1, 4, 4}}), 1U);
  EXPECT_EQ(majority_class({.fold = core::FoldId("f"), .train = {0, 0, 0}}), std::nullopt);
}

TEST(Floor, ClassOutsideTrainingIsNeverDrawn) {
  PredictionSet set{.classes = {"a", "b", "c"},
                    .rows = {row("casme2", "sub01", "x", 0, 0), row("casme2", "sub01", "y", 1, 0), row("casme2", "sub01", "z", 2, 0)}};
  const auto floor = floor_of(set, {{.fold = set.rows[0].fold, .train = {5, 5, 0}}});
  const FloorScope& all = floor->scopes.at("all");
  EXPECT_LE(all.accuracy.high, 2.0 / 3.0) << "the clip of class c is never right";
  EXPECT_GT(all.accuracy.high, 0.6);
}

TEST(Floor, ClassOfNoClipLeavesFiguresUndefinedWithTheReason) {
  // smic has no clip of c. Drawn, it is a wrong answer and its F1 is 0; in draws without it there is no F1.
  PredictionSet set{.classes = {"a", "b", "c"},
                    .rows = {row("smic", "s01", "x", 0, 0), row("smic", "s01", "y", 1, 0), row("samm", "006", "z", 2, 0)}};
  set.rows[2].fold = set.rows[0].fold;
  const auto floor = floor_of(set, {{.fold = set.rows[0].fold, .train = {4, 1, 1}}});
  const FloorScope& smic = floor->scopes.at("smic");
  EXPECT_EQ(smic.majority.uf1.reason, "class 'c' has no clips and is never predicted");
  EXPECT_EQ(smic.majority.uar.reason, "class 'c' has no clips");
  EXPECT_EQ(smic.uar.mean.reason, "class 'c' has no clips");
  EXPECT_THAT(smic.uf1.mean.reason,
              ::testing::MatchesRegex("in [0-9]+ of 10000 random draws class 'c' has no clips and is never predicted"));
  EXPECT_TRUE(smic.accuracy.mean.value.has_value());
  EXPECT_EQ(smic.uf1.high, 0.0);
  EXPECT_TRUE(floor->scopes.at("all").uf1.mean.value.has_value());
}

TEST(Floor, FoldWithoutTrainingClipsHasNoAnswer) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {row("casme2", "sub01", "x", 0, 0), row("samm", "006", "y", 1, 0)}};
  const auto floor = floor_of(set, {{.fold = set.rows[0].fold, .train = {0, 0}}, {.fold = set.rows[1].fold, .train = {1, 2}}});
  for (const char* scope : {"all", "casme2"}) {
    EXPECT_EQ(floor->scopes.at(scope).majority.accuracy.reason, "fold 'casme2/sub01' has no training clips");
    for (const DrawnFigure* drawn : drawn_of(floor->scopes.at(scope)))
      EXPECT_EQ(drawn->mean.reason, "fold 'casme2/sub01' has no training clips");
  }
  EXPECT_EQ(floor->scopes.at("samm").majority.accuracy, Figure::of(1.0));
}

TEST(Floor, UnknownAndRepeatedFoldsAreRefused) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {row("casme2", "sub01", "x", 0, 0)}};
  const FloorFold fold{.fold = set.rows[0].fold, .train = {1, 1}};
  EXPECT_THAT(floor_of(set, {}).error().render(),
              HasSubstr("clip 'casme2/sub01/x' is tested by fold 'casme2/sub01', whose training clips are not known"));
  EXPECT_THAT(floor_of(set, {fold, fold}).error().render(), HasSubstr("fold 'casme2/sub01' occurs twice"));
}

// A dataset of one subject, several folds over several datasets, other orders: whatever the set, the same floor.
TEST(Floor, OrderOfClipsFoldsAndPredictionsChangesNothing) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    PredictionSet set = random_set(seed, 5 + seed * 5);
    set.rows.push_back(row("lone", "1", "clip", seed % 3, 0));
    std::vector<FloorFold> folds = loso(set);
    const std::string before = to_json(*floor_of(set, folds, 100)).dump();
    core::RandomStream draw(seed);
    draw.shuffle(std::span(set.rows));
    draw.shuffle(std::span(folds));
    for (Prediction& clip : set.rows) clip.predicted = draw.below(3);
    EXPECT_EQ(to_json(*floor_of(set, folds, 100)).dump(), before);
  }
}

TEST(Floor, RangesHoldTheirMeans) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (const auto& [name, scope] : floor_of_loso(random_set(seed, 3 + seed * 9), 200).scopes) {
      for (const DrawnFigure* drawn : drawn_of(scope)) {
        if (!drawn->mean.value) continue;
        EXPECT_LE(0.0, drawn->low);
        EXPECT_LE(drawn->low, *drawn->mean.value) << name << " of set " << seed;
        EXPECT_LE(*drawn->mean.value, drawn->high) << name << " of set " << seed;
        EXPECT_LE(drawn->high, 1.0);
      }
    }
  }
}

TEST(FloorJson, ReadsBackAsItWasWritten) {
  PredictionSet set = random_set(3, 30);
  set.rows.push_back(row("lone", "1", "clip", 0, 0));  // figures of 'lone' are undefined
  const Floor floor = floor_of_loso(set, 50);
  const auto written = to_json(floor);
  EXPECT_EQ(written.at("schema"), "mexbench.floor/1");
  const auto read = floor_from_json(nlohmann::json::parse(written.dump()), "floor.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(to_json(*read), written);
  EXPECT_EQ(read->scopes, floor.scopes);
  EXPECT_EQ(read->folds, floor.folds);
}

TEST(FloorJson, WhatIsWrongIsTold) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {row("casme2", "sub01", "x", 0, 0)}};
  const auto good = to_json(*floor_of(set, {{.fold = set.rows[0].fold, .train = {1, 2}}}, 5));
  const auto refusal = [](const nlohmann::json& json) {
    const auto read = floor_from_json(json, "floor.json");
    return read ? std::string("read") : read.error().render();
  };
  ASSERT_EQ(refusal(good), "read");
  auto changed = good;
  changed["schema"] = "mexbench.floor/2";
  EXPECT_EQ(refusal(changed), "floor.json: error: schema is \"mexbench.floor/2\", \"mexbench.floor/1\" is wanted\n");
  changed = good;
  changed["draws"] = 0;
  EXPECT_EQ(refusal(changed), "floor.json: error: 'draws' is 0, a number above 0 is wanted\n");
  changed = good;
  changed["folds"][0]["train"] = {1, -2};
  EXPECT_EQ(refusal(changed), "floor.json: error: fold 'casme2/sub01': train is [1,-2], one count for each of 2 classes is wanted\n");
  changed["folds"][0]["train"] = nlohmann::json::array();
  EXPECT_EQ(refusal(changed), "floor.json: error: fold 'casme2/sub01': train is [], one count for each of 2 classes is wanted\n");
  changed = good;
  changed["folds"][0]["majority"] = "a";
  EXPECT_EQ(refusal(changed), "floor.json: error: fold 'casme2/sub01': majority is \"a\", its counts give \"b\"\n");
  changed = good;
  changed["scopes"]["all"]["stratified"]["accuracy"] = {{"mean", 0.5}, {"low", 0.75}, {"high", 0.5}};
  EXPECT_EQ(refusal(changed), "floor.json: error: scope 'all': 'accuracy' ranges from 0.75 to 0.5\n");
  changed["scopes"]["all"]["stratified"]["accuracy"] = 0.5;
  EXPECT_EQ(refusal(changed), "floor.json: error: scope 'all': 'accuracy' is a number, its mean and range are wanted\n");
  changed["scopes"]["all"]["stratified"].erase("accuracy");
  EXPECT_THAT(refusal(changed), HasSubstr("floor.json: error: is not a floor file: "));
  changed = good;
  changed["scopes"].erase("all");
  EXPECT_EQ(refusal(changed), "floor.json: error: has no scope 'all'\n");
}

}  // namespace
}  // namespace mexbench::eval
