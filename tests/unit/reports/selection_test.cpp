#include "reports/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/stats/best_of_epochs.h"
#include "reports/render.h"
#include "reports/svg_selection.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using testing::balance_problem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load;
using testing::MadeRun;
using ::testing::Not;
using testing::recorded;
using ::testing::SizeIs;
using testing::times;
using testing::tiny;

ReportView view_of(const std::vector<MadeRun>& runs) { return make_view(load(runs)); }

// The guesser's figures of every curve, so that sentences can be told in full.
void set_guess(ReportView& view, double mean, double low, double high) {
  for (SelectionGroup& group : view.selection.groups) {
    for (GuessCurve& curve : group.curves) {
      for (GuessPoint& point : curve.points) point.uf1 = {.mean = {.value = mean}, .low = low, .high = high};
    }
  }
}

constexpr const char* kCaution =
    "Independent epochs are the upper curve: the epochs of one training resemble each other, so fewer of them count as independent, and "
    "scores alone do not tell how many.";

// UF1 of tiny_run is 13/18 = 0.7222 (view_test.cpp); with every clip right it is 1, so the gap is 5/18 = 0.2778.
TEST(Selection, GapIsChosenMinusHonestOfTheSameTraining) {
  const ReportView view = view_of({recorded(tiny("a"))});
  ASSERT_THAT(view.selection.groups, SizeIs(3)) << "all, casme2, smic";
  const SelectionGroup& all = view.selection.groups[0];
  EXPECT_TRUE(all.drawn);
  EXPECT_FALSE(view.selection.groups[1].drawn);
  ASSERT_THAT(all.rows, SizeIs(1));
  const SelectionRow& row = all.rows[0];
  EXPECT_EQ(row.seeds, 1U);
  EXPECT_EQ(row.epochs, 800);
  EXPECT_TRUE(row.alike);
  EXPECT_NEAR(*row.uf1.honest.mean.value, 13.0 / 18.0, 1e-12);
  EXPECT_NEAR(*row.uf1.chosen->mean.value, 1.0, 1e-12);
  EXPECT_NEAR(*row.uf1.gap->mean.value, 5.0 / 18.0, 1e-12);
  EXPECT_NEAR(*row.uar.gap->mean.value, 5.0 / 18.0, 1e-12);
  EXPECT_TRUE(view.selection.by_subject);
  EXPECT_THAT(view.selection.unrecorded, IsEmpty());
}

TEST(Selection, SeedsThatRecordedNothingAreInNoMeanBesideTheOthers) {
  MadeRun perfect = tiny("a", 1);
  for (auto& clip : perfect.clips) clip.predicted = clip.truth;
  const ReportView view = view_of({recorded(tiny("a", 0)), perfect});
  const SelectionRow& row = view.selection.groups[0].rows[0];
  EXPECT_EQ(row.seeds, 1U);
  EXPECT_NEAR(*row.uf1.honest.mean.value, 13.0 / 18.0, 1e-12) << "not the mean with the perfect seed";
  EXPECT_NEAR(*row.uf1.gap->mean.value, 5.0 / 18.0, 1e-12);

  const ReportView both = view_of({recorded(tiny("a", 0)), recorded(perfect)});
  const SelectionRow& of_both = both.selection.groups[0].rows[0];
  EXPECT_EQ(of_both.seeds, 2U);
  EXPECT_NEAR(*of_both.uf1.gap->mean.value, 5.0 / 36.0, 1e-12);
  EXPECT_NEAR(of_both.uf1.gap->low, 0.0, 1e-12);
  EXPECT_NEAR(of_both.uf1.gap->high, 5.0 / 18.0, 1e-12);
}

// tiny_run has 3, 2 and 1 clips of its classes. Less a fold's own, casme2/sub01 trains on 2, 1, 1, casme2/sub02 on 2, 2, 0, smic/s01 on
// 2, 1, 1.
TEST(Selection, CurveIsThatOfTheFoldsOwnClipsAndTrainingShares) {
  const ReportView view = view_of({tiny("a")});
  const SelectionGroup& all = view.selection.groups[0];
  ASSERT_THAT(all.curves, SizeIs(1));
  EXPECT_EQ(all.curves[0].of, "");
  std::vector<std::int64_t> epochs;
  for (const GuessPoint& point : all.curves[0].points) epochs.push_back(point.epochs);
  EXPECT_THAT(epochs, ElementsAre(1, 2, 5, 10, 20, 50, 100, 200, 500, 800));
  const std::vector<std::string> classes{"negative", "positive", "surprise"};
  const std::vector<stats::GuessedSubject> subjects{
      {.id = core::SubjectId("casme2/sub01"), .clips = {1, 1, 0}, .shares = {0.5, 0.25, 0.25}},
      {.id = core::SubjectId("casme2/sub02"), .clips = {1, 0, 1}, .shares = {0.5, 0.5, 0.0}},
      {.id = core::SubjectId("smic/s01"), .clips = {1, 1, 0}, .shares = {0.5, 0.25, 0.25}}};
  const auto expected = stats::best_of_epochs(classes, subjects, epochs, {.draws = view.selection.draws});
  ASSERT_TRUE(expected) << expected.error().render();
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    EXPECT_EQ(all.curves[0].points[i].uf1.mean.value, (*expected)[i].uf1.mean.value) << epochs[i];
    EXPECT_EQ(all.curves[0].points[i].uf1.low, (*expected)[i].uf1.low);
    EXPECT_EQ(all.curves[0].points[i].uar.high, (*expected)[i].uar.high);
  }
  EXPECT_EQ(all.guess_of(all.rows[0]), &all.curves[0].points.back());
  // A dataset alone is not drawn, but its row has the guesser's.
  const SelectionGroup& casme2 = view.selection.groups[1];
  ASSERT_THAT(casme2.curves, SizeIs(1));
  ASSERT_THAT(casme2.curves[0].points, SizeIs(2));
  EXPECT_EQ(casme2.curves[0].points[0].epochs, 1);
  EXPECT_EQ(casme2.guess_of(casme2.rows[0])->epochs, 800);
}

TEST(Selection, GridIsLogarithmicAndEndsAtTheMost) {
  EXPECT_THAT(epoch_grid(1), ElementsAre(1));
  EXPECT_THAT(epoch_grid(2), ElementsAre(1, 2));
  EXPECT_THAT(epoch_grid(10), ElementsAre(1, 2, 5, 10));
  EXPECT_THAT(epoch_grid(60), ElementsAre(1, 2, 5, 10, 20, 50, 60));
}

TEST(Selection, RecordedEpochsGoBeforeTheRecipesAndLoadedWeightsHaveNone) {
  MadeRun run = recorded(tiny("a"));
  run.recorded = 60;
  EXPECT_EQ(view_of({run}).selection.groups[0].rows[0].epochs, 60);
  MadeRun loaded = tiny("b");
  loaded.model["trained"] = false;
  loaded.run["train"] = nullptr;
  const ReportView view = view_of({loaded});
  EXPECT_THAT(view.selection.groups, IsEmpty());
  EXPECT_THAT(render_html(view), Not(HasSubstr("id=\"selection\"")));
  EXPECT_THAT(render_markdown(view), Not(HasSubstr("inflation gap")));
}

TEST(Selection, ModelsOfOtherRecipesShareTheCurveAndThoseWithoutAFloorHaveNone) {
  MadeRun shorter = tiny("b"), old = tiny("c");
  shorter.run["train"]["epochs"] = 60;
  old.has_floor = false;
  const ReportView view = view_of({tiny("a"), shorter, old});
  const SelectionGroup& all = view.selection.groups[0];
  ASSERT_THAT(all.curves, SizeIs(1));
  EXPECT_THAT(all.curves[0].models, ElementsAre(0, 1));
  EXPECT_EQ(all.curves[0].of, "a and b");
  EXPECT_EQ(all.guess_of(all.rows[1])->epochs, 60);
  EXPECT_EQ(all.guess_of(all.rows[2]), nullptr);
}

TEST(Selection, OtherClipsHaveACurveAndAFigureOfTheirOwn) {
  MadeRun one = tiny("a");
  one.experiment = "casme2";
  one.clips.resize(4);
  const ReportView view = view_of({tiny("a"), one});
  EXPECT_THAT(selection_files(view), ElementsAre("selection.svg", "selection-2.svg", "selection-3.svg"))
      << "all datasets; casme2 with folds of the composite, and with its own";
}

TEST(Selection, RulesThatChooseOnTheTestData) {
  EXPECT_TRUE(chosen_on_test("best epoch per test subject"));
  EXPECT_TRUE(chosen_on_test("Best_epoch of 800"));
  EXPECT_TRUE(chosen_on_test("the epoch of 30 with the best UF1 on the left-out subject, selection on the test data"));
  EXPECT_FALSE(chosen_on_test("last epoch, 500 epochs; nothing chosen on the held-out subject"));
  EXPECT_FALSE(chosen_on_test("not stated"));
  EXPECT_FALSE(chosen_on_test(""));
}

TEST(SelectionSentences, OneSeedAboveTheGuesser) {
  ReportView view = view_of({recorded(tiny("a"))});
  set_guess(view, 0.66, 0.61, 0.71);
  EXPECT_THAT(
      selection_sentences(view),
      ElementsAre("Choosing the epoch of a on each test subject would have reported UF1 1.0000 instead of 0.7222 (+0.2778) from the "
                  "same training; a guesser that looks at nothing reaches 0.6600 when the best of 800 independent epochs is kept, "
                  "95 % of draws within 0.6100 to 0.7100. The chosen score lies above what 97.5 % of those draws reach.",
                  kCaution));
}

TEST(SelectionSentences, AGuessThatReachesAsFarIsToldSo) {
  ReportView view = view_of({recorded(tiny("a"))});
  set_guess(view, 0.98, 0.9, 1.0);
  EXPECT_THAT(selection_sentences(view)[0],
              HasSubstr("So a guess could have reported as much: by that choice the score would be no evidence "
                        "of recognition."));
}

TEST(SelectionSentences, SeveralSeedsGiveMeanAndRange) {
  MadeRun perfect = tiny("a", 1);
  for (auto& clip : perfect.clips) clip.predicted = clip.truth;
  ReportView view = view_of({recorded(tiny("a", 0)), recorded(perfect)});
  set_guess(view, 0.66, 0.61, 0.71);
  EXPECT_THAT(selection_sentences(view)[0],
              HasSubstr("Over 2 seeds, choosing the epoch of a on each test subject would have reported a mean UF1 of 1.0000 instead of "
                        "0.8611 (+0.1389, by seed 0.0000 to +0.2778) from the same training; a guesser"));
}

TEST(SelectionSentences, WhatWasNotRecordedIsNamedWithTheWayToRecordIt) {
  ReportView view = view_of({tiny("a"), tiny("b")});
  set_guess(view, 0.66, 0.61, 0.71);
  EXPECT_THAT(
      selection_sentences(view),
      ElementsAre("As many epochs as the recipe of a and b has: a guesser that looks at nothing reaches 0.6600 when the best of 800 "
                  "independent epochs is kept, 95 % of draws within 0.6100 to 0.7100.",
                  "The epochs of a and b were not recorded, so what such a choice would have added is not known: 'record_epochs: "
                  "true' in the experiment records the test scores of every epoch and changes no training.",
                  kCaution));
}

// smic has no clip of surprise, so it has no UF1 with these predictions.
TEST(SelectionSentences, UndefinedGapSaysWhy) {
  MadeRun run = tiny("a");
  run.clips.erase(run.clips.begin(), run.clips.begin() + 4);
  const ReportView view = view_of({recorded(run)});
  EXPECT_EQ(view.selection.sentences[0], "The inflation gap of a is undefined: class 'surprise' has no clips and is never predicted.");
}

TEST(SelectionSentences, PublishedFigureOfThatChoiceStandsBesideItsLike) {
  MadeRun run = recorded(tiny("ststnet"));
  testing::json published = testing::published_result();  // "best epoch per test subject"
  published["scores"].erase("samm");
  run.run["published"] = {published};
  const ReportView view = view_of({run});
  ASSERT_THAT(view.selection.groups[0].rows[0].published, SizeIs(1));
  EXPECT_THAT(
      view.selection.sentences,
      Contains("The published UF1 0.7353 (liong2019-table2) was chosen on the test data: what it stands beside is the 1.0000 of that "
               "choice, not the honest 0.7222."));
  EXPECT_THAT(selection_svg(view, view.selection.groups[0], view.selection.groups[0].curves[0]),
              HasSubstr("<title>liong2019-table2: published UF1 0.7353</title>"));
  run.best_predicted.clear();
  EXPECT_THAT(
      view_of({run}).selection.sentences,
      Contains("The published UF1 0.7353 (liong2019-table2) was chosen on the test data: part of its difference from ststnet is that "
               "choice."));
}

TEST(SelectionSentences, InvalidModelHasNone) {
  MadeRun run = recorded(tiny("a"));
  run.judge("INVALID");
  EXPECT_THAT(view_of({run}).selection.sentences, ElementsAre(kCaution));
}

TEST(SelectionSentences, FoldsOfSeveralSubjectsAreCalledFolds) {
  ReportView view = view_of({recorded(tiny("a"))});
  view.selection.by_subject = false;
  EXPECT_THAT(selection_sentences(view)[0], HasSubstr("Choosing the epoch of a on the test clips of each fold would have"));
}

TEST(SelectionFigure, HasTheCurveAndEveryModelOnBothWidths) {
  const ReportView view = view_of({recorded(tiny("a")), tiny("b")});
  const SelectionGroup& all = view.selection.groups[0];
  for (const FigureWidth fits : {FigureWidth::kPage, FigureWidth::kPhone}) {
    const std::string figure = selection_svg(view, all, all.curves[0], fits);
    EXPECT_EQ(balance_problem(figure), "");
    EXPECT_TRUE(is_report_figure(figure));
    EXPECT_THAT(figure, HasSubstr("<title>a: honest UF1 0.7222</title>"));
    EXPECT_THAT(figure, HasSubstr("<title>a: UF1 1.0000 if the epoch were chosen on the test clips</title>"));
    EXPECT_THAT(figure, HasSubstr("<title>b: honest UF1 0.7222</title>"));
    EXPECT_THAT(figure, Not(HasSubstr("b: UF1")));
    EXPECT_EQ(times(figure, "<title>a guesser, best of 800 epochs: UF1 "), 3U) << "the curve's last point, and each model's band";
    EXPECT_EQ(times(figure, "<title>a guesser, best of 1 epoch: UF1 "), 1U);
  }
}

TEST(SelectionFigure, InvalidModelIsCalledSo) {
  MadeRun run = tiny("a");
  run.judge("INVALID");
  const ReportView view = view_of({run});
  const SelectionGroup& all = view.selection.groups[0];
  EXPECT_THAT(selection_svg(view, all, all.curves[0]), HasSubstr(">a, INVALID</text>"));
}

TEST(SelectionReport, HostileNamesAreTextAndTheOrderOfFoldersIsNone) {
  MadeRun hostile = recorded(testing::hostile_run());
  const ReportView view = view_of({hostile});
  ASSERT_THAT(view.selection.groups, Not(IsEmpty()));
  const std::string page = render_html(view);
  EXPECT_EQ(balance_problem(page), "");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  const SelectionGroup& group = view.selection.groups[0];
  EXPECT_THAT(selection_svg(view, group, group.curves.at(0)), Not(HasSubstr("<b>")));

  const std::vector<MadeRun> runs{recorded(tiny("a", 0)), recorded(tiny("a", 1)), tiny("b")};
  const std::vector<MadeRun> other{runs[2], runs[1], runs[0]};
  EXPECT_EQ(render_html(view_of(runs)), render_html(view_of(other)));
  EXPECT_EQ(render_markdown(view_of(runs)), render_markdown(view_of(other)));
}

TEST(SelectionReport, JsonHasTheNumbersOfTheThreeSections) {
  const ReportView view = view_of({recorded(tiny("a")), tiny("b")});
  const testing::json report = testing::json::parse(render_json(view));
  const testing::json& all = report.at("selection").at("groups").at(0);
  EXPECT_EQ(all.at("models").at(0).at("uf1").at("gap").at("mean"), *view.selection.groups[0].rows[0].uf1.gap->mean.value);
  EXPECT_TRUE(all.at("models").at(1).at("uf1").at("chosen").is_null());
  EXPECT_EQ(all.at("guesser").at(0).at("points").size(), view.selection.groups[0].curves[0].points.size());
  EXPECT_EQ(report.at("conventions").at("rows").at(0).at("id"), "pooled_uf1");
  EXPECT_EQ(report.at("conventions").at("rows").at(0).at("models").at("a").at("mean"), *view.conventions.rows[0].models[0].mean.value);
  const testing::json& group = report.at("influence").at("groups").at(0);
  EXPECT_EQ(group.at("left_out").at(2).at("models").at("a").at("change"), *view.influence.groups[0].rows[2].models[0].change);
  EXPECT_EQ(group.at("left_out").at(1).at("models").at("a").at("uf1").at("reason"),
            view.notes[view.influence.groups[0].rows[1].models[0].without.note - 1]);
}

TEST(SelectionReport, MarkdownRowsAreTheExpectedOnes) {
  ReportView view = view_of({recorded(tiny("a"))});
  set_guess(view, 0.66, 0.61, 0.71);
  EXPECT_THAT(render_markdown(view),
              HasSubstr("| all datasets | [a](#model-1) | 1 of 1 | 800 | 0.7222 | 1.0000 | +0.2778 | 0.7222 | 1.0000 | +0.2778 | "
                        "UNAUDITED |\n| all datasets | a guesser: one epoch, best of so many |  | 800 | 0.6600 "
                        "(0.6100\xE2\x80\x93"
                        "0.7100) | 0.6600 (0.6100\xE2\x80\x93"
                        "0.7100) | 0.0000 | "));
}

}  // namespace
}  // namespace mexbench::reports
