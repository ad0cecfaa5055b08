#include "harness/train/augment.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mexbench::train {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using StepKind = AugmentStep::Kind;
using Border = AugmentStep::Border;

const data::ImageChannels kFlow{.names = {"strain", "v", "u"}, .low = 0.0, .high = 255.0};

std::unique_ptr<Augmenter> make(std::vector<AugmentStep> steps, const data::ImageChannels& images = kFlow, std::uint64_t seed = 1) {
  auto augmenter = Augmenter::create(std::move(steps), images, core::RandomStream(seed));
  EXPECT_TRUE(augmenter) << augmenter.error().render();
  return augmenter ? std::move(*augmenter) : nullptr;
}

struct Clips {
  std::vector<float> numbers;
  std::int64_t channels, height, width;
  std::vector<std::int64_t> rows{};
  std::vector<float> shares{};
  Batch batch() { return {.numbers = numbers, .channels = channels, .height = height, .width = width, .rows = rows, .shares = shares}; }
};

// One clip of 3 channels of 2 x 3: strain, v, u.
Clips flow_clip() {
  return {.numbers = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60, 100, 110, 120, 130, 140, 250},
          .channels = 3,
          .height = 2,
          .width = 3,
          .rows = {7}};
}

TEST(Augmenter, FlipMirrorsAndTurnsTheHorizontalFlowRound) {
  Clips clips = flow_clip();
  make({{.kind = StepKind::kFlip}})->apply(clips.batch(), 1);
  EXPECT_THAT(clips.numbers, ElementsAre(3, 2, 1, 6, 5, 4, 30, 20, 10, 60, 50, 40, 135, 145, 155, 5, 115, 125));
}

// An image stretched from its least to its greatest value, as the released ones are: mirroring the stretched image is stretching the
// mirrored flow.
TEST(Augmenter, FlipOfAStretchedChannelIsTheStretchedFlip) {
  const std::vector<float> u = {-3, 1, 4, 0, 2, 5};
  const auto stretched = [](std::vector<float> values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const float least = *low, range = *high - *low;
    for (float& value : values) value = (value - least) / range * 255.0F;
    return values;
  };
  std::vector<float> mirrored;
  for (const std::size_t place : {2, 1, 0, 5, 4, 3}) mirrored.push_back(-u[place]);
  Clips clips{.numbers = stretched(u), .channels = 1, .height = 2, .width = 3, .rows = {0}};
  make({{.kind = StepKind::kFlip}}, {.names = {"u"}, .low = 0, .high = 255})->apply(clips.batch(), 1);
  EXPECT_THAT(clips.numbers, Pointwise(FloatNear(1e-4F), stretched(mirrored)));
}

// Every shift of -1..1 is drawn; each is found again by hand from what came out.
TEST(Augmenter, ShiftMovesByWholePixelsAndFillsAsDeclared) {
  for (const Border border : {Border::kEdge, Border::kZero}) {
    const auto augmenter = make({{.kind = StepKind::kShift, .pixels = 1, .border = border}}, {.names = {"v"}, .low = 0, .high = 255});
    const std::vector<float> before = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::set<std::vector<float>> seen, wanted;
    for (int i = 0; i < 200; ++i) {
      Clips clips{.numbers = before, .channels = 1, .height = 3, .width = 3, .rows = {0}};
      augmenter->apply(clips.batch(), 1);
      seen.insert(clips.numbers);
    }
    for (int down = -1; down <= 1; ++down) {
      for (int right = -1; right <= 1; ++right) {
        std::vector<float> moved;
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 3; ++x) {
            const int from_y = y - down, from_x = x - right;
            const bool outside = from_y < 0 || from_y > 2 || from_x < 0 || from_x > 2;
            const auto nearest = static_cast<std::size_t>(std::clamp(from_y, 0, 2) * 3 + std::clamp(from_x, 0, 2));
            moved.push_back(outside && border == Border::kZero ? 127.5F : before[nearest]);
          }
        }
        wanted.insert(moved);
      }
    }
    EXPECT_EQ(seen, wanted);
  }
}

// A 3 x 3 image with movement to the right at its right edge. The drawn angle is read from the centre's vectors; where it is about a
// quarter against the clock, the pixel must have gone to the top, and its vector must point up (v below its zero).
TEST(Augmenter, RotateTurnsPixelsAndVectorsTheSameWay) {
  const data::ImageChannels images{.names = {"u", "v", "strain"}, .low = -1.0, .high = 1.0};
  const auto augmenter = make({{.kind = StepKind::kRotate, .border = Border::kZero, .degrees = 180.0}}, images);
  std::vector<float> u(9, 0.0F), v(9, 0.0F), strain(9, -1.0F);
  u[4] = u[5] = 1.0F;
  strain[5] = 1.0F;
  int quarters = 0;
  for (int i = 0; i < 2000; ++i) {
    Clips clips{.numbers = u, .channels = 3, .height = 3, .width = 3, .rows = {0}};
    clips.numbers.insert(clips.numbers.end(), v.begin(), v.end());
    clips.numbers.insert(clips.numbers.end(), strain.begin(), strain.end());
    augmenter->apply(clips.batch(), 1);
    const std::span<const float> now(clips.numbers);
    EXPECT_NEAR(std::hypot(now[4], now[13]), 1.0, 1e-5) << "the centre stays, its vector keeps its length";
    const double angle = std::atan2(-now[13], now[4]) * 180.0 / 3.14159265358979;  // against the clock: v is downwards
    if (std::abs(angle - 90.0) > 1.0) continue;
    ++quarters;
    EXPECT_NEAR(now[18 + 1], 1.0, 0.1) << "strain went from the right edge to the top";
    EXPECT_NEAR(now[18 + 5], -1.0, 0.1);
    EXPECT_NEAR(now[9 + 1], -1.0, 0.1) << "and its vector points up";
    EXPECT_NEAR(now[1], 0.0, 0.1);
  }
  EXPECT_GT(quarters, 3);
}

TEST(Augmenter, NoiseHasItsSigmaAsAShareOfTheRange) {
  Clips clips{.numbers = std::vector<float>(40'000, 100.0F), .channels = 1, .height = 200, .width = 200, .rows = {0}};
  make({{.kind = StepKind::kNoise, .sigma = 0.02}}, {.names = {"v"}, .low = 0, .high = 255})->apply(clips.batch(), 1);
  double sum = 0.0, squares = 0.0;
  for (const float value : clips.numbers) {
    sum += value - 100.0;
    squares += (value - 100.0) * (value - 100.0);
  }
  EXPECT_NEAR(sum / 40'000, 0.0, 0.15);
  EXPECT_NEAR(std::sqrt(squares / 40'000), 5.1, 0.1);
}

TEST(Augmenter, MagnifyScalesTheDeviationFromEachChannelsZero) {
  Clips clips = flow_clip();
  make({{.kind = StepKind::kMagnify, .factor_low = 2.0, .factor_high = 2.0}})->apply(clips.batch(), 1);
  EXPECT_THAT(std::vector<float>(clips.numbers.begin(), clips.numbers.begin() + 6), ElementsAre(2, 4, 6, 8, 10, 12));  // strain: zero at 0
  EXPECT_EQ(clips.numbers[6], 127.5F + 2.0F * (10.0F - 127.5F));
  EXPECT_EQ(clips.numbers[17], 127.5F + 2.0F * (250.0F - 127.5F));
}

TEST(Augmenter, TemporalJitterShiftsFramesAndRepeatsTheEnds) {
  const auto augmenter = make({{.kind = StepKind::kTemporalJitter, .frames = 1}}, {.names = {"t00", "t01", "t02"}});
  std::set<std::vector<float>> seen;
  for (int i = 0; i < 50; ++i) {
    Clips clips{.numbers = {1, 2, 3}, .channels = 3, .height = 1, .width = 1, .rows = {0}};
    augmenter->apply(clips.batch(), 1);
    seen.insert(clips.numbers);
  }
  EXPECT_EQ(seen, (std::set<std::vector<float>>{{1, 1, 2}, {1, 2, 3}, {2, 3, 3}}));
}

TEST(Augmenter, MixupBlendsImagesAndTargetsByOneShareAndNamesBothParents) {
  const auto augmenter = make({{.kind = StepKind::kMixup, .alpha = 1.0}}, {.names = {"v"}, .low = 0, .high = 255});
  for (int i = 0; i < 20; ++i) {
    // Each clip's number is its place in a base of four, so that a blend tells its share and its parents.
    Clips clips{.numbers = {1, 4, 16}, .channels = 1, .height = 1, .width = 1, .rows = {5, 6, 7}, .shares = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
    augmenter->apply(clips.batch(), 1);
    for (std::size_t clip = 0; clip < 3; ++clip) {
      const std::span<const float> share = std::span(clips.shares).subspan(clip * 3, 3);
      EXPECT_NEAR(std::accumulate(share.begin(), share.end(), 0.0), 1.0, 1e-6);
      EXPECT_NEAR(clips.numbers[clip], share[0] + 4 * share[1] + 16 * share[2], 1e-5);
    }
  }
  const model::Lineage lineage = augmenter->lineage("train");
  EXPECT_EQ(lineage.children, 60);
  EXPECT_THAT(lineage.parents, ElementsAre(5, 6, 7));
}

TEST(Augmenter, ProbabilityIsTheShareOfClipsThatAreChangedAndOnlyTheseAreChildren) {
  const auto augmenter = make({{.kind = StepKind::kFlip, .probability = 0.25}}, {.names = {"v"}, .low = 0, .high = 255});
  std::int64_t changed = 0;
  for (int i = 0; i < 4000; ++i) {
    Clips clips{.numbers = {1, 2}, .channels = 1, .height = 1, .width = 2, .rows = {i % 10}};
    augmenter->apply(clips.batch(), 1);
    if (clips.numbers[0] == 2.0F) ++changed;
  }
  EXPECT_NEAR(static_cast<double>(changed), 1000.0, 5.0 * std::sqrt(4000 * 0.25 * 0.75));
  EXPECT_EQ(augmenter->lineage("train").children, changed);
}

TEST(Augmenter, EqualStreamsGiveEqualBitsAndIds) {
  const std::vector<AugmentStep> steps = {{.kind = StepKind::kFlip, .probability = 0.5},
                                          {.kind = StepKind::kShift, .pixels = 1},
                                          {.kind = StepKind::kRotate, .degrees = 10.0},
                                          {.kind = StepKind::kNoise, .sigma = 0.1},
                                          {.kind = StepKind::kMagnify, .factor_low = 0.5, .factor_high = 2.0}};
  const auto run = [&](std::uint64_t seed, std::int64_t row) {
    const auto augmenter = make(steps, kFlow, seed);
    Clips clips = flow_clip();
    clips.rows = {row};
    augmenter->apply(clips.batch(), 1);
    augmenter->apply(clips.batch(), 2);
    return std::pair(clips.numbers, augmenter->lineage("train").digest);
  };
  EXPECT_EQ(run(3, 7), run(3, 7));
  EXPECT_NE(run(3, 7).first, run(4, 7).first);
  EXPECT_NE(run(3, 7).second, run(4, 7).second);
  EXPECT_NE(run(3, 7).second, run(3, 8).second) << "the parents are part of an id";
}

// SHA-256 over the ids, each with its length before it: what anybody can compute again.
TEST(Augmenter, IdsNameEpochDrawParentsAndSteps) {
  const auto augmenter = make({{.kind = StepKind::kFlip}}, {.names = {"v"}, .low = 0, .high = 255});
  for (const std::int64_t epoch : {1, 1, 2}) {
    Clips clips{.numbers = {1, 2, 3, 4}, .channels = 1, .height = 1, .width = 2, .rows = {40, 41}};
    augmenter->apply(clips.batch(), epoch);
  }
  core::Sha256 wanted;
  for (const char* id : {"1.1:40:flip", "1.2:41:flip", "1.3:40:flip", "1.4:41:flip", "2.1:40:flip", "2.2:41:flip"}) wanted.field(id);
  const model::Lineage lineage = augmenter->lineage("select");
  EXPECT_EQ(lineage.digest, wanted.hex());
  EXPECT_EQ(lineage.phase, "select");
  EXPECT_EQ(lineage.children, 6);
}

TEST(Augmenter, StepsThatMeanNothingForTheImagesAreRefused) {
  const auto problem = [](const AugmentStep& step, const data::ImageChannels& images) {
    const auto augmenter = Augmenter::create({step}, images, core::RandomStream(1));
    return augmenter ? std::string("accepted") : augmenter.error().message();
  };
  EXPECT_THAT(problem({.kind = StepKind::kTemporalJitter, .frames = 1}, kFlow),
              HasSubstr("'temporal_jitter' shifts frames in time (t00, t01, ... in this order); the channels are strain, v, u"));
  EXPECT_THAT(problem({.kind = StepKind::kTemporalJitter, .frames = 1}, {.names = {"t01", "t00"}}), HasSubstr("in this order"));
  EXPECT_EQ(problem({.kind = StepKind::kTemporalJitter, .frames = 1}, {.names = {"t00", "t01"}}), "accepted");
  EXPECT_THAT(problem({.kind = StepKind::kRotate, .degrees = 5}, {.names = {"u"}, .low = 0, .high = 1}), HasSubstr("needs 'v' beside 'u'"));
  EXPECT_THAT(problem({.kind = StepKind::kMagnify}, {.names = {"t00", "t01"}, .low = 0, .high = 1}), HasSubstr("scales the flow"));
  EXPECT_THAT(problem({.kind = StepKind::kFlip}, {.names = {"angle"}, .low = 0, .high = 1}),
              HasSubstr("does not know what channel 'angle' means"));
  EXPECT_THAT(problem({.kind = StepKind::kNoise, .sigma = 0.1}, {.names = {"v"}}), HasSubstr("the data declare none"));
  EXPECT_EQ(problem({.kind = StepKind::kShift, .pixels = 1}, {.names = {"angle"}}), "accepted");
  EXPECT_THAT(problem({.kind = StepKind::kShift, .pixels = 1, .border = Border::kZero}, {.names = {"angle"}, .low = 0, .high = 1}),
              HasSubstr("does not know what channel 'angle' means"));
}

}  // namespace
}  // namespace mexbench::train
