// Counts and order only: how long anything takes is nobody's business here.
#include "harness/latency/sampler.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "harness/latency/peak.h"

namespace mexbench::latency {
namespace {

TEST(LatencySampler, KeepsEverySampleButThoseOfTheWarmUp) {
  std::vector<std::int64_t> called;
  const auto sampled = take_samples(
      [&](std::int64_t index) -> core::Status {
        called.push_back(index);
        return {};
      },
      {.min_seconds = 0.0, .min_samples = 90, .max_seconds = 10.0, .warmup_seconds = 0.0, .passes = 9});
  ASSERT_TRUE(sampled);
  EXPECT_EQ(sampled->warmup_count, 1);  // one call at least
  EXPECT_EQ(sampled->ns.size(), 90U);
  EXPECT_EQ(called.size(), 91U);
  for (std::size_t i = 0; i < called.size(); ++i) EXPECT_EQ(called[i], static_cast<std::int64_t>(i));
  ASSERT_EQ(sampled->passes.size(), 9U);
  for (const Pass& pass : sampled->passes) EXPECT_EQ(pass.count, 10);
  for (const std::int64_t ns : sampled->ns) EXPECT_GE(ns, 0);
}

TEST(LatencySampler, LastsAsLongAsItIsToldAndNoLonger) {
  const auto busy = [](std::int64_t) -> core::Status {
    const std::int64_t end = monotonic_ns() + 200'000;
    while (monotonic_ns() < end) {
    }
    return {};
  };
  const auto least = take_samples(busy, {.min_seconds = 0.02, .min_samples = 1, .max_seconds = 10.0, .warmup_seconds = 0.001, .passes = 3});
  ASSERT_TRUE(least);
  EXPECT_GE(least->seconds(), 0.02 * 0.9);  // passes are a reading of the clock apart
  for (const std::int64_t ns : least->ns) EXPECT_GE(ns, 200'000);
  EXPECT_GE(std::accumulate(least->ns.begin(), least->ns.end(), std::int64_t{0}), 18'000'000);
  // 0.2 ms each: a million would take minutes.
  const auto most = take_samples(busy, {.min_seconds = 0.0, .min_samples = 1'000'000, .max_seconds = 0.01, .warmup_seconds = 0.0});
  ASSERT_TRUE(most);
  EXPECT_LE(most->ns.size(), 51U);
  EXPECT_GE(most->ns.size(), 1U);
}

TEST(LatencySampler, StopsAtTheFirstFailure) {
  int calls = 0;
  const auto sampled = take_samples(
      [&](std::int64_t index) -> core::Status {
        ++calls;
        if (index == 3) return core::Error(core::ErrorCode::kFailed, "no answer");
        return {};
      },
      {.min_seconds = 0.0, .min_samples = 100, .max_seconds = 10.0, .warmup_seconds = 0.0});
  ASSERT_FALSE(sampled);
  EXPECT_EQ(sampled.error().message(), "no answer");
  EXPECT_EQ(calls, 4);
}

TEST(LatencyPeak, IsAboveWhatPlainArithmeticNeeds) {
  const Peak peak = measure_peak(2, 0.002);
  EXPECT_EQ(peak.threads, 2);
  EXPECT_EQ(peak.method, "fma");
  EXPECT_GT(peak.flops_per_second, 1e6);
  EXPECT_GT(clock_resolution_ns(), 0);
}

}  // namespace
}  // namespace mexbench::latency
