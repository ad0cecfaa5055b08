#include "harness/stats/jackknife.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/stats/bootstrap.h"
#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using ::testing::ElementsAre;

using testing::counts_of;
using testing::must_make;
using testing::subject_of;

void expect_errors(const JackknifeScores& ours, const std::vector<double>& wanted) {
  EXPECT_NEAR(ours.uf1.standard_error.value.value(), wanted[0], 1e-13);
  EXPECT_NEAR(ours.uar.standard_error.value.value(), wanted[1], 1e-13);
  EXPECT_NEAR(ours.accuracy.standard_error.value.value(), wanted[2], 1e-13);
  for (std::size_t c = 0; c < ours.f1.size(); ++c) EXPECT_NEAR(ours.f1[c].standard_error.value.value(), wanted[3 + c], 1e-13);
}

TEST(SubjectJackknife, StandardErrorsEqualAPlainLoop) {
  for (const ReferenceCase& known : reference_cases()) {
    const SubjectCounts counts = counts_of(known);
    for (std::size_t m = 0; m < known.models.size(); ++m) expect_errors(jackknife(counts, m), known.models[m].jackknife);
    for (const ReferencePair& pair : known.pairs) expect_errors(jackknife_difference(counts, pair.first, pair.second), pair.jackknife);
  }
}

// Accuracy of subjects with one clip each is a mean, of which the jackknife's SE is the textbook's s/sqrt(n): right 1, 1, 0, 1 has mean
// 0.75, s^2 = (3 * 0.0625 + 0.5625)/3 = 0.25, SE = sqrt(0.25/4) = 0.25. Degrees of freedom 3, t(0.975) = 3.1824.
TEST(SubjectJackknife, IsTheTextbookErrorOfAMean) {
  const SubjectCounts counts =
      must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2"), subject_of("d", "d/3"), subject_of("d", "d/4")},
                {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1}}});
  const JackknifeInterval accuracy = jackknife(counts, 0).accuracy;
  EXPECT_DOUBLE_EQ(accuracy.estimate.value.value(), 0.75);
  EXPECT_NEAR(accuracy.standard_error.value.value(), 0.25, 1e-15);
  EXPECT_EQ(accuracy.degrees, 3.0);
  EXPECT_NEAR(accuracy.low.value(), 0.75 - 3.182446305284263 * 0.25, 1e-12);  // t.ppf(0.975, 3) of SciPy 1.10.1
  EXPECT_NEAR(accuracy.high.value(), 0.75 + 3.182446305284263 * 0.25, 1e-12);
}

// Left to itself each is a good estimate; they use the same data in different ways.
TEST(SubjectJackknife, AgreesWithTheBootstrapOnManySubjects) {
  core::RandomStream draw(3);
  const auto people = testing::the_same_people(testing::megc2019(), draw);
  const SubjectCounts counts =
      must_make(testing::three_classes(), testing::subjects_of(people),
                {testing::simulated("m", people, {1.2, 0.4, 0.8}, draw), testing::simulated("n", people, {1, 1, 0}, draw)});
  const Bootstrap drawn = bootstrap(counts);
  for (const Metric metric : {Metric::kUf1, Metric::kUar, Metric::kAccuracy}) {
    SCOPED_TRACE(name_of(metric));
    const double ours = jackknife(counts, 0).of(metric).standard_error.value.value();
    EXPECT_NEAR(ours / drawn.models[0].of(metric).standard_error.value(), 1.0, 0.12);
    const double of_difference = jackknife_difference(counts, 0, 1).of(metric).standard_error.value.value();
    EXPECT_NEAR(of_difference / drawn.pairs[0].difference.of(metric).standard_error.value(), 1.0, 0.12);
  }
  EXPECT_EQ(jackknife(counts, 0).uf1.degrees, 65.0);
}

TEST(SubjectJackknife, WhatCannotBeComputedIsToldWhy) {
  const SubjectCounts alone = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("e", "e/1")},
                                        {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 1, 1, 0, 1, 1}}});
  const JackknifeInterval none = jackknife(alone, 0).uf1;
  EXPECT_EQ(none.standard_error.reason, "every dataset has one subject: nothing tells how subjects differ");
  EXPECT_FALSE(none.low || none.high);
  // Only the first of d has clips of b.
  const SubjectCounts rare = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2"), subject_of("e", "e/1")},
                                       {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0, 0}}});
  EXPECT_EQ(jackknife(rare, 0).uar.standard_error.reason, "without subject 'd/1' class 'b' has no clips");
  EXPECT_TRUE(jackknife(rare, 0).accuracy.standard_error.value);
}

TEST(SubjectInfluence, ScoresWithoutASubjectEqualAPlainLoop) {
  for (const ReferenceCase& known : reference_cases()) {
    const SubjectCounts counts = counts_of(known);
    const std::array<Metric, 3> metrics{Metric::kUf1, Metric::kUar, Metric::kAccuracy};
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const Influences ours = influences(counts, metrics.at(i));
      for (std::size_t s = 0; s < known.subjects.size(); ++s) {
        for (std::size_t m = 0; m < known.models.size(); ++m) {
          EXPECT_NEAR(ours.subjects[s].without[m].value.value(), known.models[m].without[s][i], 1e-14);
          EXPECT_NEAR(ours.subjects[s].change[m].value.value(), known.models[m].without[s][i] - known.models[m].scores[i], 1e-14);
        }
      }
    }
  }
}

// Accuracy, three subjects of two clips: m right 2, 1, 1; n right 0, 2, 2; o right 1, 1, 1. With all: m 4/6, n 4/6, o 3/6: ranks 1 1 3.
// Without the first: m 2/4, n 4/4, o 2/4: ranks 2 1 2, another best. Without the second: m 3/4, n 2/4, o 2/4: ranks 1 2 2.
TEST(SubjectInfluence, TellsWhoDecidesTheOrder) {
  const auto model = [](std::string name, std::array<std::int32_t, 3> right) {
    ModelCounts out{.name = std::move(name), .seeds = 1, .counts = {}};
    for (const std::int32_t r : right) out.counts.insert(out.counts.end(), {r, 2 - r, 0, 0});
    return out;
  };
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2"), subject_of("d", "d/3")},
                                         {model("m", {2, 1, 1}), model("n", {0, 2, 2}), model("o", {1, 1, 1})});
  const Influences ours = influences(counts, Metric::kAccuracy);
  EXPECT_THAT(ours.ranks, ElementsAre(1, 1, 3));
  EXPECT_THAT(ours.subjects[0].ranks, ElementsAre(2, 1, 2));
  EXPECT_THAT(ours.subjects[1].ranks, ElementsAre(1, 2, 2));
  EXPECT_TRUE(ours.subjects[0].changes_best && ours.subjects[0].changes_order);
  const Influences undefined = influences(counts, Metric::kUar);
  EXPECT_THAT(undefined.ranks, ElementsAre(0, 0, 0));
  EXPECT_FALSE(undefined.subjects[0].changes_order);

  const SubjectCounts sure = must_make(
      {"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2")},
      {{.name = "m", .seeds = 1, .counts = {2, 0, 0, 0, 2, 0, 0, 0}}, {.name = "n", .seeds = 1, .counts = {1, 1, 0, 0, 0, 2, 0, 0}}});
  for (const Influence& one : influences(sure, Metric::kAccuracy).subjects) EXPECT_FALSE(one.changes_best || one.changes_order);
}

}  // namespace
}  // namespace mexbench::stats
