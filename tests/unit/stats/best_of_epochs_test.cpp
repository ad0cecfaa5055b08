#include "harness/stats/best_of_epochs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/statistics/best_of_epochs_cases.h"
#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using ::testing::HasSubstr;

constexpr std::array<std::int64_t, 6> kEpochs{1, 2, 5, 20, 100, 800};

std::vector<BestOfEpochs> must_guess(const std::vector<std::string>& classes, const std::vector<GuessedSubject>& subjects,
                                     std::span<const std::int64_t> epochs, const BestOfEpochsOptions& options = {}) {
  auto out = best_of_epochs(classes, subjects, epochs, options);
  EXPECT_TRUE(out) << out.error().render();
  return std::move(out).value();
}

// The MEGC 2019 composite, guessed with equal shares.
std::vector<GuessedSubject> megc_subjects() {
  std::vector<GuessedSubject> out;
  for (const testing::Corpus& corpus : testing::megc2019()) {
    for (const testing::Clips& clips : corpus.subjects) {
      out.push_back({.id = core::SubjectId(fmt::format("{}/{:02}", corpus.stratum, out.size())),
                     .clips = {clips[0], clips[1], clips[2]},
                     .shares = {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}});
    }
  }
  return out;
}

TEST(BestOfEpochs, EqualsEveryGuessTried) {
  std::vector<GuessedSubject> subjects;
  for (const auto& [clips, shares] : best_subjects()) {
    subjects.push_back({.id = core::SubjectId(fmt::format("d/{}", subjects.size())), .clips = clips, .shares = shares});
  }
  constexpr std::int64_t kMany = 100'000;
  for (const BestCase& known : best_cases()) {
    SCOPED_TRACE(known.epochs);
    const std::array<std::int64_t, 1> epochs{known.epochs};
    const BestOfEpochs ours = must_guess(testing::three_classes(), subjects, epochs, {.draws = kMany})[0];
    EXPECT_NEAR(ours.accuracy, known.accuracy, 1e-12);
    const double noise = 4.0 / std::sqrt(static_cast<double>(kMany));  // four standard errors
    EXPECT_NEAR(ours.uf1.mean.value.value(), known.uf1, noise * known.uf1_deviation);
    EXPECT_NEAR(ours.uar.mean.value.value(), known.uar, noise * known.uar_deviation);
    EXPECT_NEAR(ours.drawn_accuracy.mean.value.value(), known.accuracy, noise * known.accuracy_deviation);
  }
}

TEST(BestOfEpochs, MoreEpochsNeverLookWorse) {
  const auto curve = must_guess(testing::three_classes(), megc_subjects(), kEpochs, {.draws = 500});
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].accuracy, curve[i - 1].accuracy);
    EXPECT_GT(*curve[i].uf1.mean.value, *curve[i - 1].uf1.mean.value);
    EXPECT_GT(*curve[i].uar.mean.value, *curve[i - 1].uar.mean.value);
  }
  // One epoch of a third each gets a third right.
  EXPECT_NEAR(curve[0].accuracy, 1.0 / 3.0, 1e-14);
  for (const BestOfEpochs& one : curve) {
    EXPECT_LE(one.uf1.low, *one.uf1.mean.value);
    EXPECT_GE(one.uf1.high, *one.uf1.mean.value);
    EXPECT_NEAR(*one.drawn_accuracy.mean.value, one.accuracy, 0.005);  // standard error below 0.025 / sqrt(500) = 0.0011
  }
}

// The literal procedure: so many epochs guessed clip by clip, the first best kept.
TEST(BestOfEpochs, AgreesWithGuessingEpochByEpoch) {
  const auto subjects = megc_subjects();
  constexpr std::int64_t kEpoch = 20;
  constexpr int kRuns = 200;
  core::RandomStream draw(11);
  std::array<double, 3> clips{};
  double uf1_sum = 0.0;
  double uf1_squares = 0.0;
  for (int run = 0; run < kRuns; ++run) {
    std::array<double, 3> hits{};
    std::array<double, 3> answers{};
    clips = {};
    for (const GuessedSubject& subject : subjects) {
      std::array<int, 3> best_hits{};
      std::array<int, 3> best_answers{};
      int most = -1;
      for (std::int64_t epoch = 0; epoch < kEpoch; ++epoch) {
        std::array<int, 3> own_hits{};
        std::array<int, 3> own_answers{};
        for (std::size_t c = 0; c < 3; ++c) {
          for (std::int64_t clip = 0; clip < subject.clips[c]; ++clip) {
            const std::size_t answer = draw.below(3);
            ++own_answers.at(answer);
            own_hits.at(c) += answer == c ? 1 : 0;
          }
        }
        const int right = own_hits[0] + own_hits[1] + own_hits[2];
        if (right <= most) continue;
        most = right;
        best_hits = own_hits;
        best_answers = own_answers;
      }
      for (std::size_t c = 0; c < 3; ++c) {
        hits.at(c) += best_hits.at(c);
        answers.at(c) += best_answers.at(c);
        clips.at(c) += static_cast<double>(subject.clips[c]);
      }
    }
    double uf1 = 0.0;
    for (std::size_t c = 0; c < 3; ++c) uf1 += 2.0 * hits.at(c) / (clips.at(c) + answers.at(c)) / 3.0;
    uf1_sum += uf1;
    uf1_squares += uf1 * uf1;
  }
  const double mean = uf1_sum / kRuns;
  const double error = std::sqrt((uf1_squares / kRuns - mean * mean) / kRuns);
  const std::array<std::int64_t, 1> epochs{kEpoch};
  const BestOfEpochs ours = must_guess(testing::three_classes(), subjects, epochs, {.draws = 4000})[0];
  EXPECT_NEAR(*ours.uf1.mean.value, mean, 4.0 * error);
  EXPECT_NEAR(ours.uf1.high - ours.uf1.low, 2.0 * 1.96 * error * std::sqrt(kRuns), 0.25 * (ours.uf1.high - ours.uf1.low));
}

// One clip, right with 0.2: after E epochs with 1 - 0.8^E. In a tail where F is 1 but for 1e-12 no digits may be lost.
TEST(BestOfEpochs, FarTailsKeepTheirDigits) {
  const std::array<std::int64_t, 3> epochs{1, 10, 1'000'000'000};
  const std::vector<GuessedSubject> one{{.id = core::SubjectId("d/1"), .clips = {0, 1, 0}, .shares = {0.5, 0.2, 0.3}}};
  const auto curve = must_guess(testing::three_classes(), one, epochs, {.draws = 10});
  EXPECT_NEAR(curve[0].accuracy, 0.2, 1e-15);
  EXPECT_NEAR(curve[1].accuracy, 1.0 - std::pow(0.8, 10), 1e-15);
  EXPECT_EQ(curve[2].accuracy, 1.0);
  const std::vector<GuessedSubject> rare{{.id = core::SubjectId("d/1"), .clips = {0, 1, 0}, .shares = {1.0 - 1e-12, 1e-12, 0.0}}};
  EXPECT_NEAR(must_guess(testing::three_classes(), rare, epochs, {.draws = 10})[2].accuracy, -std::expm1(-1e-3), 1e-9);
}

TEST(BestOfEpochs, ClassWithTheWholeShareIsAlwaysRight) {
  const std::vector<GuessedSubject> sure{{.id = core::SubjectId("d/1"), .clips = {3, 1, 0}, .shares = {1.0, 0.0, 0.0}}};
  const std::array<std::int64_t, 1> epochs{50};
  const BestOfEpochs ours = must_guess({"a", "b", "c"}, sure, epochs, {.draws = 10})[0];
  EXPECT_DOUBLE_EQ(ours.accuracy, 0.75);
  EXPECT_EQ(ours.drawn_accuracy.low, 0.75);
  EXPECT_EQ(ours.uf1.mean, Figure::undefined("in 10 of 10 draws class 'c' has no clips and is never predicted"));
  EXPECT_EQ(ours.uar.mean, Figure::undefined("class 'c' has no clips"));
}

TEST(BestOfEpochs, OrderOfSubjectsChangesNothing) {
  auto subjects = megc_subjects();
  const std::array<std::int64_t, 2> epochs{3, 50};
  const auto straight = must_guess(testing::three_classes(), subjects, epochs, {.draws = 200});
  std::reverse(subjects.begin(), subjects.end());
  const auto turned = must_guess(testing::three_classes(), subjects, epochs, {.draws = 200});
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    EXPECT_EQ(straight[i].accuracy, turned[i].accuracy);
    EXPECT_EQ(straight[i].uf1, turned[i].uf1);
    EXPECT_EQ(straight[i].uar, turned[i].uar);
  }
}

TEST(BestOfEpochs, WrongInputIsToldAtOnce) {
  const std::vector<GuessedSubject> wrong{{.id = core::SubjectId("d/1"), .clips = {1, -1}, .shares = {0.5, 0.6}},
                                          {.id = core::SubjectId("d/1"), .clips = {1}, .shares = {1.0, 0.0}}};
  const std::vector<std::string> classes{"a", "b"};
  const std::array<std::int64_t, 1> epochs{0};
  const auto refused = best_of_epochs(classes, wrong, epochs);
  ASSERT_FALSE(refused);
  const std::string all = refused.error().render();
  EXPECT_THAT(all, HasSubstr("0 epochs were asked for, at least 1 is wanted"));
  EXPECT_THAT(all, HasSubstr("subject 'd/1' has -1 clips of class 'b'"));
  EXPECT_THAT(all, HasSubstr("subject 'd/1': the shares add up to 1.1, not to 1"));
  EXPECT_THAT(all, HasSubstr("subject 'd/1' occurs twice"));
  EXPECT_THAT(all, HasSubstr("subject 'd/1' has 1 counts and 2 shares, 2 of each are wanted"));
  EXPECT_THAT(best_of_epochs(classes, {}, epochs).error().render(), HasSubstr("0 epochs"));
  const std::array<std::int64_t, 1> one{1};
  EXPECT_THAT(best_of_epochs(classes, {}, one).error().render(), HasSubstr("there are no clips to guess"));
}

}  // namespace
}  // namespace mexbench::stats
