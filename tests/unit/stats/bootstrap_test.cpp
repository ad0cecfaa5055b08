#include "harness/stats/bootstrap.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/statistics/reference_cases.h"
#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using testing::counts_of;
using ::testing::HasSubstr;
using testing::must_make;
using testing::subject_of;

std::vector<const Interval*> all_of(const ScoreIntervals& scores) {
  std::vector<const Interval*> out{&scores.uf1, &scores.uar, &scores.accuracy};
  for (const Interval& one : scores.f1) out.push_back(&one);
  return out;
}

void expect_rows(const ScoreIntervals& ours, const std::vector<std::vector<double>>& rows) {
  const auto intervals = all_of(ours);
  ASSERT_EQ(intervals.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_NEAR(intervals[i]->low.value(), rows[i][0], 1e-13);
    EXPECT_NEAR(intervals[i]->high.value(), rows[i][1], 1e-13);
    EXPECT_NEAR(intervals[i]->standard_error.value(), rows[i][2], 1e-13);
    EXPECT_EQ(intervals[i]->undefined, 0);
    EXPECT_EQ(intervals[i]->draws, kReferenceDraws);
  }
}

// The script draws from its own xoshiro256++ and takes NumPy's percentiles: every draw, every score and the interpolation agree.
TEST(SubjectBootstrap, EqualsPlainPythonDrawByDraw) {
  for (const ReferenceCase& known : reference_cases()) {
    const Bootstrap ours = bootstrap(counts_of(known), {.draws = kReferenceDraws});
    for (std::size_t m = 0; m < known.models.size(); ++m) expect_rows(ours.models[m], known.models[m].bootstrap);
    ASSERT_EQ(ours.pairs.size(), known.pairs.size());
    for (std::size_t p = 0; p < known.pairs.size(); ++p) {
      EXPECT_EQ(ours.pairs[p].first, known.pairs[p].first);
      EXPECT_EQ(ours.pairs[p].second, known.pairs[p].second);
      expect_rows(ours.pairs[p].difference, known.pairs[p].bootstrap);
    }
  }
}

TEST(SubjectBootstrap, OrderOfModelsAndSubjectsChangesNothing) {
  const ReferenceCase& known = reference_cases()[0];
  const Bootstrap straight = bootstrap(counts_of(known));
  ReferenceCase turned = known;
  std::reverse(turned.models.begin(), turned.models.end());
  std::reverse(turned.subjects.begin(), turned.subjects.end());
  const std::size_t cells = known.classes * known.classes;
  for (ReferenceModel& model : turned.models) {
    const auto before = model.counts;
    const std::size_t n = known.subjects.size();
    for (std::size_t seed = 0; seed < model.seeds; ++seed) {
      for (std::size_t s = 0; s < n; ++s) {
        for (std::size_t cell = 0; cell < cells; ++cell) {
          model.counts[(seed * n + s) * cells + cell] = before[(seed * n + n - 1 - s) * cells + cell];
        }
      }
    }
  }
  const Bootstrap other = bootstrap(counts_of(turned));
  EXPECT_EQ(straight.models[0], other.models[2]);
  EXPECT_EQ(straight.models[1], other.models[1]);
  // m0 - m2 becomes m2 - m0.
  const Interval& difference = straight.pairs[1].difference.uf1;
  const Interval& mirrored = other.pairs[1].difference.uf1;
  EXPECT_EQ(difference.estimate.value.value(), -mirrored.estimate.value.value());
  EXPECT_NEAR(difference.low.value(), -mirrored.high.value(), 1e-15);
  EXPECT_EQ(straight.models[0], bootstrap(counts_of(known)).models[0]);
  EXPECT_NE(straight.models[0].uf1, bootstrap(counts_of(known), {.seed = core::Seed{1}}).models[0].uf1);
}

TEST(SubjectBootstrap, IntervalSaysWhatItIs) {
  const Bootstrap ours = bootstrap(counts_of(reference_cases()[0]), {.draws = 500, .level = 0.9, .pairs = false});
  const Interval& uf1 = ours.models[0].uf1;
  EXPECT_EQ(uf1.level, 0.9);
  EXPECT_EQ(uf1.unit, "subject");
  EXPECT_THAT(std::string(uf1.method), HasSubstr("percentile bootstrap"));
  EXPECT_TRUE(uf1.reason.empty());
  EXPECT_TRUE(uf1.holds(*uf1.estimate.value));
  EXPECT_TRUE(ours.pairs.empty());
  EXPECT_TRUE(ours.few_subjects);
  ASSERT_EQ(ours.notes.size(), 1U);
  EXPECT_THAT(ours.notes[0], HasSubstr("7 subjects are few: below 30 a 95 % interval covers about 89 to 92 %"));
}

TEST(SubjectBootstrap, ModelsThatAnswerAlikeDifferByExactlyNothing) {
  const ReferenceModel& model = reference_cases()[1].models[0];
  ReferenceCase twins = reference_cases()[1];
  twins.models = {model, model};
  const Bootstrap ours = bootstrap(counts_of(twins));
  for (const Interval* interval : all_of(ours.pairs[0].difference)) {
    EXPECT_EQ(interval->low, 0.0);
    EXPECT_EQ(interval->high, 0.0);
    EXPECT_EQ(interval->standard_error, 0.0);
  }
}

// All subjects alike: every draw is the whole again.
TEST(SubjectBootstrap, AlikeSubjectsGiveAnIntervalWithoutWidth) {
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2"), subject_of("d", "d/3")},
                                         {{.name = "m", .seeds = 1, .counts = {2, 1, 1, 3, 2, 1, 1, 3, 2, 1, 1, 3}}});
  const Interval uf1 = bootstrap(counts).models[0].uf1;
  EXPECT_NEAR(uf1.low.value(), uf1.estimate.value.value(), 1e-15);
  EXPECT_EQ(uf1.low, uf1.high);
  EXPECT_EQ(uf1.standard_error, 0.0);
}

TEST(SubjectBootstrap, OneSubjectHasNoIntervalButAReason) {
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1")}, {{.name = "m", .seeds = 1, .counts = {2, 1, 1, 3}}});
  const Bootstrap ours = bootstrap(counts);
  for (const Interval* interval : all_of(ours.models[0])) {
    EXPECT_FALSE(interval->low || interval->high || interval->standard_error);
    EXPECT_EQ(interval->reason, "there is one subject: all draws are alike");
    EXPECT_TRUE(interval->estimate.value);
  }
  EXPECT_EQ(ours.notes.size(), 2U);
}

TEST(SubjectBootstrap, DatasetWithOneSubjectIsToldAndDrawnAlways) {
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("e", "e/1"), subject_of("e", "e/2")},
                                         {{.name = "m", .seeds = 1, .counts = {2, 1, 1, 3, /*e*/ 1, 0, 0, 1, 0, 1, 1, 0}}});
  const Bootstrap ours = bootstrap(counts);
  // Without the two of e the accuracy is 5/7; with e/1 twice 9/11, with both 7/11, with e/2 twice 5/11.
  EXPECT_DOUBLE_EQ(ours.models[0].accuracy.low.value(), 5.0 / 11.0);
  EXPECT_DOUBLE_EQ(ours.models[0].accuracy.high.value(), 9.0 / 11.0);
  ASSERT_EQ(ours.notes.size(), 2U);
  EXPECT_THAT(ours.notes[1], HasSubstr("dataset 'd' has one subject"));
}

// Class b is with one of n subjects only and missing from (1 - 1/n)^n of the draws: 35 % for n = 10, so there is no interval of UAR.
TEST(SubjectBootstrap, ScoreThatIsOftenUndefinedHasNoInterval) {
  std::vector<Subject> subjects;
  std::vector<std::int32_t> counts;
  for (int s = 0; s < 10; ++s) {
    subjects.push_back(subject_of("d", "d/" + std::to_string(s)));
    const std::int32_t of_b = s == 0 ? 2 : 0;
    counts.insert(counts.end(), {2, 1, of_b / 2, of_b / 2});
  }
  const Bootstrap ours = bootstrap(must_make({"a", "b"}, subjects, {{.name = "m", .seeds = 1, .counts = counts}}));
  const Interval& uar = ours.models[0].uar;
  EXPECT_FALSE(uar.low || uar.high || uar.standard_error);
  EXPECT_NEAR(static_cast<double>(uar.undefined), 10'000 * std::pow(0.9, 10), 200.0);  // 4 standard deviations are 190
  EXPECT_EQ(uar.reason, fmt::format("undefined in {} of 10000 draws (a class had no clips), more than 5 %", uar.undefined));
  // Everybody has a wrong clip, which is called b: its F1 always has a denominator.
  EXPECT_EQ(ours.models[0].uf1.undefined, 0);
  EXPECT_TRUE(ours.models[0].uf1.low);
}

// With three such subjects of 10 the share is 0.7^10 = 2.8 %: percentiles over the other draws, and the count is kept.
TEST(SubjectBootstrap, RarelyUndefinedDrawsAreCountedAndLeftOut) {
  std::vector<Subject> subjects;
  std::vector<std::int32_t> counts;
  for (int s = 0; s < 10; ++s) {
    subjects.push_back(subject_of("d", "d/" + std::to_string(s)));
    counts.insert(counts.end(), {2, 1, s < 3 ? 1 : 0, s < 3 ? s : 0});
  }
  const Interval uar = bootstrap(must_make({"a", "b"}, subjects, {{.name = "m", .seeds = 1, .counts = counts}})).models[0].uar;
  EXPECT_NEAR(static_cast<double>(uar.undefined), 10'000 * std::pow(0.7, 10), 66.0);  // 4 standard deviations
  EXPECT_TRUE(uar.low && uar.high && uar.standard_error);
  EXPECT_TRUE(uar.reason.empty());
  EXPECT_FALSE(std::isnan(*uar.standard_error));
}

TEST(SubjectBootstrap, UndefinedScoreHasItsOwnReason) {
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1"), subject_of("d", "d/2")},
                                         {{.name = "m", .seeds = 1, .counts = {2, 1, 0, 0, 1, 1, 0, 0}}});
  const Interval uar = bootstrap(counts).models[0].uar;
  EXPECT_EQ(uar.reason, "class 'b' has no clips");
  EXPECT_EQ(uar.undefined, 10'000);
}

}  // namespace
}  // namespace mexbench::stats
