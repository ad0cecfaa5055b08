#include "reports/influence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/render.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load;
using testing::MadeRun;
using ::testing::Not;
using ::testing::SizeIs;
using testing::times;
using testing::tiny;

ReportView view_of(const std::vector<MadeRun>& runs) { return make_view(load(runs)); }

// Every clip right except the one of surprise, called negative: UF1 13/21 (conventions_test.cpp).
MadeRun without_surprise(const std::string& label) {
  MadeRun run = tiny(label);
  for (auto& clip : run.clips) clip.predicted = clip.truth == 2 ? 0 : clip.truth;
  return run;
}

// tiny_run by hand. Without smic/s01 all is right: 1. Without casme2/sub01: negative 2*1/(2+2) = 1/2, positive 0, surprise 1: 1/2.
// Without casme2/sub02 nobody has surprise, and it is never predicted.
TEST(Influence, OfOneModelAloneIsThatWorkedOutByHand) {
  const ReportView view = view_of({tiny("a")});
  ASSERT_THAT(view.comparisons, IsEmpty());
  ASSERT_THAT(view.influence.groups, SizeIs(1));
  const InfluenceGroup& group = view.influence.groups[0];
  EXPECT_EQ(group.subjects, 3);
  EXPECT_EQ(group.datasets, "casme2 and smic");
  ASSERT_THAT(group.rows, SizeIs(3));
  EXPECT_EQ(group.rows[0].subject, "casme2/sub01");
  EXPECT_EQ(group.rows[0].clips, 2);
  EXPECT_NEAR(*group.rows[0].models[0].without.value, 0.5, 1e-12);
  EXPECT_NEAR(*group.rows[0].models[0].change, 0.5 - 13.0 / 18.0, 1e-12);
  EXPECT_FALSE(group.rows[1].models[0].change.has_value());
  EXPECT_THAT(view.notes[group.rows[1].models[0].without.note - 1], HasSubstr("without this subject"));
  EXPECT_NEAR(*group.rows[2].models[0].change, 5.0 / 18.0, 1e-12);
  EXPECT_THAT(group.largest, ElementsAre(2, 0, 1)) << "0.2778, 0.2222, none";
  EXPECT_THAT(group.pairs, IsEmpty());
  EXPECT_THAT(
      group.sentences,
      ElementsAre("No subject weighs more than smic/s01 (2 clips): without it the UF1 of a is 1.0000 instead of 0.7222 (+0.2778)."));
}

// b without smic/s01: negative 2*2/(4+1) = 4/5, positive 1, surprise 0: 3/5, below a's 1; without casme2/sub01 the same, above a's 1/2.
TEST(Influence, SubjectThatTurnsTheBestModelIsTold) {
  const ReportView view = view_of({tiny("a"), without_surprise("b")});
  ASSERT_THAT(view.influence.groups, SizeIs(1));
  const InfluenceGroup& group = view.influence.groups[0];
  EXPECT_NEAR(*group.rows[0].models[1].without.value, 0.6, 1e-12);
  EXPECT_TRUE(group.rows[0].changes_best);
  EXPECT_FALSE(group.rows[1].changes_best) << "no score, no rank";
  EXPECT_FALSE(group.rows[2].changes_best);
  EXPECT_THAT(group.sentences, Contains("Without casme2/sub01 another model has the highest UF1: which one is best rests on one person."));
  ASSERT_THAT(group.pairs, SizeIs(1));
}

TEST(Influence, BestModelThatStaysIsTold) {
  MadeRun worse = tiny("b");
  for (auto& clip : worse.clips) clip.predicted = (clip.truth + 1) % 3;  // nothing right
  const InfluenceGroup group = view_of({tiny("a"), worse}).influence.groups.at(0);
  EXPECT_THAT(group.sentences, Contains("Whichever subject is left out, the highest UF1 is that of a."));
  EXPECT_THAT(group.sentences, Contains("The order of the models is the same without any of the 3 subjects."));
}

TEST(Influence, InvalidModelHasNoGroup) {
  MadeRun run = tiny("a");
  run.judge("INVALID");
  EXPECT_THAT(view_of({run}).influence.groups, IsEmpty());
}

// 68 subjects resolve 0.0512. Then 0.0144 takes 68 * (0.0512/0.0144)^2 = 859.65, 0.02 takes 68 * 2.56^2 = 445.6.
TEST(InfluenceSentences, SmallestDifferenceAndTheSubjectsOfOthers) {
  ReportView view = view_of({tiny("a"), without_surprise("b")});
  InfluenceGroup& group = view.influence.groups[0];
  group.subjects = 68;
  ResolutionRow& row = group.pairs[0];
  row.difference = {.value = 0.0144};
  row.smallest = 0.0512;
  row.for_seen = 860;
  row.needed = {1783, 446, 72, 18};
  const std::vector<std::string> sentences = influence_sentences(view, group);
  EXPECT_THAT(
      sentences,
      Contains("With 68 subjects the smallest difference in UF1 that is found about three times in four is 0.0512 between a and b."));
  EXPECT_THAT(sentences, Contains("A difference as large as the one seen, 0.0144, would take 860 subjects."));
  EXPECT_THAT(sentences, Contains("To find a difference of 0.02 it takes 446 subjects like these."));
  group.pairs.push_back(row);
  group.pairs[1].smallest = 0.0256;
  group.pairs[1].needed = {446, 112, 18, 5};
  const std::vector<std::string> of_two = influence_sentences(view, group);
  EXPECT_THAT(
      of_two,
      Contains("With 68 subjects the smallest difference in UF1 that is found about three times in four is 0.0256 between a and b and "
               "0.0512 between a and b."));
  EXPECT_THAT(of_two, Contains("To find a difference of 0.02 it takes 112 to 446 subjects like these."));
}

TEST(Influence, SubjectsNeededFollowFromTheSmallestDifference) {
  const ReportView view = view_of({testing::megc_run("a", 0, 0.72), testing::megc_run("b", 0, 0.66)});
  const ResolutionRow& row = view.influence.groups.at(0).pairs.at(0);
  ASSERT_TRUE(row.smallest.has_value());
  for (std::size_t i = 0; i < kAskedDifferences.size(); ++i) {
    const double exact = 68.0 * (*row.smallest / kAskedDifferences[i]) * (*row.smallest / kAskedDifferences[i]);
    EXPECT_GE(static_cast<double>(row.needed[i].value()), exact - 1e-6);
    EXPECT_LT(static_cast<double>(row.needed[i].value()), exact + 1.0);
  }
}

TEST(InfluenceSentences, SeedsBesideSubjects) {
  ReportView view = view_of({tiny("a", 0), tiny("a", 1)});
  view.spreads[0].seed_deviation = 0.0123;
  view.spreads[0].subject_error = 0.0312;
  EXPECT_THAT(spread_sentences(view),
              ElementsAre("Another random start moves the UF1 of a by 0.0123 (standard deviation over 2 seeds), another set of people by "
                          "0.0312 (standard error over 3 subjects).",
                          "Intervals and p values here are over subjects alone: more seeds do not make up for few people."));
  view.spreads.assign(4, view.spreads[0]);
  view.spreads[3].seed_deviation = 0.05;
  EXPECT_EQ(spread_sentences(view)[0], "In 1 of 4 models another random start moves the UF1 more than another set of people would.");
  view.spreads.resize(1);
  view.spreads[0].seed_deviation.reset();
  EXPECT_THAT(spread_sentences(view), IsEmpty());
}

TEST(InfluenceReport, TenSubjectsStandOpenAndAllOfThemInDetails) {
  const ReportView view = view_of({testing::megc_run("a", 0, 0.72), testing::megc_run("b", 0, 0.66)});
  EXPECT_THAT(view.influence.groups.at(0).largest, SizeIs(10));
  const std::string page = render_html(view);
  EXPECT_EQ(testing::balance_problem(page), "");
  const std::size_t from = page.find("<section id=\"influence\">");
  const std::string section = page.substr(from, page.find("</section>", from) - from);
  const std::size_t details = section.find("<details><summary>All 68 subjects</summary>");
  ASSERT_NE(details, std::string::npos);
  EXPECT_EQ(times(section.substr(0, details), "<th scope=\"row\">"), 10U);
  EXPECT_EQ(times(section.substr(details, section.find("</details>") - details), "<th scope=\"row\">"), 68U);
  EXPECT_THAT(section, HasSubstr("for 0.05</th>"));
}

TEST(InfluenceReport, HostileNamesAreTextAndTheOrderOfFoldersIsNone) {
  const std::string page = render_html(view_of({testing::hostile_run()}));
  EXPECT_EQ(testing::balance_problem(page), "");
  EXPECT_THAT(page, HasSubstr("<section id=\"influence\">"));
  EXPECT_THAT(page, Not(HasSubstr("<u>&|")));
  EXPECT_EQ(render_markdown(view_of({tiny("a"), without_surprise("b")})), render_markdown(view_of({without_surprise("b"), tiny("a")})));
}

}  // namespace
}  // namespace mexbench::reports
