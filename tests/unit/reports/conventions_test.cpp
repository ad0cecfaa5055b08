#include "reports/conventions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/render.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load;
using testing::MadeRun;
using ::testing::Not;
using ::testing::SizeIs;
using testing::tiny;

ReportView view_of(const std::vector<MadeRun>& runs) { return make_view(load(runs)); }

const ConventionRow& row_of(const ReportView& view, const std::string& name) {
  const auto& rows = view.conventions.rows;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const ConventionRow& row) { return row.name == name; });
  EXPECT_NE(found, rows.end()) << name;
  return *found;
}

// As tiny_run but with every clip right except the one of surprise, called negative. UF1: negative 2*3/(6+1) = 6/7, positive 1, surprise
// 0, so 13/21 = 0.6190, below tiny_run's 13/18; 5 of 6 clips are right, tiny_run has 4.
MadeRun without_surprise(const std::string& label, std::uint64_t seed = 0) {
  MadeRun run = tiny(label, seed);
  for (auto& clip : run.clips) clip.predicted = clip.truth == 2 ? 0 : clip.truth;
  return run;
}

// tiny_run by hand. Folds: casme2/sub01 negative and positive right, casme2/sub02 negative and surprise right, smic/s01 negative and
// positive exchanged. Each fold lacks one class. Macro F1: absent 0: (2/3 + 2/3 + 0)/3; absent 1: (1 + 1 + 1/3)/3; skipped: (1 + 1 + 0)/3.
TEST(Conventions, ValuesAreThoseWorkedOutByHand) {
  const ReportView view = view_of({tiny("a")});
  const auto value = [&](const char* name) { return *row_of(view, name).models.at(0).mean.value; };
  EXPECT_EQ(view.conventions.rows.front().name, "UF1, pooled");
  EXPECT_NEAR(value("UF1, pooled"), 13.0 / 18.0, 1e-12);
  EXPECT_NEAR(value("UAR, pooled"), 13.0 / 18.0, 1e-12);
  EXPECT_NEAR(value("accuracy, pooled"), 4.0 / 6.0, 1e-12);
  EXPECT_NEAR(value("F1 weighted by support, pooled"), (3 * 2.0 / 3 + 2 * 0.5 + 1) / 6, 1e-12);
  EXPECT_NEAR(value("macro F1, mean over folds, absent classes count 0"), 4.0 / 9.0, 1e-12);
  EXPECT_NEAR(value("macro F1, mean over folds, absent classes count 1"), 7.0 / 9.0, 1e-12);
  EXPECT_NEAR(value("macro F1, mean over folds, absent classes skipped"), 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(value("accuracy, mean over folds"), 2.0 / 3.0, 1e-12);
  EXPECT_FALSE(row_of(view, "F1 of the last class divided by K, pooled").counted);
  EXPECT_FALSE(row_of(view, "recall divided by all clips, pooled").counted);
}

TEST(Conventions, SeedsGiveMeanAndRange) {
  const ReportView view = view_of({tiny("a", 0), without_surprise("a", 1)});
  const SpreadCell& accuracy = row_of(view, "accuracy, pooled").models.at(0);
  EXPECT_NEAR(*accuracy.mean.value, 0.75, 1e-12);
  EXPECT_NEAR(accuracy.low, 4.0 / 6.0, 1e-12);
  EXPECT_NEAR(accuracy.high, 5.0 / 6.0, 1e-12);
}

TEST(ConventionSentences, RangeNamesItsEnds) {
  const ReportView view = view_of({tiny("a")});
  EXPECT_THAT(
      view.conventions.sentences,
      ElementsAre("The same predictions of a score from 0.4444 (macro F1, mean over folds, absent classes count 0) to 0.7778 (macro "
                  "F1, mean over folds, absent classes count 1), depending on the convention."));
}

// 13/21 under pooled UF1 and without; over folds with absent classes as 0: (2/3 + 2/9 + 2/3)/3 = 14/27 = 0.5185, as 1: (1 + 5/9 + 1)/3 =
// 0.8519. Recalls as 1: (1 + 2/3 + 1)/3 = 0.8889.
TEST(ConventionSentences, F1AloneIsToldWhereItGoesLessFar) {
  const ReportView view = view_of({without_surprise("b")});
  EXPECT_THAT(
      view.conventions.sentences,
      ElementsAre("The same predictions of b score from 0.5185 (macro F1, mean over folds, absent classes count 0) to 0.8889 (macro "
                  "recall, mean over folds, absent classes count 1), depending on the convention; what is called F1 goes from 0.5185 "
                  "(macro F1, mean over folds, absent classes count 0) to 0.8519 (macro F1, mean over folds, absent classes count "
                  "1)."));
}

// By hand, a (tiny_run) has the higher score under pooled UF1, UAR (13/18 against 2/3) and macro F1 pooled; b under the 11 others.
TEST(ConventionSentences, AnotherBestModelIsTold) {
  const ReportView view = view_of({tiny("a"), without_surprise("b")});
  EXPECT_THAT(view.conventions.sentences, SizeIs(4));
  EXPECT_EQ(view.conventions.sentences[2], "Under 11 of 14 conventions the 2 models stand in another order than under pooled UF1.");
  EXPECT_EQ(
      view.conventions.sentences[3],
      "Under 'accuracy, pooled', 'F1 weighted by support, pooled', 'macro F1, mean over folds, absent classes count 0' and 8 more the "
      "highest score is that of b, under pooled UF1 that of a.");
}

TEST(ConventionSentences, SameOrderIsToldToo) {
  MadeRun worse = tiny("b");
  for (auto& clip : worse.clips) clip.predicted = (clip.truth + 1) % 3;  // nothing right
  const ReportView view = view_of({tiny("a"), worse});
  EXPECT_EQ(view.conventions.sentences.back(), "All 14 conventions that have a score of every model order the 2 models alike.");
}

TEST(ConventionSentences, OfManyModelsTheWidestIsTold) {
  const ReportView view = view_of({tiny("a"), tiny("b"), tiny("c"), without_surprise("d")});
  EXPECT_EQ(view.conventions.sentences[0], "Of 4 models the convention moves d most.") << "by 0.3704, the others by 0.3333";
  EXPECT_THAT(view.conventions.sentences[1], HasSubstr("The same predictions of d score from 0.5185 "));
}

TEST(ConventionSentences, InvalidModelHasNone) {
  MadeRun run = tiny("a");
  run.judge("INVALID");
  EXPECT_THAT(view_of({run}).conventions.sentences, SizeIs(0));
}

TEST(ConventionReport, TableNamesConventionsFormulasAndUsers) {
  const ReportView view = view_of({tiny("a"), without_surprise("b")});
  const std::string page = render_html(view);
  EXPECT_EQ(testing::balance_problem(page), "");
  const std::size_t from = page.find("<section id=\"conventions\">");
  const std::string section = page.substr(from, page.find("</section>", from) - from);
  EXPECT_EQ(testing::times(section, "<th scope=\"row\""), view.conventions.rows.size());
  EXPECT_THAT(section, HasSubstr("title=\"per fold mean over all classes of F1, 0 where 2TP+FP+FN = 0; mean over folds\""));
  EXPECT_THAT(section, HasSubstr("<strong>0.4444</strong><span class=\"range\">lowest</span>"));
  EXPECT_THAT(section, HasSubstr("davidnvq/me_recognition"));
  EXPECT_THAT(render_markdown(view), HasSubstr("| accuracy, pooled | 0.6667 | 0.8333 | "));
}

TEST(ConventionReport, HostileNamesAreTextAndTheOrderOfFoldersIsNone) {
  const ReportView hostile = view_of({testing::hostile_run()});
  EXPECT_EQ(testing::balance_problem(render_html(hostile)), "");
  EXPECT_THAT(render_html(hostile), Not(HasSubstr("<script>alert")));
  EXPECT_EQ(view_of({tiny("a"), without_surprise("b")}).conventions.sentences,
            view_of({without_surprise("b"), tiny("a")}).conventions.sentences);
}

}  // namespace
}  // namespace mexbench::reports
