#include "harness/stats/subject_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using testing::counts_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must_make;
using testing::subject_of;

const std::vector<std::string> kTwo{"a", "b"};

TEST(SubjectCounts, ScoresEqualPlainPython) {
  for (const ReferenceCase& known : reference_cases()) {
    const SubjectCounts counts = counts_of(known);
    for (std::size_t m = 0; m < known.models.size(); ++m) {
      const Scores scores = mean_scores(counts, m);
      EXPECT_NEAR(scores.uf1.value.value(), known.models[m].scores[0], 1e-14);
      EXPECT_NEAR(scores.uar.value.value(), known.models[m].scores[1], 1e-14);
      EXPECT_NEAR(scores.accuracy.value.value(), known.models[m].scores[2], 1e-14);
      for (std::size_t c = 0; c < known.classes; ++c) EXPECT_NEAR(scores.f1[c].value.value(), known.models[m].scores[3 + c], 1e-14);
    }
  }
}

// One subject, truth a twice and b twice. F1 of a: seed 1 2*2/(2+3) = 0.8, seed 2 2*1/(2+2) = 0.5, mean 0.65, while pooled over seeds it
// would be 6/9. Accuracy (3/4 + 2/4) / 2.
TEST(SubjectCounts, ScoreOfSeedsIsTheMeanOfTheirPooledScores) {
  const SubjectCounts counts =
      must_make(kTwo, {subject_of("d", "d/1")}, {{.name = "m", .seeds = 2, .counts = {2, 0, 1, 1, /*seed 2*/ 1, 1, 1, 1}}});
  const Scores mean = mean_scores(counts, 0);
  EXPECT_DOUBLE_EQ(mean.f1[0].value.value(), 0.65);
  EXPECT_DOUBLE_EQ(mean.accuracy.value.value(), 0.625);
  EXPECT_DOUBLE_EQ(scores_per_seed(counts, 0)[1].f1[0].value.value(), 0.5);
}

TEST(SubjectCounts, ClassWithoutClipsLeavesUarUndefinedAndUf1OnlyWhenNeverPredicted) {
  const Subject one = subject_of("d", "d/1");
  const SubjectCounts predicted = must_make(kTwo, {one}, {{.name = "m", .seeds = 1, .counts = {2, 1, 0, 0}}});
  EXPECT_EQ(mean_scores(predicted, 0).uar, Figure::undefined("class 'b' has no clips"));
  EXPECT_DOUBLE_EQ(mean_scores(predicted, 0).uf1.value.value(), 0.4);  // F1 of a 4/5, of b 0
  const SubjectCounts never = must_make(kTwo, {one}, {{.name = "m", .seeds = 2, .counts = {3, 0, 0, 0, 2, 1, 0, 0}}});
  EXPECT_EQ(mean_scores(never, 0).uf1, Figure::undefined("seed 1: class 'b' has no clips and is never predicted"));
}

TEST(SubjectCounts, SubjectsAreSortedWithTheirCounts) {
  const SubjectCounts counts = must_make(kTwo, {subject_of("y", "y/1"), subject_of("x", "x/2"), subject_of("x", "x/1")},
                                         {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0}}});
  EXPECT_EQ(counts.subjects()[0].id.text(), "x/1");
  EXPECT_THAT(counts.table(0, 0, 0), ElementsAre(0, 0, 3, 0));
  EXPECT_THAT(counts.truth(1), ElementsAre(2, 0));
  ASSERT_EQ(counts.strata().size(), 2U);
  EXPECT_EQ(counts.strata()[1].first, 2U);
  EXPECT_EQ(counts.strata()[0].count, 2U);
  const SubjectCounts only = counts.only(1);
  ASSERT_EQ(only.subjects().size(), 1U);
  EXPECT_THAT(only.table(0, 0, 0), ElementsAre(1, 0, 0, 0));
}

TEST(SubjectCounts, OtherClipsAreRefusedByNameAndCount) {
  const auto refused =
      SubjectCounts::make(kTwo, {subject_of("d", "d/1"), subject_of("d", "d/2")},
                          {{.name = "m", .seeds = 1, .counts = {1, 0, 0, 2, 1, 1, 0, 0}},
                           {.name = "n", .seeds = 2, .counts = {1, 0, 0, 2, 2, 0, 0, 0, /*seed 2*/ 1, 1, 0, 1, 1, 0, 0, 0}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kData);
  ASSERT_EQ(refused.error().diagnostics().size(), 1U);
  EXPECT_EQ(refused.error().message(),
            "model 'n', seed 2 of 2: subject 'd/1' has 2 a, 1 b, but 1 a, 2 b in model 'm' (and 1 more subjects): models that answered "
            "other clips can't be compared");
}

TEST(SubjectCounts, EveryProblemOfTheFrameIsToldAtOnce) {
  const auto refused = SubjectCounts::make({"a"}, {subject_of("d", "d/1"), subject_of("e", "d/1")},
                                           {{.name = "m", .seeds = 1, .counts = {1}}, {.name = "m", .seeds = 1, .counts = {1, -1}}});
  ASSERT_FALSE(refused);
  const std::string all = refused.error().render();
  EXPECT_THAT(all, HasSubstr("there are 1 classes, at least two are wanted"));
  EXPECT_THAT(all, HasSubstr("subject 'd/1' occurs twice"));
  EXPECT_THAT(all, HasSubstr("model 'm' occurs twice"));
  EXPECT_THAT(all, HasSubstr("model 'm' has 1 counts, 1 seeds of 2 subjects and 1 classes need 2"));
  EXPECT_THAT(all, HasSubstr("model 'm' has a count below zero"));
  EXPECT_THAT(SubjectCounts::make(kTwo, {}, {}).error().render(), HasSubstr("there are no subjects"));
  EXPECT_THAT(SubjectCounts::make(kTwo, {subject_of("d", "d/1")}, {{.name = "m", .seeds = 1, .counts = {0, 0, 0, 0}}}).error().render(),
              HasSubstr("subject 'd/1' has no clips"));
  EXPECT_THAT(
      SubjectCounts::make(kTwo, {subject_of("d", "d/1")}, {{.name = "m", .seeds = 1, .counts = {1 << 25, 0, 0, 0}}}).error().render(),
      HasSubstr("more than can be summed exactly"));
}

TEST(SubjectCountsBuilder, CountsClipsAndNamesWhoIsMissing) {
  SubjectCountsBuilder builder(kTwo);
  const Subject one = subject_of("d", "d/1");
  const Subject two = subject_of("d", "d/2");
  for (const char* model : {"m", "n"}) {
    builder.add(model, core::Seed{7}, one, 0, 0);
    builder.add(model, core::Seed{7}, one, 0, 0);
    builder.add(model, core::Seed{7}, one, 1, 0);
  }
  builder.add("m", core::Seed{7}, two, 1, 1);
  EXPECT_EQ(builder.build().error().message(), "model 'n', seed 7: has 1 of 2 subjects, 'd/2' is missing");
  builder.add("n", core::Seed{7}, two, 1, 0);
  const auto counts = builder.build();
  ASSERT_TRUE(counts) << counts.error().render();
  EXPECT_THAT(counts->table(0, 0, 0), ElementsAre(2, 0, 1, 0));
  EXPECT_THAT(counts->table(1, 0, 1), ElementsAre(0, 0, 1, 0));
  builder.add("n", core::Seed{7}, subject_of("e", "d/2"), 1, 0);
  EXPECT_EQ(builder.build().error().message(), "subject 'd/2' is in stratum 'd' and in stratum 'e', a person has one");
}

}  // namespace
}  // namespace mexbench::stats
