// Each rule passes on clean samples and breaks on samples with its flaw planted.
#include "harness/latency/rules.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/latency/samples.h"

namespace mexbench::latency {
namespace {

using ::testing::HasSubstr;

// About 50 microseconds, one in a hundred three times as long.
std::vector<std::int64_t> clean(std::size_t count, std::uint64_t seed = 1) {
  core::RandomStream random(seed);
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double noise = std::exp(0.03 * random.normal());
    out.push_back(static_cast<std::int64_t>(50'000.0 * noise * (random.uniform() < 0.01 ? 3.0 : 1.0)));
  }
  return out;
}

std::vector<std::int64_t> changed(const std::function<double(std::size_t i, std::size_t count)>& factor, std::size_t count = 20'000) {
  std::vector<std::int64_t> out = clean(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::int64_t>(static_cast<double>(out[i]) * factor(i, count));
  return out;
}

Sampled sampled_of(std::vector<std::int64_t> ns, double seconds, double cpu_seconds) {
  Sampled out;
  const auto count = static_cast<std::int64_t>(ns.size());
  out.ns = std::move(ns);
  out.passes = {{.count = count, .seconds = seconds, .cpu_seconds = cpu_seconds}};
  return out;
}

std::vector<std::string> broken(const std::vector<Rule>& rules) {
  std::vector<std::string> out;
  for (const Rule& rule : rules) {
    if (rule.broken()) out.push_back(rule.name);
  }
  return out;
}

TEST(LatencyRules, PassOnCleanSamples) {
  const std::vector<Rule> rules = rules_of_series(sampled_of(clean(20'000), 1.1, 1.0995), least_count(99.0));
  EXPECT_EQ(rules.size(), 7U);
  EXPECT_THAT(broken(rules), ::testing::IsEmpty());
  for (const Rule& rule : rules) {
    EXPECT_TRUE(rule.figure.value.has_value()) << rule.name;
    EXPECT_FALSE(rule.source.empty() || rule.advice.empty() || rule.meaning.empty()) << rule.name;
  }
  EXPECT_TRUE(is_valid(rules));
}

TEST(LatencyRules, SmallRealEffectsDoNotBreakThemHoweverManySamplesThereAre) {
  const auto drifting =
      changed([](std::size_t i, std::size_t count) { return 1.0 + 0.01 * static_cast<double>(i) / static_cast<double>(count); }, 200'000);
  EXPECT_FALSE(drift(drifting).broken());
  EXPECT_FALSE(noise(drifting).broken());
  EXPECT_FALSE(warm_up(drifting).broken());
}

TEST(LatencyRules, TooFewSamplesAndTooShortATimeBreakTheirRules) {
  const Rule count = minimum_count(367, least_count(99.0));
  EXPECT_TRUE(count.broken());
  EXPECT_EQ(in_words(count),
            "minimum-count is 367 samples, at least 368 samples is valid: raise latency.max_seconds and latency.min_samples");
  EXPECT_FALSE(minimum_count(368, least_count(99.0)).broken());
  EXPECT_TRUE(minimum_duration(0.99).broken());
  EXPECT_FALSE(minimum_duration(1.0).broken());
}

TEST(LatencyRules, WarmUpInTheKeptSamplesBreaksItsRule) {
  const auto cold = changed([](std::size_t i, std::size_t count) { return i < count / 10 ? 1.3 : 1.0; });
  EXPECT_TRUE(warm_up(cold).broken());
  EXPECT_NEAR(*warm_up(cold).figure.value, 30.0, 2.0);
}

TEST(LatencyRules, DriftBreaksItsRuleUpAndDown) {
  const auto slope = [](double end) {
    return [end](std::size_t i, std::size_t count) { return 1.0 + end * static_cast<double>(i) / static_cast<double>(count); };
  };
  EXPECT_TRUE(drift(changed(slope(0.3))).broken());
  EXPECT_TRUE(drift(changed(slope(-0.3))).broken());
}

TEST(LatencyRules, TwoModesThatTakeTurnsBreakNoise) {
  const auto bimodal = changed([](std::size_t i, std::size_t count) { return (i * 10 / count) % 2 == 0 ? 1.0 : 1.5; });
  EXPECT_TRUE(noise(bimodal).broken());
  EXPECT_NEAR(*noise(bimodal).figure.value, 40.0, 15.0);
}

TEST(LatencyRules, AutocorrelationIsMeasuredAndBreaksItsRuleWhereTheIntervalMeansNothing) {
  // An autoregressive process x = 0.999 x + e has an integrated time near 2000; its level wanders by a third.
  core::RandomStream random(3);
  std::vector<std::int64_t> wandering;
  double level = 0.0;
  for (int i = 0; i < 20'000; ++i) {
    level = 0.999 * level + 0.0155 * random.normal();
    wandering.push_back(static_cast<std::int64_t>(50'000.0 * std::exp(level)));
  }
  const Rule rule = autocorrelation(wandering);
  EXPECT_TRUE(rule.broken()) << *rule.figure.value;
  EXPECT_THAT(rule.meaning, HasSubstr("the 20000 samples count as "));
  // The sign of a Gaussian AR(1) process correlates by (2 / pi) asin(rho); summed over 400 lags, rho = 0.9 gives the
  // time 13.28.
  std::vector<std::int64_t> known;
  double x = 0.0;
  for (int i = 0; i < 200'000; ++i) {
    x = 0.9 * x + std::sqrt(1.0 - 0.81) * random.normal();
    known.push_back(1'000'000 + static_cast<std::int64_t>(1000.0 * x));
  }
  const Dependence dependence = dependence_of(known);
  EXPECT_NEAR(dependence.lag_1, 2.0 / M_PI * std::asin(0.9), 0.01);
  EXPECT_NEAR(dependence.time, 13.28, 1.0);
  EXPECT_NEAR(dependence_of(clean(20'000)).time, 1.0, 0.15);
}

TEST(LatencyRules, EqualSamplesAreNoAccident) {
  const std::vector<std::int64_t> equal(1000, 42);
  EXPECT_EQ(dependence_of(equal).time, 1.0);
  for (const Rule& rule : {drift(equal), noise(equal), autocorrelation(equal), warm_up(equal)}) EXPECT_FALSE(rule.broken()) << rule.name;
}

TEST(LatencyRules, FewSamplesAreNotCheckedAndSaySo) {
  const std::vector<std::int64_t> few{5, 6, 7};
  for (const Rule& rule : {drift(few), noise(few), autocorrelation(few), warm_up(few)}) {
    EXPECT_FALSE(rule.figure.value.has_value()) << rule.name;
    EXPECT_FALSE(rule.broken()) << rule.name;
    EXPECT_THAT(in_words(rule), HasSubstr(rule.name + " was not checked: 3 samples, at least "));
  }
}

TEST(LatencyRules, TimeThatOtherProcessesTookBreaksStolenTime) {
  EXPECT_FALSE(stolen_time(2.0, 1.99, 3).broken());
  EXPECT_TRUE(stolen_time(2.0, 1.9, 50).broken());
  EXPECT_THAT(stolen_time(2.0, 1.9, 50).meaning, HasSubstr("interrupted 50 times"));
  EXPECT_EQ(*stolen_time(2.0, 2.001, 0).figure.value, 0.0);  // the two clocks differ by a little
}

TEST(LatencyRules, ARepeatedInputThatIsFasterBreaksItsRule) {
  const auto in_turn = clean(1000, 1);
  EXPECT_FALSE(repeated_input(in_turn, clean(1000, 2), 6).broken());
  const auto kept = changed([](std::size_t, std::size_t) { return 0.5; }, 1000);
  EXPECT_TRUE(repeated_input(in_turn, kept, 6).broken());
  EXPECT_FALSE(repeated_input(in_turn, kept, 1).figure.value.has_value());  // one clip can't be told from itself
  // Within 200 us a fifth is tolerated, above it a tenth.
  const auto seventh = changed([](std::size_t, std::size_t) { return 6.0 / 7.0; }, 1000);
  EXPECT_FALSE(repeated_input(in_turn, seventh, 6).broken());
  const auto slow = changed([](std::size_t, std::size_t) { return 10.0; }, 1000);
  const auto slow_seventh = changed([](std::size_t, std::size_t) { return 60.0 / 7.0; }, 1000);
  EXPECT_TRUE(repeated_input(slow, slow_seventh, 6).broken());
}

TEST(LatencyRules, OtherAnswersBreakTheirRules) {
  const std::vector<float> sealed{0.1F, 0.9F, 0.0F, 2.1F, 0.2F, -0.9F};
  std::vector<float> timed = sealed;
  const auto modes = [&] {
    return std::vector<NamedAnswers>{{.mode = "single-stream", .answers = {.sealed = sealed, .timed = sealed, .classes = 3}},
                                     {.mode = "offline/2", .answers = {.sealed = sealed, .timed = timed, .classes = 3}}};
  };
  EXPECT_FALSE(same_classes(modes()).broken());
  EXPECT_FALSE(same_scores(modes()).broken());
  timed[1] += 1e-6F;  // last bits: a third of a millionth of the spread of 3
  EXPECT_FALSE(same_classes(modes()).broken());
  EXPECT_FALSE(same_scores(modes()).broken());
  timed[1] = 0.899F;  // the same class, 0.033 % of the spread away
  EXPECT_FALSE(same_classes(modes()).broken());
  EXPECT_TRUE(same_scores(modes()).broken());
  EXPECT_THAT(same_scores(modes()).meaning, HasSubstr("in offline/2"));
  EXPECT_NEAR(*same_scores(modes()).figure.value, 0.1 / 3.0, 1e-4);
  std::swap(timed[3], timed[4]);  // another class
  EXPECT_TRUE(same_classes(modes()).broken());
  EXPECT_EQ(*same_classes(modes()).figure.value, 1.0);
}

TEST(LatencyRules, ACoarseClockBreaksItsRule) {
  EXPECT_FALSE(clock_step(30, 40'000.0).broken());
  EXPECT_TRUE(clock_step(1'000'000, 40'000.0).broken());
}

}  // namespace
}  // namespace mexbench::latency
