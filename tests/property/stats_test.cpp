// Whether harness/stats keeps its promises: figures equal to harness/eval's, p-values that are uniform when there is nothing to find,
// intervals that hold the truth as often as they say, and a difference that is found as often as the power says.
//
// People and models are simulated on the clip counts of MEGC 2019 (unit/stats/made_counts.h): how hard a person is to read is common to
// both models, which is what makes clips of one person depend on each other. All seeds are fixed; bounds are three standard deviations of
// the binomial, worked out at each.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/eval/floor.h"
#include "harness/eval/metrics.h"
#include "harness/stats/best_of_epochs.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/permutation.h"
#include "harness/stats/power.h"
#include "unit/eval/sample.h"
#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using testing::Corpus;
using testing::megc2019;
using testing::must_make;
using testing::Skill;
using testing::three_classes;

constexpr Skill kGood{1.2, 0.4, 0.8};  // UF1 about 0.6

SubjectCounts counts_of_rows(const eval::PredictionSet& set) {
  SubjectCountsBuilder builder(set.classes);
  for (const eval::Prediction& row : set.rows) {
    builder.add("m", core::Seed{0}, {.stratum = row.dataset, .id = row.subject}, row.truth.single_class().value(), row.predicted);
  }
  auto out = builder.build();
  EXPECT_TRUE(out) << out.error().render();
  return std::move(out).value();
}

void expect_same(const Scores& ours, const eval::ScopeMetrics& theirs) {
  EXPECT_EQ(ours.uf1, theirs.uf1);
  EXPECT_EQ(ours.uar, theirs.uar);
  EXPECT_EQ(ours.accuracy, theirs.accuracy);
  for (std::size_t c = 0; c < ours.f1.size(); ++c) EXPECT_EQ(ours.f1[c], theirs.per_class[c].f1);
}

// Bit for bit, reasons included, for all clips and each dataset.
TEST(PooledCounts, FiguresAreThoseOfEval) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const eval::PredictionSet set = eval::testing::random_set(seed, 1 + seed * 3);
    const SubjectCounts counts = counts_of_rows(set);
    const eval::Metrics metrics = eval::evaluate(set);
    expect_same(mean_scores(counts, 0), metrics.scopes.at("all"));
    for (std::size_t h = 0; h < counts.strata().size(); ++h) {
      expect_same(mean_scores(counts.only(h), 0), metrics.scopes.at(counts.strata()[h].id.text()));
    }
  }
}

// The resampled scores go another way (single precision sums, many draws side by side): with alike subjects each draw is the whole.
TEST(PooledCounts, DrawnScoresAreThoseOfEvalToo) {
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    eval::PredictionSet set = eval::testing::random_set(seed, 30);
    for (eval::Prediction& row : set.rows) {
      row.dataset = core::DatasetId("d");
      row.subject = core::SubjectId("d/0");
    }
    const auto rows = set.rows;
    for (int copy = 1; copy < 3; ++copy) {
      for (eval::Prediction row : rows) {
        row.subject = core::SubjectId(fmt::format("d/{}", copy));
        set.rows.push_back(std::move(row));
      }
    }
    const eval::ScopeMetrics metrics = eval::evaluate(set).scopes.at("all");
    const ScoreIntervals drawn = bootstrap(counts_of_rows(set), {.draws = 300}).models[0];
    EXPECT_EQ(drawn.uf1.low, metrics.uf1.value);
    EXPECT_EQ(drawn.uar.high, metrics.uar.value);
    EXPECT_EQ(drawn.accuracy.low, metrics.accuracy.value);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(drawn.f1[c].low, metrics.per_class[c].f1.value);
  }
}

SubjectCounts two_models(const std::vector<testing::Person>& people, const Skill& first, const Skill& second, core::RandomStream& draw) {
  return must_make(three_classes(), testing::subjects_of(people),
                   {testing::simulated("m", people, first, draw), testing::simulated("n", people, second, draw)});
}

// 3000 pairs of equally good models. Rejected at 5 %: 0.05 +- 3 sqrt(0.05 * 0.95 / 3000) = 0.038 .. 0.062. Kolmogorov and Smirnov: the
// 1 % bound of 3000 uniform values is 1.63 / sqrt(3000) = 0.030; p is a multiple of 1/200, which adds up to 0.005. Accuracy is a number of
// clips: some 8 % of swaps give a difference of one clip, all of which count as extreme, so its p lies above the uniform by as much as one
// such step, and below it never; near 5 % a step is about 0.01.
TEST(SubjectSwap, PIsUniformWhenModelsAreEquallyGood) {
  constexpr int kPairs = 3000;
  core::RandomStream draw(2024);
  constexpr std::array<std::string_view, 3> kNames{"UF1", "UAR", "accuracy"};
  std::array<std::vector<double>, 3> p;
  for (int pair = 0; pair < kPairs; ++pair) {
    const auto people = testing::the_same_people(megc2019(), draw);
    const auto tested = permutation_test(two_models(people, kGood, kGood, draw), 0, 1,
                                         {.permutations = 199, .seed = core::Seed{static_cast<std::uint64_t>(pair)}});
    ASSERT_TRUE(tested);
    p[0].push_back(tested->uf1.p.value.value());
    p[1].push_back(tested->uar.p.value.value());
    p[2].push_back(tested->accuracy.p.value.value());
  }
  for (std::size_t metric = 0; metric < p.size(); ++metric) {
    SCOPED_TRACE(kNames.at(metric));
    std::vector<double>& values = p.at(metric);
    std::sort(values.begin(), values.end());
    const auto below = static_cast<double>(std::upper_bound(values.begin(), values.end(), 0.05 + 1e-12) - values.begin());
    const double rejected = below / kPairs;
    const bool coarse = metric == 2;
    EXPECT_GT(rejected, coarse ? 0.028 : 0.038);
    EXPECT_LT(rejected, 0.062);
    double above = 0.0;  // how far the distribution of p is above the uniform: rejections that should not be
    double under = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      above = std::max(above, static_cast<double>(i + 1) / kPairs - values[i]);
      under = std::max(under, values[i] - static_cast<double>(i) / kPairs);
    }
    EXPECT_LT(above, 0.035);
    if (!coarse) {
      EXPECT_LT(under, 0.035);
    }
    fmt::print("{}: rejected {:.4f}, distribution above the uniform by {:.4f}, under by {:.4f}\n", kNames.at(metric), rejected, above,
               under);
  }
}

// How often the interval of UF1 holds the UF1 over all people there could be.
double coverage(const std::vector<Corpus>& corpora, int repetitions, std::int64_t draws, std::uint64_t seed, double level = 0.95) {
  core::RandomStream draw(seed);
  const double truth = testing::true_uf1(corpora, kGood);
  int held = 0;
  for (int i = 0; i < repetitions; ++i) {
    const auto people = testing::other_people(corpora, draw);
    const SubjectCounts counts = must_make(three_classes(), testing::subjects_of(people), {testing::simulated("m", people, kGood, draw)});
    const Bootstrap drawn =
        bootstrap(counts, {.draws = draws, .level = level, .seed = core::Seed{static_cast<std::uint64_t>(i)}, .pairs = false});
    held += drawn.models[0].uf1.holds(truth) ? 1 : 0;
  }
  return static_cast<double>(held) / repetitions;
}

// 2000 samples of 68 people: three standard deviations of a share near 0.945 are 0.015, within which 92 to 97 % leaves room.
TEST(SubjectBootstrap, IntervalOfUf1CoversTheTruthOnTheShapeOfMegc2019) {
  const double held = coverage(megc2019(), 2000, 1000, 7);
  fmt::print("68 subjects: a 95 % interval of UF1 covers {:.1f} %\n", 100.0 * held);
  EXPECT_GT(held, 0.92);
  EXPECT_LT(held, 0.97);
}

// Twenty of CASME II's: what the note under few subjects says.
TEST(SubjectBootstrap, IntervalOfFewSubjectsCoversLess) {
  std::vector<Corpus> few{megc2019()[0]};
  few[0].subjects.resize(20);
  const double held = coverage(few, 2000, 1000, 8);
  fmt::print("20 subjects: a 95 % interval of UF1 covers {:.1f} %\n", 100.0 * held);
  EXPECT_GT(held, 0.88);
  EXPECT_LT(held, 0.94);
}

// Two models whose true difference is the smallest that 68 subjects resolve with 80 %. The swap test finds it somewhat less often, for
// two reasons, each measured on 3000 pairs: the bootstrap's error is 3 % below the true one (0.0308 for 0.0317), with which a test that
// knew the true error would find 78 %; and swapping differences of a few large subjects spreads d* by the difference itself, which leaves
// 75 %. So the smallest difference is a lower bound, as power.h says.
TEST(Power, DifferenceThatTheDesignResolvesIsFoundAsOftenAsItSays) {
  constexpr int kPairs = 2000;
  core::RandomStream draw(99);
  // The second model's skill is lowered until the true difference is 2.8 standard errors; the error hardly moves with it.
  const auto lowered = [](double by) { return Skill{kGood[0] - by, kGood[1] - by, kGood[2] - by}; };
  const auto mean_error = [&](const Skill& second) {
    double sum = 0.0;
    constexpr int kSamples = 100;
    for (int i = 0; i < kSamples; ++i) {
      const auto people = testing::other_people(megc2019(), draw);
      sum += *bootstrap(two_models(people, kGood, second, draw), {.draws = 500}).pairs[0].difference.uf1.standard_error;
    }
    return sum / kSamples;
  };
  double by = 0.4;
  for (int round = 0; round < 3; ++round) {
    const double wanted = smallest_difference(mean_error(lowered(by)));
    double low = 0.0;
    double high = 3.0;
    for (int step = 0; step < 40; ++step) {
      by = (low + high) / 2.0;
      (testing::true_uf1(megc2019(), kGood) - testing::true_uf1(megc2019(), lowered(by)) < wanted ? low : high) = by;
    }
  }
  int found = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    const auto people = testing::other_people(megc2019(), draw);
    const auto tested = permutation_test(two_models(people, kGood, lowered(by), draw), 0, 1,
                                         {.permutations = 399, .seed = core::Seed{static_cast<std::uint64_t>(pair)}});
    ASSERT_TRUE(tested);
    found += tested->uf1.p.value.value() <= 0.05 + 1e-12 ? 1 : 0;
  }
  const double power = static_cast<double>(found) / kPairs;
  fmt::print("a difference of {:.4f} in UF1 is found by the swap test in {:.1f} %\n",
             testing::true_uf1(megc2019(), kGood) - testing::true_uf1(megc2019(), lowered(by)), 100.0 * power);
  // 0.75 and 0.80, three standard deviations of 2000 pairs (0.029) further out.
  EXPECT_GT(power, 0.72);
  EXPECT_LT(power, 0.83);
}

// One epoch with the training shares is the random floor of every report.
TEST(BestOfEpochs, OneEpochIsTheStratifiedFloor) {
  eval::PredictionSet set = eval::testing::random_set(4, 200);
  std::map<core::SubjectId, std::vector<std::int64_t>> clips;
  std::vector<std::int64_t> all(3, 0);
  for (const eval::Prediction& row : set.rows) {
    auto& own = clips[row.subject];
    own.resize(3, 0);
    eval::count_truth(row.truth, own);
    eval::count_truth(row.truth, all);
  }
  std::vector<GuessedSubject> subjects;
  std::vector<eval::FloorFold> folds;
  for (const auto& [id, own] : clips) {
    GuessedSubject subject{.id = id, .clips = own, .shares = {}};
    eval::FloorFold fold{.fold = core::FoldId(id.text()), .train = all};
    std::int64_t train = 0;
    for (std::size_t c = 0; c < 3; ++c) train += fold.train[c] -= own[c];
    for (std::size_t c = 0; c < 3; ++c) subject.shares.push_back(static_cast<double>(fold.train[c]) / static_cast<double>(train));
    subjects.push_back(std::move(subject));
    folds.push_back(std::move(fold));
  }
  const auto floor = eval::floor_of(set, folds);
  ASSERT_TRUE(floor) << floor.error().render();
  const eval::FloorScope& theirs = floor->scopes.at("all");
  const std::array<std::int64_t, 1> one{1};
  const auto ours = best_of_epochs(set.classes, subjects, one);
  ASSERT_TRUE(ours) << ours.error().render();
  // 10,000 draws each; the deviation of a score is about 0.035, so means differ by 0.0005 and percentiles by 0.0013: four of these.
  const auto expect_near = [](const DrawnScore& a, const eval::DrawnFigure& b) {
    EXPECT_NEAR(*a.mean.value, *b.mean.value, 0.002);
    EXPECT_NEAR(a.low, b.low, 0.0055);
    EXPECT_NEAR(a.high, b.high, 0.0055);
  };
  expect_near((*ours)[0].uf1, theirs.uf1);
  expect_near((*ours)[0].uar, theirs.uar);
  expect_near((*ours)[0].drawn_accuracy, theirs.accuracy);
}

}  // namespace
}  // namespace mexbench::stats
