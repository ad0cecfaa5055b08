// What is computed from confidences: probabilities.h, calibration.h, selective.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "data/statistics/confidence_cases.h"
#include "harness/core/random.h"
#include "harness/stats/calibration.h"
#include "harness/stats/probabilities.h"
#include "harness/stats/selective.h"

namespace mexbench::stats {
namespace {

using ::testing::ElementsAre;

Probabilities probabilities(const std::vector<float>& scores, std::size_t classes) {
  auto result = probabilities_of(scores, classes);
  EXPECT_TRUE(result) << result.error().render();
  return std::move(result).value();
}

std::vector<Decision> decisions(std::initializer_list<std::pair<double, bool>> list) {
  std::vector<Decision> out;
  for (const auto& [confidence, correct] : list) out.push_back({.confidence = confidence, .correct = correct});
  return out;
}

TEST(Probabilities, RowsThatSumToOneAreTakenAsTheyAre) {
  const Probabilities given = probabilities({0.25F, 0.75F, 0.5005F, 0.5F}, 2);
  EXPECT_EQ(given.source, ProbabilitySource::kProbabilities);
  EXPECT_THAT(given.values, ElementsAre(0.25, 0.75, static_cast<double>(0.5005F), 0.5));
  EXPECT_THAT(given.predicted, ElementsAre(1, 0));
}

TEST(Probabilities, OneRowThatIsNoneMakesSoftmaxOfAll) {
  const std::vector<float> below{0.25F, 0.75F, 1.5F, -0.5F};
  const std::vector<float> sum{0.25F, 0.75F, 0.5F, 0.6F};
  for (const auto& scores : {below, sum}) {
    const Probabilities made = probabilities(scores, 2);
    EXPECT_EQ(made.source, ProbabilitySource::kSoftmax);
    EXPECT_NEAR(made.row(0)[1], 1.0 / (1.0 + std::exp(-0.5)), 1e-15);
    EXPECT_NEAR(made.row(0)[0] + made.row(0)[1], 1.0, 1e-15);
  }
}

TEST(Probabilities, LargeScoresNeitherOverflowNorChangeTheAnswer) {
  const Probabilities large = probabilities({3e38F, -3e38F, 1e-30F, 2e-30F}, 2);
  EXPECT_THAT(large.values, ElementsAre(1.0, 0.0, 0.5, 0.5));
  EXPECT_THAT(large.predicted, ElementsAre(0, 1));  // the second row's scores differ, their softmax does not
  EXPECT_THAT(probabilities({2.0F, 2.0F, 1.0F}, 3).predicted, ElementsAre(0));
}

TEST(Probabilities, RefuseWhatIsNoNumberAndNoClips) {
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const auto result = probabilities_of(std::vector{0.5F, 0.5F, wrong, 0.0F}, 2);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), "a score of clip 2 of 2 is not a finite number");
  }
  EXPECT_FALSE(probabilities_of(std::vector<float>{}, 3));
}

// Independent NumPy 1.24.2 code, SciPy's softmax, statsmodels' Wilson interval (make_confidence_cases.py).
TEST(Calibration, EqualsPlainNumpy) {
  for (const ConfidenceCase& known : confidence_cases()) {
    const Probabilities given = probabilities(known.scores, known.classes);
    EXPECT_EQ(given.source == ProbabilitySource::kProbabilities, known.probabilities);
    EXPECT_NEAR(brier_score(given, known.truth), known.brier, 1e-12);
    const Calibration ours = calibration_of(decisions_of(given, known.truth));
    EXPECT_NEAR(ours.ece, known.ece, 1e-12);
    EXPECT_NEAR(ours.ece_if_calibrated, known.ece_if_calibrated, 1e-12);
    ASSERT_EQ(ours.bins.size(), known.bins.size());
    for (std::size_t bin = 0; bin < known.bins.size(); ++bin) {
      const ReliabilityBin& one = ours.bins[bin];
      EXPECT_EQ(static_cast<double>(one.clips), known.bins[bin][0]);
      EXPECT_NEAR(one.mean_confidence, known.bins[bin][1], 1e-12);
      EXPECT_NEAR(one.accuracy, known.bins[bin][2], 1e-12);
      EXPECT_NEAR(one.accuracy_interval.low, known.bins[bin][3], 1e-12);
      EXPECT_NEAR(one.accuracy_interval.high, known.bins[bin][4], 1e-12);
    }
  }
}

TEST(Calibration, BinsHoldTwentyClipsOrMoreAndAreAtMostFifteen) {
  EXPECT_EQ(bin_count(1), 1U);
  EXPECT_EQ(bin_count(39), 1U);
  EXPECT_EQ(bin_count(40), 2U);
  EXPECT_EQ(bin_count(164), 8U);
  EXPECT_EQ(bin_count(442), 15U);
  for (const std::size_t clips : {40U, 59U, 299U, 442U, 1000U}) {
    std::vector<Decision> all;
    for (std::size_t i = 0; i < clips; ++i)
      all.push_back({.confidence = static_cast<double>(i) / static_cast<double>(clips), .correct = true});
    const Calibration ours = calibration_of(all);
    EXPECT_EQ(ours.bins.size(), bin_count(clips));
    const auto [least, most] = std::minmax_element(ours.bins.begin(), ours.bins.end(),
                                                   [](const ReliabilityBin& a, const ReliabilityBin& b) { return a.clips < b.clips; });
    EXPECT_GE(least->clips, 20U) << clips;
    EXPECT_LE(most->clips - least->clips, 1U) << clips;
  }
}

// 10 clips at 0.6, 50 at 0.8, half of each right. Places 0-10 and 10-60 of 60, three bins: middles 5 and 35 fall into bins 0 and 1.
TEST(Calibration, ClipsOfEqualConfidenceShareABin) {
  std::vector<Decision> all;
  for (int i = 0; i < 60; ++i) all.push_back({.confidence = i < 10 ? 0.6 : 0.8, .correct = i % 2 == 0});
  const Calibration ours = calibration_of(all);
  ASSERT_EQ(ours.bins.size(), 2U);
  EXPECT_EQ(ours.bins[0].clips, 10U);
  EXPECT_EQ(ours.bins[1].clips, 50U);
  EXPECT_NEAR(ours.ece, (10 * 0.1 + 50 * 0.3) / 60, 1e-12);
}

// Two clips at 0.5: none, one or two right with chances 1/4, 1/2, 1/4, so that the gap is 1/2, 0, 1/2.
TEST(Calibration, APerfectlyCalibratedModelIsNotAtZero) {
  EXPECT_NEAR(calibration_of(decisions({{0.5, true}, {0.5, false}})).ece_if_calibrated, 0.25, 1e-15);
  EXPECT_EQ(calibration_of(decisions({{0.5, true}, {0.5, false}})).ece, 0.0);
  const Calibration sure = calibration_of(decisions({{1.0, true}}));
  EXPECT_EQ(sure.ece, 0.0);
  EXPECT_EQ(sure.ece_if_calibrated, 0.0);
}

// The claim of ece_if_calibrated, drawn: models that are right with exactly the chance they state. 5 standard errors of the mean.
TEST(Calibration, TheGroundIsWhatCalibratedModelsShowOnAverage) {
  core::RandomStream draw(4);
  std::vector<Decision> all(442);
  for (Decision& one : all) one.confidence = draw.uniform(1.0 / 3.0, 1.0);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kRepeats = 400;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    for (Decision& one : all) one.correct = draw.uniform() < one.confidence;
    const double ece = calibration_of(all).ece;
    sum += ece;
    squares += ece * ece;
  }
  const double mean = sum / kRepeats;
  const double error = std::sqrt((squares / kRepeats - mean * mean) / kRepeats);
  const double ground = calibration_of(all).ece_if_calibrated;
  EXPECT_NEAR(mean, ground, 5.0 * error);
  EXPECT_GT(ground, 0.05);  // on 442 clips
}

TEST(Calibration, WilsonIntervalsStayInsideAndContainTheShare) {
  EXPECT_EQ(wilson_interval(0, 7).low, 0.0);
  EXPECT_EQ(wilson_interval(7, 7).high, 1.0);
  EXPECT_NEAR(wilson_interval(0, 7).high, 0.3543304350666875, 1e-14);  // statsmodels 0.13.5
  for (std::size_t n = 1; n < 40; ++n) {
    for (std::size_t k = 0; k <= n; ++k) {
      const ShareInterval interval = wilson_interval(k, n);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      EXPECT_TRUE(0.0 <= interval.low && interval.low <= share && share <= interval.high && interval.high <= 1.0) << k << " of " << n;
    }
  }
}

// (0.7 - 1)^2 + 0.2^2 + 0.1^2 = 0.14, and 0.7^2 + 0.2^2 + 0.9^2 = 1.34 for the wrong answer; certainty costs 0 or 2.
TEST(Brier, SumsOverClasses) {
  const Probabilities given = probabilities({0.7F, 0.2F, 0.1F, 0.7F, 0.2F, 0.1F}, 3);
  EXPECT_NEAR(brier_score(given, std::vector<std::size_t>{0, 2}), (0.14 + 1.34) / 2, 1e-7);
  const Probabilities sure = probabilities({1.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F}, 3);
  EXPECT_EQ(brier_score(sure, std::vector<std::size_t>{0, 0}), 0.0);
  EXPECT_EQ(brier_score(sure, std::vector<std::size_t>{1, 2}), 2.0);
}

TEST(Selective, EqualsPlainNumpy) {
  for (const ConfidenceCase& known : confidence_cases()) {
    const RiskCoverage ours = risk_coverage(decisions_of(probabilities(known.scores, known.classes), known.truth));
    EXPECT_NEAR(ours.aurc, known.aurc, 1e-12);
    EXPECT_NEAR(ours.best_aurc, known.best_aurc, 1e-12);
    EXPECT_NEAR(ours.excess, known.aurc - known.best_aurc, 1e-12);
  }
}

// Surest first: right, wrong, right, wrong. Risks 0, 1/2, 1/3, 1/2; best order 0, 0, 1/3, 1/2.
TEST(Selective, CurveOfFourClipsByHand) {
  const RiskCoverage ours = risk_coverage(decisions({{0.6, true}, {0.9, true}, {0.5, false}, {0.8, false}}));
  ASSERT_EQ(ours.points.size(), 4U);
  EXPECT_EQ(ours.points[0].threshold, 0.9);
  EXPECT_EQ(ours.points[1].risk, 0.5);
  EXPECT_EQ(ours.points[2].coverage, 0.75);
  EXPECT_EQ(ours.points[3].errors, 2U);
  EXPECT_NEAR(ours.aurc, (0.0 + 1.0 / 2 + 1.0 / 3 + 1.0 / 2) / 4, 1e-15);
  EXPECT_NEAR(ours.best_aurc, (0.0 + 0.0 + 1.0 / 3 + 1.0 / 2) / 4, 1e-15);
  EXPECT_NEAR(ours.excess, 0.125, 1e-15);
}

TEST(Selective, ClipsOfEqualConfidenceEnterTogether) {
  const RiskCoverage ours = risk_coverage(decisions({{0.9, true}, {0.7, false}, {0.7, true}, {0.7, true}, {0.5, false}}));
  ASSERT_EQ(ours.points.size(), 3U);
  EXPECT_EQ(ours.points[1].clips, 4U);
  EXPECT_EQ(at_coverage(ours, 0.2).clips, 1U);
  EXPECT_EQ(at_coverage(ours, 0.4).clips, 4U);  // two clips were asked for, the threshold gives four
  EXPECT_EQ(at_coverage(ours, 0.4).coverage, 0.8);
  EXPECT_EQ(at_coverage(ours, 0.8).clips, 4U);
  EXPECT_EQ(at_coverage(ours, 1.0).clips, 5U);
}

TEST(Selective, AConfidenceThatKnowsNothingScoresTheErrorRate) {
  std::vector<Decision> all(10, Decision{.confidence = 0.5, .correct = true});
  for (std::size_t i = 0; i < 3; ++i) all[i].correct = false;
  EXPECT_NEAR(risk_coverage(all).aurc, 0.3, 1e-15);
}

TEST(Selective, TheBestOrderHasNoExcessAndOneClipIsEnough) {
  EXPECT_EQ(risk_coverage(decisions({{0.9, true}, {0.8, true}, {0.4, false}})).excess, 0.0);
  EXPECT_EQ(risk_coverage(decisions({{0.9, true}})).aurc, 0.0);
  EXPECT_EQ(risk_coverage(decisions({{0.9, false}})).aurc, 1.0);
  EXPECT_EQ(risk_coverage(decisions({{0.9, false}})).excess, 0.0);
}

// To the last bit: clips in another order, and classes in another order where no two scores of a clip are equal.
TEST(Confidence, OrderOfClipsAndClassesChangesNothing) {
  core::RandomStream draw(8);
  for (const ConfidenceCase& known : confidence_cases()) {
    const std::size_t clips = known.truth.size();
    const auto measured = [](const Probabilities& of, const std::vector<std::size_t>& truth) {
      const std::vector<Decision> made = decisions_of(of, truth);
      const Calibration calibration = calibration_of(made);
      const RiskCoverage curve = risk_coverage(made);
      return std::vector{calibration.ece, calibration.ece_if_calibrated, static_cast<double>(calibration.bins.size()), curve.aurc,
                         curve.excess};
    };
    const Probabilities before = probabilities(known.scores, known.classes);
    std::vector<std::size_t> places(clips);
    std::iota(places.begin(), places.end(), std::size_t{0});
    draw.shuffle(std::span(places));
    std::vector<std::size_t> classes(known.classes);
    std::iota(classes.begin(), classes.end(), std::size_t{0});
    draw.shuffle(std::span(classes));

    std::vector<float> moved;
    std::vector<float> renamed;
    std::vector<std::size_t> moved_truth;
    std::vector<std::size_t> renamed_truth;
    bool tied = false;
    for (std::size_t clip = 0; clip < clips; ++clip) {
      const auto row = std::span(known.scores).subspan(clip * known.classes, known.classes);
      tied = tied || std::count(row.begin(), row.end(), *std::max_element(row.begin(), row.end())) > 1;
      for (const std::size_t place : classes) renamed.push_back(row[place]);
      renamed_truth.push_back(static_cast<std::size_t>(std::find(classes.begin(), classes.end(), known.truth[clip]) - classes.begin()));
      const auto other = std::span(known.scores).subspan(places[clip] * known.classes, known.classes);
      moved.insert(moved.end(), other.begin(), other.end());
      moved_truth.push_back(known.truth[places[clip]]);
    }
    EXPECT_EQ(measured(probabilities(moved, known.classes), moved_truth), measured(before, known.truth));
    EXPECT_EQ(brier_score(probabilities(moved, known.classes), moved_truth), brier_score(before, known.truth));
    if (!tied) {
      EXPECT_EQ(measured(probabilities(renamed, known.classes), renamed_truth), measured(before, known.truth));
    }
  }
}

// 400 clips that are as sure as they are right: about 95 of 100 such models stay within the limit. One that is right half as often does
// not.
TEST(Calibration, TheLimitHoldsForCalibratedModelsAndNotForOthers) {
  core::RandomStream draws(7);
  int within = 0;
  constexpr int kModels = 200;
  for (int model = 0; model < kModels; ++model) {
    std::vector<Decision> decisions;
    for (int clip = 0; clip < 400; ++clip) {
      const double confidence = draws.uniform(0.4, 1.0);
      decisions.push_back({.confidence = confidence, .correct = draws.uniform() < confidence});
    }
    within += calibration_of(decisions).ece <= ece_limit(decisions, 0.95, 200, core::RandomStream(1)) ? 1 : 0;
  }
  EXPECT_GE(within, 181) << "with 200 and 0.95, 180 or fewer have a chance of 0.003, all of them one of 0.00004";
  EXPECT_LE(within, 199);
  std::vector<Decision> sure;
  for (int clip = 0; clip < 400; ++clip) sure.push_back({.confidence = 0.9 + 0.0001 * clip, .correct = clip % 2 == 0});
  EXPECT_GT(calibration_of(sure).ece, 3.0 * ece_limit(sure, 0.95, 200, core::RandomStream(1)));
  std::vector<Decision> turned(sure.rbegin(), sure.rend());
  EXPECT_EQ(ece_limit(sure, 0.95, 200, core::RandomStream(1)), ece_limit(turned, 0.95, 200, core::RandomStream(1)));
}

}  // namespace
}  // namespace mexbench::stats
