#include "harness/train/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace mexbench::train {
namespace {

// 90, 8 and 2 clips of three groups; group 5 stands where no group 1 or 2 is.
std::vector<std::int64_t> uneven() {
  std::vector<std::int64_t> groups(90, 0);
  groups.insert(groups.end(), 8, 3);
  groups.insert(groups.end(), 2, 5);
  return groups;
}

TEST(BalancedSampler, EveryGroupAndEveryClipOfItIsDrawnAsOftenAsTheDefinitionSays) {
  const std::vector<std::int64_t> groups = uneven();
  BalancedSampler sampler(groups, core::RandomStream(1));
  constexpr std::int64_t kDraws = 300'000;
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(kDraws));
  sampler.draw(drawn);
  std::map<std::int64_t, std::int64_t> of_group, of_clip;
  for (const std::int64_t clip : drawn) {
    ++of_group[groups.at(static_cast<std::size_t>(clip))];
    ++of_clip[clip];
  }
  // Five standard deviations of a binomial count.
  const auto expect_share = [&](std::int64_t count, double share) {
    EXPECT_NEAR(static_cast<double>(count), kDraws * share, 5.0 * std::sqrt(kDraws * share * (1.0 - share)));
  };
  ASSERT_EQ(of_group.size(), 3U);
  for (const auto& [group, count] : of_group) expect_share(count, 1.0 / 3.0);
  EXPECT_EQ(of_clip.size(), 100U);
  expect_share(of_clip[0], 1.0 / 270.0);
  expect_share(of_clip[93], 1.0 / 24.0);
  expect_share(of_clip[99], 1.0 / 6.0);
}

TEST(BalancedSampler, EqualStreamsDrawEqualClipsAndEpochsDiffer) {
  const std::vector<std::int64_t> groups = uneven();
  BalancedSampler one(groups, core::RandomStream(4)), two(groups, core::RandomStream(4));
  std::vector<std::int64_t> first(100), again(100), next(100);
  one.draw(first);
  two.draw(again);
  one.draw(next);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, next);
}

}  // namespace
}  // namespace mexbench::train
