#include "reports/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/eval/curves.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using testing::balance_problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MadeRun;
using ::testing::Not;
using testing::ScratchFolder;
using ::testing::SizeIs;
using testing::tiny_run;

// Loss 1/epoch and a UF1 that wanders; every fold ends at `last`, but for smic/s01.
eval::Curves made_curves(std::int64_t last, std::int64_t other_last) {
  eval::Curves curves;
  for (std::int64_t epoch = 1; epoch <= last; ++epoch) {
    const double loss = 1.0 / static_cast<double>(epoch);
    curves.epochs.push_back({.epoch = epoch,
                             .folds = 3,
                             .train_loss = loss,
                             .loss_low = 0.5 * loss,
                             .loss_high = 2.0 * loss,
                             .test_uf1 = core::Figure::of(epoch % 2 == 0 ? 0.5 : 0.6)});
  }
  curves.epochs_trained = {
      {core::FoldId("casme2/sub01"), last}, {core::FoldId("casme2/sub02"), last}, {core::FoldId("smic/s01"), other_last}};
  return curves;
}

core::Result<ReportData> load_with(MadeRun run, nlohmann::json curves) {
  const ScratchFolder out;
  run.curves = std::move(curves);
  return load_runs(std::vector{run.write(out.path())});
}

ReportView view_with(const eval::Curves& curves) {
  const auto data = load_with(tiny_run(), to_json(curves));
  EXPECT_TRUE(data) << data.error().render();
  return make_view(*data);
}

TEST(Training, CurveIsThinnedButKeepsItsEnds) {
  const ReportView view = view_with(made_curves(801, 801));
  ASSERT_THAT(view.training.runs, SizeIs(1));
  const TrainingView& one = view.training.runs[0];
  EXPECT_EQ(one.epochs, 801);
  ASSERT_THAT(one.points, SizeIs(kMostPoints));
  EXPECT_EQ(one.points.front().epoch, 1);
  EXPECT_EQ(one.points.back().epoch, 801);
  for (std::size_t i = 1; i < one.points.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(one.points[i].epoch - one.points[i - 1].epoch), 800.0 / (kMostPoints - 1.0), 1.0);
  }
  EXPECT_THAT(view_with(made_curves(5, 5)).training.runs[0].points, SizeIs(5));
}

TEST(Training, SentenceSaysHowFarTheScoreMovesAndWhichEpochCounts) {
  EXPECT_EQ(view_with(made_curves(8, 8)).training.runs[0].sentence,
            "In the last quarter of the epochs (7 to 8) the pooled test UF1 lies between 0.5000 and 0.6000. The run's own score, UF1 "
            "0.7222, is of epoch 8 in every fold.");
  EXPECT_THAT(view_with(made_curves(8, 3)).training.runs[0].sentence,
              HasSubstr("is of epochs 3 to 8, chosen in each fold without its test subject (median 8)."));
  eval::Curves gap = made_curves(8, 8);
  gap.epochs[6].test_uf1 = core::Figure::undefined("a fold has recorded no epoch");
  EXPECT_THAT(view_with(gap).training.runs[0].sentence,
              HasSubstr("In the last quarter of the epochs the pooled test UF1 is not always defined."));
  EXPECT_THAT(view_with(made_curves(3, 3)).training.runs[0].sentence, Not(HasSubstr("quarter")));
}

TEST(Training, FigureHasBothCurvesTheBandAndTheRunsOwnScore) {
  const ReportView view = view_with(made_curves(40, 20));
  const std::string figure = training_svg(view, view.training.runs[0]);
  EXPECT_EQ(balance_problem(figure), "");
  EXPECT_TRUE(is_report_figure(figure));
  EXPECT_THAT(figure, HasSubstr("<title>the run's own score: UF1 0.7222</title>"));
  EXPECT_THAT(figure, HasSubstr("<title>2.5 to 97.5 percentile of the folds</title>"));
  EXPECT_THAT(figure, HasSubstr(">pooled test UF1</text>"));
  // One epoch alone, and a loss of 0, are drawn too.
  eval::Curves one = made_curves(1, 1);
  one.epochs[0].train_loss = one.epochs[0].loss_low = one.epochs[0].loss_high = 0.0;
  const ReportView short_view = view_with(one);
  const std::string small = training_svg(short_view, short_view.training.runs[0]);
  EXPECT_EQ(balance_problem(small), "");
  EXPECT_THAT(small, Not(HasSubstr("nan")));
  EXPECT_THAT(small, Not(HasSubstr("inf")));
}

TEST(Training, RunsThatRecordedNothingAreNamed) {
  const ReportView none = make_view(testing::load({tiny_run()}));
  EXPECT_THAT(none.training.sentences,
              ElementsAre("No run of this report recorded its epochs; 'record_epochs: true' in an experiment keeps them."));
  EXPECT_THAT(render_html(none), HasSubstr("<section id=\"training\">"));
  MadeRun loaded = tiny_run();
  loaded.model["trained"] = false;
  loaded.run["train"] = nullptr;
  EXPECT_THAT(make_view(testing::load({loaded})).training.sentences,
              ElementsAre("No run of this report trained a model: weights were loaded."));
}

TEST(Training, CurvesOfOtherFoldsOrNoneAreRefused) {
  const auto problem = [](const nlohmann::json& content) {
    const auto data = load_with(tiny_run(), content);
    return data ? "accepted" : data.error().render();
  };
  eval::Curves foreign = made_curves(4, 4);
  foreign.epochs_trained.erase(core::FoldId("smic/s01"));
  EXPECT_THAT(problem(to_json(foreign)), HasSubstr("is not of the folds of predictions.csv"));
  nlohmann::json uneven = to_json(made_curves(4, 4));
  uneven["folds"].erase(0);
  EXPECT_THAT(problem(uneven), HasSubstr("columns are not lists of one length"));
  nlohmann::json back = to_json(made_curves(4, 4));
  back["epoch"][3] = 2;
  EXPECT_THAT(problem(back), HasSubstr("epochs do not ascend"));
  nlohmann::json text = to_json(made_curves(4, 4));
  text["train_loss"]["mean"][0] = "low";
  EXPECT_THAT(problem(text), HasSubstr("curves.json"));
  EXPECT_THAT(problem({{"schema", "mexbench.curves/1"}}), HasSubstr("curves.json"));
}

}  // namespace
}  // namespace mexbench::reports
