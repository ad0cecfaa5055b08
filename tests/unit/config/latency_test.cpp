#include "harness/config/latency.h"

#include <gmock/gmock.h>

#include "unit/config/support.h"

namespace mexbench::config {
namespace {

using ::testing::HasSubstr;

class LatencySection : public ::testing::Test {
 protected:
  [[nodiscard]] std::string refusal(const std::string& section) const {
    const auto loaded = load(folder, std::string(kGood) + section, {});
    return loaded ? "accepted" : folder.without(loaded.error().render());
  }
  Folder folder;
};

TEST_F(LatencySection, WithoutItEverythingIsTimedByDefault) {
  const auto loaded = load(folder, kGood, {});
  ASSERT_TRUE(loaded) << loaded.error().render();
  const LatencySpec& spec = loaded->spec.latency;
  for (const char* scenario : {"single-stream", "offline", "thread-sweep", "cold-start", "end-to-end"}) EXPECT_TRUE(spec.times(scenario));
  EXPECT_FALSE(spec.fold.has_value());
  EXPECT_TRUE(spec.threads.empty());
}

TEST_F(LatencySection, WhatIsNotGivenIsTheDefaultAndNothingChangesTheScience) {
  const auto without = load(folder, kGood, {});
  const auto with =
      load(folder, std::string(kGood) + "latency: {scenarios: [offline], batches: [3], fold: synth/s01, threads: [1, 2]}\n", {});
  ASSERT_TRUE(with) << with.error().render();
  const LatencySpec& spec = with->spec.latency;
  EXPECT_TRUE(spec.times("offline"));
  EXPECT_FALSE(spec.times("single-stream"));
  EXPECT_EQ(spec.batches, std::vector<std::int64_t>{3});
  EXPECT_EQ(spec.threads, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(*spec.fold, "synth/s01");
  EXPECT_GT(spec.fold_where.line, 0U);
  EXPECT_EQ(spec.min_seconds, LatencySpec().min_seconds);
  EXPECT_EQ(spec.cold_starts, LatencySpec().cold_starts);
  ASSERT_TRUE(without);
  const std::vector<RunSpec> runs = expand(without->spec);
  EXPECT_EQ(without->science_json(runs.front()), with->science_json(runs.front()));
}

TEST_F(LatencySection, ThresholdsCantBeSetAndSlipsAreToldWithTheirPlace) {
  EXPECT_THAT(refusal("latency: {drift: 50}\n"), HasSubstr("unknown key 'drift' in 'latency'"));
  EXPECT_THAT(refusal("latency: {scenarios: [server]}\n"), HasSubstr("'server'"));
  EXPECT_THAT(refusal("latency: {scenarios: []}\n"), HasSubstr("'scenarios'"));
  EXPECT_THAT(refusal("latency: {batches: [0]}\n"), HasSubstr("at least 1"));
  EXPECT_THAT(refusal("latency: {min_seconds: 0}\n"), HasSubstr("above 0"));
  EXPECT_THAT(refusal("latency: {min_seconds: 31}\n"), HasSubstr("'min_seconds' is above 'max_seconds'"));
  EXPECT_THAT(refusal("latency: {threads: [1, 1]}\n"), HasSubstr("twice"));
}

}  // namespace
}  // namespace mexbench::config
