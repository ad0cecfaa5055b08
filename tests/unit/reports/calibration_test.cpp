#include "reports/calibration.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/selective.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using testing::add_scores;
using testing::balance_problem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using ::testing::Not;
using ::testing::SizeIs;
using testing::times;
using testing::tiny_run;

// Six clips of tiny_run(), right, right, right, right, wrong, wrong; scores are probabilities.
MadeRun probable_run() {
  MadeRun run = tiny_run();
  run.scores = {{0.9F, 0.1F, 0.0F}, {0.2F, 0.8F, 0.0F}, {0.7F, 0.2F, 0.1F}, {0.2F, 0.2F, 0.6F}, {0.4F, 0.5F, 0.1F}, {0.8F, 0.1F, 0.1F}};
  return run;
}

// By hand, with one bin since 6 clips are below 20 for each of two. Confidences 0.9 0.8 0.7 0.6 0.5 0.8, sum 4.3, mean 43/60; right 4 of 6.
// ECE = |4/6 - 43/60| = 3/60 = 0.05.
// Brier: sum of (p - y)^2: 0.01+0.01+0 = 0.02; 0.04+0.04+0 = 0.08; 0.09+0.04+0.01 = 0.14; 0.04+0.04+0.16 = 0.24;
// truth negative, (0.4, 0.5, 0.1): 0.36+0.25+0.01 = 0.62; truth positive, (0.8, 0.1, 0.1): 0.64+0.81+0.01 = 1.46; mean 2.56/6.
// Risk, the surest first: 0.9 right; 0.8 twice, one right and one wrong, so 1/2 an error each; 0.7 right; 0.6 right; 0.5 wrong:
// 0/1, 0.5/2, 1/3, 1/4, 1/5, 2/6. AURC = (0 + 1/4 + 1/3 + 1/4 + 1/5 + 1/3)/6 = (41/30)/6. Best order: 0, 0, 0, 0, 1/5, 2/6, its
// AURC (8/15)/6, so E-AURC = (41/30 - 16/30)/6 = 5/36.
// Half of the clips is 3: 0.9 and the two of 0.8, 2 of 3 right. 80 % is 4.8, so 5 clips, 4 of 5 right.
TEST(Calibration, FiguresOfSixClipsAreThoseWorkedOutByHand) {
  const ReportView view = make_view(load({probable_run()}));
  ASSERT_THAT(view.calibration.models, SizeIs(1));
  const CalibrationView& one = view.calibration.models[0];
  EXPECT_EQ(one.softmaxed, 0U);
  EXPECT_EQ(one.clips, 6U);
  EXPECT_NEAR(one.accuracy.mean, 4.0 / 6.0, 1e-7);
  EXPECT_NEAR(one.confidence.mean, 43.0 / 60.0, 1e-7);
  EXPECT_NEAR(one.ece.mean, 0.05, 1e-7);
  EXPECT_NEAR(one.brier.mean, 2.56 / 6.0, 1e-7);
  EXPECT_NEAR(one.aurc.mean, 41.0 / 180.0, 1e-12);
  EXPECT_NEAR(one.excess.mean, 5.0 / 36.0, 1e-12);
  EXPECT_NEAR(one.selective[0].coverage.mean, 0.5, 1e-12);
  EXPECT_NEAR(one.selective[0].accuracy.mean, 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(one.selective[1].coverage.mean, 5.0 / 6.0, 1e-12);
  EXPECT_NEAR(one.selective[1].accuracy.mean, 0.8, 1e-12);
  ASSERT_THAT(one.risk, SizeIs(6));
  const std::vector<double> risk{0.0, 1.0 / 4, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 3};
  for (std::size_t k = 0; k < risk.size(); ++k) EXPECT_NEAR(one.risk[k], risk[k], 1e-12) << k;
  EXPECT_THAT(one.bins, SizeIs(1));
}

TEST(Calibration, SentencesSayWhatTheNumbersDo) {
  const ReportView view = make_view(load({probable_run()}));
  const CalibrationView& one = view.calibration.models[0];
  // Expected distance of Binomial-like counts is far above 0.05 for six clips.
  EXPECT_THAT(one.sentences[0], HasSubstr("ststnet shows an ECE of 0.0500, no more than the "));
  EXPECT_THAT(one.sentences[0], HasSubstr("on 6 clips no miscalibration is seen."));
  EXPECT_EQ(
      one.sentences[1],
      "Of the 50.0 % of clips it is surest of, 0.6667 are right, no more than of all (0.6667): its confidence does not tell its errors.");
}

TEST(Calibration, ModelThatIsTooSureIsSaidToBe) {
  MadeRun run = megc_run("a", 0, 0.5);
  for (const auto& clip : run.clips) {
    std::vector<float> scores(3, 0.02F);
    scores[clip.predicted] = 0.96F;
    run.scores.push_back(scores);
  }
  const ReportView view = make_view(load({run}));
  const CalibrationView& one = view.calibration.models[0];
  const double right = one.accuracy.mean;
  EXPECT_NEAR(one.ece.mean, 0.96 - right, 1e-6) << "all clips are in one bin: confidences are equal";
  EXPECT_THAT(one.sentences[0], HasSubstr(", so it is too sure."));
  // The reverse: right far more often than it says.
  for (auto& scores : run.scores) {
    const auto most = std::max_element(scores.begin(), scores.end());
    for (float& score : scores) score = 0.33F;
    *most = 0.34F;
  }
  for (auto& clip : run.clips) clip.predicted = clip.truth;
  for (std::size_t i = 0; i < run.clips.size(); ++i) {
    run.scores[i] = {0.33F, 0.33F, 0.33F};
    run.scores[i][run.clips[i].truth] = 0.34F;
  }
  EXPECT_THAT(make_view(load({run})).calibration.models[0].sentences[0], HasSubstr(", so it is not sure enough."));
}

TEST(Calibration, SurerWhereRightIsSaidWithBothNumbers) {
  MadeRun run = megc_run("a", 0, 0.6);
  add_scores(run);
  const CalibrationView one = make_view(load({run})).calibration.models[0];
  EXPECT_GT(one.selective[0].accuracy.mean, one.accuracy.mean);
  EXPECT_EQ(one.sentences[1], fmt::format("Of the 50.0 % of clips it is surest of, {:.4f} are right, of all {:.4f}.",
                                          one.selective[0].accuracy.mean, one.accuracy.mean));
}

TEST(Calibration, OtherScoresGoThroughSoftmaxAndTheReportSaysSo) {
  MadeRun one = megc_run("a", 0, 0.6), other = megc_run("b", 0, 0.6);
  add_scores(one);
  for (const auto& clip : other.clips) {
    other.scores.push_back({0.25F, 0.25F, 0.25F});
    other.scores.back()[clip.predicted] = 0.5F;
  }
  const ReportView view = make_view(load({one, other}));
  EXPECT_EQ(view.calibration.models[0].softmaxed, 1U);
  EXPECT_EQ(view.calibration.models[1].softmaxed, 0U);
  EXPECT_THAT(view.calibration.sentences, Contains(HasSubstr("The scores of a were no probabilities, and their softmax is taken")));
  const std::string sentence = "The scores of a were no probabilities, and their softmax is taken for them";
  EXPECT_EQ(times(render_html(view), sentence), 1U);
  EXPECT_EQ(times(render_markdown(view), sentence), 1U);
}

TEST(Calibration, ModelsWithDecisionsAloneAreNamed) {
  MadeRun scored = megc_run("a", 0, 0.6);
  add_scores(scored);
  const ReportView view = make_view(load({scored, megc_run("b", 0, 0.6)}));
  EXPECT_THAT(view.calibration.without, ElementsAre(1U));
  EXPECT_THAT(view.calibration.sentences, Contains("b gives answers without scores, so nothing can be said of how sure it is."));
  const ReportView none = make_view(load({tiny_run()}));
  EXPECT_THAT(none.calibration.models, IsEmpty());
  EXPECT_THAT(none.calibration.sentences,
              ElementsAre("No model of this report gives scores with its answers, so nothing can be said of how sure it is."));
  EXPECT_THAT(render_html(none), HasSubstr("<section id=\"calibration\">"));
}

TEST(Calibration, FiguresOfSeedsAreMeansAndTheDiagramSaysWhoseItIs) {
  MadeRun one = megc_run("a", 3, 0.6), other = megc_run("a", 4, 0.7);
  add_scores(one);
  add_scores(other);
  const ReportView both = make_view(load({one, other}));
  const CalibrationView first = make_view(load({one})).calibration.models[0], second = make_view(load({other})).calibration.models[0];
  const CalibrationView& mean = both.calibration.models[0];
  EXPECT_NEAR(mean.ece.mean, (first.ece.mean + second.ece.mean) / 2, 1e-12);
  EXPECT_NEAR(mean.ece.high, std::max(first.ece.mean, second.ece.mean), 1e-12);
  EXPECT_NEAR(mean.aurc.mean, (first.aurc.mean + second.aurc.mean) / 2, 1e-12);
  EXPECT_EQ(mean.drawn_seed, 3U);
  EXPECT_EQ(mean.bins.size(), first.bins.size());
  EXPECT_THAT(mean.sentences[0], HasSubstr("Over 2 seeds, a shows an ECE of "));
  EXPECT_THAT(reliability_svg(both, mean), HasSubstr("<title>Reliability of a, seed 3 ("));
  EXPECT_THAT(render_html(both), HasSubstr("seed 3, the first of 2"));
  // The mean height of the drawn curve is the AURC.
  EXPECT_NEAR(std::accumulate(mean.risk.begin(), mean.risk.end(), 0.0) / static_cast<double>(mean.risk.size()), mean.aurc.mean, 1e-12);
}

TEST(Calibration, EveryBinHasItsDotBarAndInterval) {
  MadeRun run = megc_run("a", 0, 0.6);
  add_scores(run);
  const ReportView view = make_view(load({run}));
  const std::string figure = reliability_svg(view, view.calibration.models[0]);
  EXPECT_EQ(balance_problem(figure), "");
  EXPECT_TRUE(is_report_figure(figure));
  EXPECT_EQ(view.calibration.models[0].bins.size(), 15U) << "442 clips";
  EXPECT_EQ(times(figure, "<circle"), 15U);
  EXPECT_EQ(times(figure, "<title>confidence "), 30U);
}

TEST(Calibration, FewModelsShareAFigureAndManyHaveOneEach) {
  std::vector<MadeRun> runs;
  for (int i = 0; i < 7; ++i) {
    runs.push_back(megc_run("model-" + std::to_string(i), 0, 0.5 + 0.05 * i));
    add_scores(runs.back());
  }
  const ReportView many = make_view(load(runs));
  runs.pop_back();
  const ReportView few = make_view(load(runs));
  const std::string together = risk_coverage_svg(few), apart = risk_coverage_svg(many);
  for (const std::string& figure : {together, apart, risk_coverage_svg(few, FigureWidth::kPhone)}) EXPECT_EQ(balance_problem(figure), "");
  // Six curves, each with another pattern of dashes, its sample beside its name.
  EXPECT_EQ(times(together, "<path "), 6U);
  for (const char* dashes : {"7 3", "2 2.5", "10 3 2 3", "14 4", "4 2 1 2 1 2"}) {
    EXPECT_EQ(times(together, std::string("stroke-dasharray=\"") + dashes + "\""), 2U) << dashes;
  }
  EXPECT_EQ(times(apart, "<path "), 14U) << "a curve and the best order for each";
  for (int i = 0; i < 7; ++i) EXPECT_THAT(apart, HasSubstr(">model-" + std::to_string(i) + "</text>"));
}

TEST(Calibration, InvalidModelsAreMarkedInEveryFigure) {
  std::vector<MadeRun> runs{megc_run("a", 0, 0.6), megc_run("b", 0, 0.6)};
  for (MadeRun& run : runs) add_scores(run);
  runs[1].judge("INVALID", {"subject-overlap: s01"});
  const ReportView view = make_view(load(runs));
  EXPECT_THAT(risk_coverage_svg(view), HasSubstr(">b (INVALID)</text>"));
  EXPECT_THAT(reliability_svg(view, view.calibration.models[1]), HasSubstr(">INVALID run: no evidence</text>"));
  EXPECT_THAT(reliability_svg(view, view.calibration.models[0]), Not(HasSubstr("INVALID run")));
}

}  // namespace
}  // namespace mexbench::reports
