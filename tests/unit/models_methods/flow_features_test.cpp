// Bi-WOOF and MDMO on fields whose features are worked out by hand.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "models/bi_woof/bi_woof.h"
#include "models/mdmo/mdmo.h"

namespace mexbench::models {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;

std::vector<double> features(const FeatureExtractor& extractor, const std::vector<std::vector<float>>& planes, std::int64_t height,
                             std::int64_t width) {
  std::vector<float> clip;
  for (const std::vector<float>& plane : planes) clip.insert(clip.end(), plane.begin(), plane.end());
  const ClipShape shape{.channels = static_cast<std::int64_t>(planes.size()), .height = height, .width = width};
  EXPECT_EQ(static_cast<std::int64_t>(clip.size()), shape.numbers());
  const auto count = extractor.count(shape);
  EXPECT_TRUE(count) << count.error().render();
  std::vector<double> out(static_cast<std::size_t>(*count), -7.0);
  extractor.extract(clip, shape, out);
  return out;
}

testing::Matcher<std::vector<double>> near(const std::vector<double>& wanted) { return ::testing::Pointwise(DoubleNear(1e-6), wanted); }

// A field of 2 x 4 pixels, right of it nothing moves but one pixel. With four directions, bins begin at -180, -90, 0 and 90 degrees.
const std::vector<float> kU = {3,  0, 0, 0,  //
                               -1, 4, 0, 0};
const std::vector<float> kV = {4, -2, 0, 0,  //
                               0, 3,  0, 1};
const std::vector<float> kStrain = {0.5F,  0.25F, 1, 1,  //
                                    0.25F, 1,     1, 3};

TEST(BiWoof, MagnitudeWeighsDirectionsAndStrainWeighsBlocks) {
  const BiWoofOptions plain{.rows = 1, .columns = 2, .bins = 4, .zero = 0.0, .overlap = false, .normalise = false, .mean_strain = true};
  // Left: (3, 4) and (4, 3), of length 5, point to 0..90; (0, -2) to -90, the bin from -90; (-1, 0) to 180, which is -180. Mean strain 0.5.
  // Right: (0, 1) points to 90; mean strain 1.5.
  EXPECT_THAT(features(BiWoof(plain), {kU, kV, kStrain}, 2, 4), near({0.5 * 1, 0.5 * 2, 0.5 * 10, 0, 0, 0, 0, 1.5 * 1}));
  BiWoofOptions summed = plain;
  summed.mean_strain = false;
  EXPECT_THAT(features(BiWoof(summed), {kU, kV, kStrain}, 2, 4), near({2 * 1, 2 * 2, 2 * 10, 0, 0, 0, 0, 6 * 1}));
  // Each histogram by its sum (13, 1), times strain (2, 6), the whole by its norm.
  BiWoofOptions normalised = summed;
  normalised.normalise = true;
  const double norm = std::sqrt(4.0 * (1 + 4 + 100) / 169 + 36);
  EXPECT_THAT(features(BiWoof(normalised), {kU, kV, kStrain}, 2, 4),
              near({2.0 / 13 / norm, 4.0 / 13 / norm, 20.0 / 13 / norm, 0, 0, 0, 0, 6 / norm}));
}

TEST(BiWoof, ZeroSaysWhereNothingMoves) {
  std::vector<float> u(kU);
  std::vector<float> v(kV);
  for (float& value : u) value += 100.0F;
  for (float& value : v) value += 100.0F;
  BiWoofOptions options{.rows = 1, .columns = 2, .bins = 4, .zero = 0.0, .overlap = false};
  const std::vector<double> wanted = features(BiWoof(options), {kU, kV, kStrain}, 2, 4);
  EXPECT_THAT(features(BiWoof(options), {u, v, kStrain}, 2, 4), ::testing::Not(near(wanted)));
  options.zero = 100.0;
  EXPECT_THAT(features(BiWoof(options), {u, v, kStrain}, 2, 4), near(wanted));
}

TEST(BiWoof, BlocksOfTheReleasedCodeReachIntoTheirNeighbours) {
  // Seven columns in two blocks: floor(7 / 2) = 3 each. The first has columns 0 to 3, the second 2 to 6. The movement is 1 everywhere, to
  // the right, strain is 1, 2, 4, 8, 16, 32, 64.
  const std::vector<float> right(7, 1.0F);
  const std::vector<float> none(7, 0.0F);
  const std::vector<float> strain{1, 2, 4, 8, 16, 32, 64};
  BiWoofOptions options{.rows = 1, .columns = 2, .bins = 2, .zero = 0.0, .overlap = true, .normalise = false};
  EXPECT_THAT(features(BiWoof(options), {right, none, strain}, 1, 7), near({0, 4.0 * 15, 0, 5.0 * 124}));
  options.overlap = false;  // columns 0 to 2 and 3 to 6
  EXPECT_THAT(features(BiWoof(options), {right, none, strain}, 1, 7), near({0, 3.0 * 7, 0, 4.0 * 120}));
  options = {.rows = 1, .columns = 1, .bins = 2, .zero = 0.0, .overlap = true, .normalise = false};
  EXPECT_THAT(features(BiWoof(options), {right, none, strain}, 1, 7), near({0, 7.0 * 127}));
}

TEST(BiWoof, WithoutMovementOrStrainFeaturesAreZero) {
  const std::vector<float> still(8, 127.5F);
  const std::vector<float> none(8, 0.0F);
  const std::vector<float> some(8, 1.0F);
  const BiWoof extractor({.rows = 2, .columns = 2});
  EXPECT_THAT(features(extractor, {still, still, some}, 2, 4), ::testing::Each(0.0));
  EXPECT_THAT(features(extractor, {kU, kV, none}, 2, 4), ::testing::Each(0.0));
}

TEST(BiWoof, OtherShapesAreRefused) {
  const BiWoof extractor({});
  EXPECT_THAT(extractor.count({.channels = 2, .height = 28, .width = 28}).error().render(), HasSubstr("u, v and strain"));
  EXPECT_THAT(extractor.count({.channels = 3, .height = 28, .width = 4}).error().render(), HasSubstr("at least 5x5 pixels"));
}

TEST(Mdmo, MeanOfTheMainDirectionStandsForItsRegion) {
  // Left: with four directions from 0, (3, 4), (4, 3) are in the first, the only one with two vectors: mean (3.5, 3.5). Right: three
  // pixels that do not move have direction 0: mean 0, and (0, 1) is left out.
  const Mdmo extractor({.rows = 1, .columns = 2, .bins = 4, .alpha = 0.75, .zero = 0.0});
  EXPECT_THAT(features(extractor, {kU, kV}, 2, 4), near({0.75, 0.0, 0.25 * std::numbers::pi / 4, 0.0}));
}

TEST(Mdmo, LengthsAreRelativeToTheGreatestAndDirectionsAreSigned) {
  // Regions of one pixel: (3, 4), (0, -2), (-1, 0), (4, 3).
  const Mdmo extractor({.rows = 2, .columns = 2, .alpha = 0.5, .zero = 0.0});
  const std::vector<float> u{3, 0, -1, 4};
  const std::vector<float> v{4, -2, 0, 3};
  constexpr double kPi = std::numbers::pi;
  EXPECT_THAT(features(extractor, {u, v}, 2, 2),
              near({0.5, 0.5 * 2 / 5, 0.5 * 1 / 5, 0.5, 0.5 * std::atan2(4, 3), -0.5 * kPi / 2, 0.5 * kPi, 0.5 * std::atan2(3, 4)}));
}

TEST(Mdmo, OfEquallyFrequentDirectionsTheFirstIsTheMainOne) {
  // Two of direction 90 (third of eight bins), two of direction -90 (seventh).
  const Mdmo extractor({.rows = 1, .columns = 1, .alpha = 0.0, .zero = 0.0});
  EXPECT_THAT(features(extractor, {{0, 0, 0, 0}, {-5, -5, 1, 1}}, 2, 2), near({0.0, std::numbers::pi / 2}));
}

TEST(Mdmo, FramesAreAveragedAsVectors) {
  // One region: (2, 0) in the first frame, (0, 2) in the second: (1, 1).
  const Mdmo extractor({.rows = 1, .columns = 1, .alpha = 0.0, .zero = 0.0});
  EXPECT_THAT(features(extractor, {{2}, {0}, {0}, {2}}, 1, 1), near({0.0, std::numbers::pi / 4}));
  // A region's length is that of the mean: (1, 1) against (2, 0) and (2, 0).
  const Mdmo two({.rows = 1, .columns = 2, .alpha = 1.0, .zero = 0.0});
  EXPECT_THAT(features(two, {{2, 2}, {0, 0}, {0, 2}, {2, 0}}, 1, 2), near({std::sqrt(2.0) / 2, 1.0, 0.0, 0.0}));
}

TEST(Mdmo, WithoutMovementFeaturesAreZero) {
  EXPECT_THAT(features(Mdmo({.rows = 2, .columns = 2}), {std::vector<float>(4, 127.5F), std::vector<float>(4, 127.5F)}, 2, 2),
              ::testing::Each(0.0));
}

TEST(Mdmo, OtherShapesAreRefused) {
  const Mdmo extractor({});
  EXPECT_THAT(extractor.count({.channels = 3, .height = 28, .width = 28}).error().render(), HasSubstr("the channels u and v"));
  EXPECT_THAT(extractor.count({.channels = 2, .height = 5, .width = 28}).error().render(), HasSubstr("at least 6x6 pixels"));
}

}  // namespace
}  // namespace mexbench::models
