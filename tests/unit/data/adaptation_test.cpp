#include "harness/data/adaptation.h"

#include <gtest/gtest.h>

namespace mexbench::data {
namespace {

using Origins = std::array<PixelIndex, 4>;

// What HTNet's released code falls back to where it finds no face, of 28 x 28 images.
Mosaic released() {
  return {.left_eye = {.x = 9.528073, .y = 11.062551},
          .right_eye = {.x = 21.396168, .y = 10.919773},
          .left_mouth = {.x = 10.255435, .y = 22.121233},
          .right_mouth = {.x = 20.583706, .y = 22.25584},
          .crop = {.height = 14, .width = 14}};
}

// By hand: coordinates into 7..21, cut to whole numbers, less 7.
TEST(Mosaic, CropsAreMovedInsideTheImageAndCutToWholePixels) {
  EXPECT_EQ(released().origins({28, 28}), (Origins{{{4, 2}, {3, 14}, {14, 3}, {14, 13}}}));
  Mosaic swapped = released();
  swapped.swap_axes = true;
  EXPECT_EQ(swapped.origins({28, 28}), (Origins{{{2, 4}, {14, 3}, {3, 14}, {13, 14}}}));
}

TEST(Mosaic, PointsAtTheBorderGiveTheCropsOfTheCorners) {
  Mosaic corners{.left_eye = {0, 0}, .right_eye = {30, 0}, .left_mouth = {0, 20}, .right_mouth = {30, 20}, .crop = {4, 5}};
  EXPECT_EQ(corners.origins({20, 30}), (Origins{{{0, 0}, {0, 25}, {16, 0}, {16, 25}}}));
  corners.crop = {20, 30};  // the whole image, four times
  EXPECT_EQ(corners.origins({20, 30}), Origins{});
}

TEST(Mosaic, StepsThatCrossItsSeamsOrTakeCropsForSidesAreRefused) {
  Adaptation adaptation{.mosaic = released()};
  const ImageSize data{.height = 28, .width = 28};
  for (const char* step : {"flip", "noise", "mixup", "magnify"}) EXPECT_TRUE(check_augmentation(step, adaptation, data)) << step;
  for (const char* step : {"shift", "rotate"}) {
    const core::Status status = check_augmentation(step, adaptation, data);
    ASSERT_FALSE(status) << step;
    EXPECT_EQ(status.error().code(), core::ErrorCode::kUsage);
    EXPECT_NE(status.error().message().find("seams"), std::string::npos);
  }
  adaptation.mosaic->swap_axes = true;
  EXPECT_FALSE(check_augmentation("flip", adaptation, data));
  EXPECT_TRUE(check_augmentation("noise", adaptation, data));
}

TEST(Adaptation, TurnsNeedTheRatioOfTheSides) {
  const ImageSize data{.height = 28, .width = 56};
  const auto turned = [&](ImageSize size) { return check_augmentation("rotate", {.resize = Resize{.size = size}}, data); };
  EXPECT_TRUE(check_augmentation("rotate", {}, data));
  EXPECT_TRUE(turned({14, 28}));
  EXPECT_TRUE(turned({33, 66}));
  EXPECT_TRUE(check_augmentation("shift", {.resize = Resize{.size = {28, 28}}}, data));
  const core::Status status = turned({28, 28});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), core::ErrorCode::kUsage);
  EXPECT_NE(status.error().message().find("'size' brings 28x56 to 28x28"), std::string::npos);
}

TEST(Adaptation, ReadsWhatItWrites) {
  Adaptation both{.mosaic = released(), .resize = Resize{.size = {64, 48}, .interpolation = Interpolation::kArea}};
  both.mosaic->swap_axes = true;
  both.mosaic->crop = {14, 12};
  EXPECT_EQ(to_json(both), nlohmann::json::parse(R"({
    "mosaic": {"points": {"left_eye": [9.528073, 11.062551], "right_eye": [21.396168, 10.919773], "left_mouth": [10.255435, 22.121233],
                          "right_mouth": [20.583706, 22.25584]}, "crop": [14, 12], "swap_axes": true},
    "resize": {"height": 64, "width": 48, "interpolation": "area"}})"));
  EXPECT_EQ(to_json(adaptation_from_json(to_json(both))), to_json(both));
  EXPECT_EQ(to_json(adaptation_from_json(nlohmann::json::object())), nlohmann::json::object());
  EXPECT_THROW((void)adaptation_from_json(nlohmann::json::parse(R"({"resize": {"height": 1, "width": 1, "interpolation": "linear"}})")),
               nlohmann::json::exception);
}

TEST(Adaptation, ARangeIsWrittenWithTheOneItComesFrom) {
  Adaptation out;
  EXPECT_TRUE(out.empty());
  out.rescale = Rescale{.from_low = 0.0, .from_high = 255.0, .low = -1.0, .high = 1.0};
  EXPECT_FALSE(out.empty());
  const nlohmann::json json = to_json(out);
  EXPECT_EQ(json, nlohmann::json::parse(R"({"rescale": {"from": [0.0, 255.0], "to": [-1.0, 1.0]}})"));
  EXPECT_EQ(to_json(adaptation_from_json(json)), json);
  EXPECT_EQ(numeric_versions(out), nlohmann::json::parse(R"({"rescale": 1})"));
  EXPECT_EQ(in_words(out), "0..255 to -1..1");
  EXPECT_EQ(out.size_after({.height = 3, .width = 4}), (ImageSize{.height = 3, .width = 4}));
}

TEST(Adaptation, TheLastStepSaysTheSize) {
  Adaptation adaptation;
  EXPECT_TRUE(adaptation.empty());
  EXPECT_EQ(adaptation.size_after({20, 30}), (ImageSize{20, 30}));
  EXPECT_EQ(in_words(adaptation), "");
  adaptation.mosaic = released();
  EXPECT_FALSE(adaptation.empty());
  EXPECT_EQ(adaptation.size_after({20, 30}), (ImageSize{28, 28}));
  EXPECT_EQ(numeric_versions(adaptation), (nlohmann::json{{"mosaic", 1}}));
  adaptation.resize = Resize{.size = {64, 65}};
  EXPECT_EQ(adaptation.size_after({20, 30}), (ImageSize{64, 65}));
  EXPECT_EQ(numeric_versions(adaptation), (nlohmann::json{{"mosaic", 1}, {"resize", 1}}));
  EXPECT_EQ(in_words(adaptation), "mosaic of four 14x14 crops, resized to 64x65, bilinear");
}

}  // namespace
}  // namespace mexbench::data
