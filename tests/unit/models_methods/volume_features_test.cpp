// LBP-TOP and 3D-HOG on volumes of grey frames: against other programs (tests/data/classical/make_volume_cases.py) and by hand.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <vector>

#include "models/hog3d/hog3d.h"
#include "models/lbp_top/lbp_top.h"
#include "models/methods.h"
#include "models/registry.h"

namespace mexbench::models {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Pointwise;

std::vector<double> features(const FeatureExtractor& extractor, const std::vector<float>& volume, const ClipShape& shape) {
  EXPECT_EQ(static_cast<std::int64_t>(volume.size()), shape.numbers());
  const auto count = extractor.count(shape);
  EXPECT_TRUE(count) << count.error().render();
  std::vector<double> out(static_cast<std::size_t>(*count), -7.0);
  extractor.extract(volume, shape, out);
  return out;
}

// Frames of `side` x `side` pixels.
std::vector<float> volume_of(std::int64_t frames, std::int64_t side, const std::function<double(double x, double y, double t)>& grey) {
  std::vector<float> out;
  for (std::int64_t t = 0; t < frames; ++t) {
    for (std::int64_t y = 0; y < side; ++y) {
      for (std::int64_t x = 0; x < side; ++x) {
        out.push_back(static_cast<float>(grey(static_cast<double>(x), static_cast<double>(y), static_cast<double>(t))));
      }
    }
  }
  return out;
}

nlohmann::json cases() {
  std::ifstream file(MEXBENCH_SOURCE_DIR "/tests/data/classical/volume_cases.json");
  return nlohmann::json::parse(file);
}

ClipShape shape_of(const nlohmann::json& all) {
  return {.channels = all.at("shape")[0], .height = all.at("shape")[1], .width = all.at("shape")[2]};
}

TEST(LbpTop, EqualsScikitImageOnCirclesAndSciPyOnEllipses) {
  const nlohmann::json all = cases();
  ASSERT_GE(all.at("lbp_top").size(), 6U);
  for (const auto& one : all.at("lbp_top")) {
    SCOPED_TRACE(one.at("params").dump());
    const std::vector<std::int64_t> radii = one.at("params").at("radii");
    const std::vector<std::int64_t> blocks = one.at("params").at("blocks");
    LbpTopOptions options{.rows = blocks[0],
                          .columns = blocks[1],
                          .frames = blocks[2],
                          .radius_x = radii[0],
                          .radius_y = radii[1],
                          .radius_t = radii[2],
                          .neighbours = one.at("params").at("neighbours"),
                          .bilinear = one.at("params").at("sampling") == "bilinear"};
    const std::vector<double> wanted = one.at("features");
    EXPECT_THAT(features(LbpTop(options), all.at("volume"), shape_of(all)), Pointwise(DoubleNear(1e-8), wanted));
  }
}

TEST(LbpTop, UniformPatternsHaveABinEachAndTheOthersShareOne) {
  const std::vector<std::uint16_t> bins = uniform_bins(8);
  ASSERT_EQ(bins.size(), 256U);
  // 0, 1, 10, 11, 100 are uniform, 101 is not; 110, 111, 1000.
  EXPECT_THAT(std::vector<std::uint16_t>(bins.begin(), bins.begin() + 9), ::testing::ElementsAre(0, 1, 2, 3, 4, 58, 5, 6, 7));
  EXPECT_EQ(bins[255], 57);
  EXPECT_EQ(std::count(bins.begin(), bins.end(), 58), 256 - 58);
  EXPECT_THAT(uniform_bins(2), ::testing::ElementsAre(0, 1, 2, 3));
}

// One middle voxel; the bins with a 1 in the three histograms.
std::vector<std::ptrdiff_t> codes(const std::vector<float>& volume, bool bilinear) {
  const LbpTop extractor({.rows = 1, .columns = 1, .radius_t = 1, .bilinear = bilinear});
  const std::vector<double> all = features(extractor, volume, {.channels = 3, .height = 3, .width = 3});
  EXPECT_EQ(all.size(), 3U * 59);
  std::vector<std::ptrdiff_t> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] != 0.0) out.push_back(static_cast<std::ptrdiff_t>(i % 59));
  }
  return out;
}

TEST(LbpTop, PointsTurnAsInTheAuthorsCode) {
  const std::vector<std::uint16_t> bins = uniform_bins(8);
  const auto expect = [&](const std::function<double(double, double, double)>& grey, std::size_t xy, std::size_t xt, std::size_t yt) {
    for (const bool bilinear : {true, false}) {
      EXPECT_THAT(codes(volume_of(3, 3, grey), bilinear), ::testing::ElementsAre(bins[xy], bins[xt], bins[yt])) << bilinear;
    }
  };
  // Points 0..7 lie at (cos, sin) = (1, 0), (d, d), (0, 1), (-d, d), (-1, 0), (-d, -d), (0, -1), (d, -d).
  // Brighter to the right: x grows with the cosine in XY and XT, points 0, 1, 2, 6, 7 are at least as bright; YT does not see it.
  expect([](double x, double, double) { return x; }, 0b11000111, 0b11000111, 0b11111111);
  // Brighter downwards: y falls with the sine in XY and YT: points 0, 4, 5, 6, 7.
  expect([](double, double y, double) { return y; }, 0b11110001, 0b11111111, 0b11110001);
  // Brighter with time: t grows with the sine in XT (0 to 4) and with the cosine in YT.
  expect([](double, double, double t) { return t; }, 0b11111111, 0b00011111, 0b11000111);
  // Along the diagonal, points 1 and 5 of XY equal the middle although they are interpolated.
  expect([](double x, double y, double) { return 0.1 * x + 0.1 * y; }, 0b11100011, 0b11000111, 0b11110001);
  // A voxel that outshines all others, and one that all others outshine.
  expect([](double x, double y, double t) { return x == 1 && y == 1 && t == 1 ? 9.0 : 1.0; }, 0, 0, 0);
  expect([](double x, double y, double t) { return x == 1 && y == 1 && t == 1 ? 1.0 : 9.0; }, 255, 255, 255);
}

TEST(LbpTop, SamplingMattersBetweenPixels) {
  // A bright corner at the upper right lifts the interpolated point 1 over the middle's 4 (0.25 * 20 and more), the nearest pixel too; a
  // corner of 5 only the nearest: 5 * 0.5 < 4.
  const auto corner = [](double value) {
    return volume_of(3, 3, [value](double x, double y, double t) {
      return t != 1 ? 0.0 : x == 1 && y == 1 ? 4.0 : x == 2 && y == 0 ? value : 0.0;
    });
  };
  EXPECT_EQ(codes(corner(20), /*bilinear=*/true)[0], 2);
  EXPECT_EQ(codes(corner(20), /*bilinear=*/false)[0], 2);
  EXPECT_EQ(codes(corner(5), /*bilinear=*/true)[0], 0);
  EXPECT_EQ(codes(corner(5), /*bilinear=*/false)[0], 2);
}

TEST(LbpTop, TooSmallVolumesAreRefused) {
  const LbpTop extractor({.rows = 2, .columns = 3, .frames = 2, .radius_x = 2, .radius_y = 1, .radius_t = 3});
  EXPECT_TRUE(extractor.count({.channels = 8, .height = 6, .width = 7}));
  for (const ClipShape& shape : {ClipShape{7, 6, 7}, ClipShape{8, 5, 7}, ClipShape{8, 6, 6}}) {
    const auto refused = extractor.count(shape);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().render(), HasSubstr("lbp_top takes at least 8 frames of at least 6x7 pixels"));
  }
}

Hog3dOptions hog_options(const nlohmann::json& params) {
  using Orientations = Hog3dOptions::Orientations;
  const std::string orientations = params.at("orientations");
  return {.rows = params.at("cells")[0],
          .columns = params.at("cells")[1],
          .frames = params.at("cells")[2],
          .orientations = orientations == "planes"        ? Orientations::kPlanes
                          : orientations == "icosahedron" ? Orientations::kIcosahedron
                                                          : Orientations::kDodecahedron,
          .opposite = params.at("opposite") == "separate",
          .bins = params.at("bins"),
          .block = params.at("block"),
          .clip = params.at("clip")};
}

TEST(Hog3d, EqualsNumPyInEveryWayToBin) {
  const nlohmann::json all = cases();
  ASSERT_GE(all.at("hog3d").size(), 6U);
  for (const auto& one : all.at("hog3d")) {
    SCOPED_TRACE(one.at("params").dump());
    const std::vector<double> wanted = one.at("features");
    EXPECT_THAT(features(Hog3d(hog_options(one.at("params"))), all.at("volume"), shape_of(all)), Pointwise(DoubleNear(1e-7), wanted));
  }
}

TEST(Hog3d, FacesAreUnitVectorsInOppositePairs) {
  const struct {
    Hog3dOptions::Orientations solid;
    std::size_t faces;
    double cosine;  // between neighbours
    int neighbours;
  } solids[] = {{Hog3dOptions::Orientations::kIcosahedron, 20, std::sqrt(5.0) / 3.0, 3},
                {Hog3dOptions::Orientations::kDodecahedron, 12, 1.0 / std::sqrt(5.0), 5}};
  for (const auto& solid : solids) {
    const auto faces = face_directions(solid.solid);
    ASSERT_EQ(faces.size(), solid.faces);
    for (std::size_t i = 0; i < faces.size(); ++i) {
      int neighbours = 0;
      for (std::size_t j = 0; j < faces.size(); ++j) {
        const double cosine = faces[i][0] * faces[j][0] + faces[i][1] * faces[j][1] + faces[i][2] * faces[j][2];
        if (i == j) {
          EXPECT_NEAR(cosine, 1.0, 1e-12);
        } else if (i % (faces.size() / 2) == j % (faces.size() / 2)) {
          EXPECT_NEAR(cosine, -1.0, 1e-12);
        } else {
          EXPECT_LE(cosine, solid.cosine + 1e-12);
          neighbours += cosine > solid.cosine - 1e-12 ? 1 : 0;
        }
      }
      EXPECT_EQ(neighbours, solid.neighbours);
    }
  }
}

// The features of one cell, not clipped.
std::vector<double> one_cell(const std::function<double(double, double, double)>& grey, Hog3dOptions options) {
  options.rows = options.columns = options.frames = 1;
  options.clip = 1.0;
  return features(Hog3d(options), volume_of(3, 4, grey), {.channels = 3, .height = 4, .width = 4});
}

TEST(Hog3d, AGradientAcrossAFaceFillsItsBinAlone) {
  // (1, 1, 1) is the icosahedron's first face; its three neighbours are just at the threshold.
  const auto up = [](double x, double y, double t) { return 5 * (x + y + t); };
  const auto down = [](double x, double y, double t) { return -5 * (x + y + t); };
  const auto only = [](std::size_t bins, std::size_t bin) {
    std::vector<double> out(bins, 0.0);
    out[bin] = 1.0;
    return out;
  };
  EXPECT_THAT(one_cell(up, {}), Pointwise(DoubleNear(1e-6), only(20, 0)));
  EXPECT_THAT(one_cell(down, {}), Pointwise(DoubleNear(1e-6), only(20, 10)));
  EXPECT_THAT(one_cell(up, {.opposite = false}), Pointwise(DoubleNear(1e-6), only(10, 0)));
  EXPECT_THAT(one_cell(down, {.opposite = false}), Pointwise(DoubleNear(1e-6), only(10, 0)));
}

TEST(Hog3d, AGradientAlongAnAxisIsSharedByTheFacesAroundIt) {
  // The dodecahedron's faces are (0, +-1, phi), (+-phi, 0, +-1) and (+-1, +-phi, 0) by sqrt(1 + phi^2) = 1.9021. Over the threshold
  // 0.4472 are two whose t is 0.8507, by 0.4034, and two whose t is 0.5257, by 0.0785; their length together is 0.5812.
  const std::vector<double> shares =
      one_cell([](double, double, double t) { return t; }, {.orientations = Hog3dOptions::Orientations::kDodecahedron});
  const auto faces = face_directions(Hog3dOptions::Orientations::kDodecahedron);
  for (std::size_t k = 0; k < faces.size(); ++k) {
    const double wanted = faces[k][2] > 0.8 ? 0.4034 / 0.5812 : faces[k][2] > 0.5 ? 0.0785 / 0.5812 : 0.0;
    EXPECT_NEAR(shares[k], wanted, 2e-4) << k;
  }
}

TEST(Hog3d, AnglesInEachPlane) {
  const Hog3dOptions planes{.orientations = Hog3dOptions::Orientations::kPlanes, .bins = 8};
  const double half = std::sqrt(0.5);
  // To the right: angle 0 in XY and XT, nothing in YT.
  std::vector<double> wanted(24, 0.0);
  wanted[0] = wanted[8] = half;
  EXPECT_THAT(one_cell([](double x, double, double) { return x; }, planes), Pointwise(DoubleNear(1e-9), wanted));
  // Darker with time: 270 degrees in XT and YT.
  wanted.assign(24, 0.0);
  wanted[8 + 6] = wanted[16 + 6] = half;
  EXPECT_THAT(one_cell([](double, double, double t) { return -3 * t; }, planes), Pointwise(DoubleNear(1e-9), wanted));
  // Where opposite directions share a bin these are 90 degrees of 180.
  wanted.assign(24, 0.0);
  wanted[8 + 4] = wanted[16 + 4] = half;
  Hog3dOptions joined = planes;
  joined.opposite = false;
  EXPECT_THAT(one_cell([](double, double, double t) { return -3 * t; }, joined), Pointwise(DoubleNear(1e-9), wanted));
}

TEST(Hog3d, WithoutGradientFeaturesAreZero) {
  for (const auto solid : {Hog3dOptions::Orientations::kIcosahedron, Hog3dOptions::Orientations::kPlanes}) {
    EXPECT_THAT(one_cell([](double, double, double) { return 77.0; }, {.orientations = solid}), Each(0.0));
  }
}

TEST(Hog3d, TooSmallVolumesAndBlocksAreRefused) {
  const Hog3d extractor({.rows = 4, .columns = 1, .frames = 3});
  EXPECT_TRUE(extractor.count({.channels = 3, .height = 4, .width = 2}));
  for (const ClipShape& shape : {ClipShape{2, 4, 2}, ClipShape{3, 3, 2}, ClipShape{3, 4, 1}}) {
    const auto refused = extractor.count(shape);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().render(), HasSubstr("hog3d takes at least 3 frames of at least 4x2 pixels"));
  }
  EXPECT_THAT(method("hog3d", {{"cells", {4, 2, 1}}, {"block", 3}}).error().render(),
              HasSubstr("block is 3, need at most the 4x2 cells of an image"));
}

TEST(VolumeMethods, CardsTellTheFramesAndSizesThatTheExtractorsTake) {
  for (const char* name : {"lbp_top", "hog3d"}) {
    const ModelCard& card = *find_model(name);
    const auto params = resolve_params(card, nullptr);
    ASSERT_TRUE(params);
    ASSERT_NE(card.least_frames, nullptr);
    const std::int64_t frames = card.least_frames(*params);
    std::int64_t side = 2;
    while (!card.sizes(*params).take(side, side)) ++side;
    const auto fit = [&](std::int64_t clip_frames, std::int64_t clip_side) {
      const std::int64_t clips = 2;
      const std::vector<float> volume(static_cast<std::size_t>(clips * clip_frames * clip_side * clip_side), 1.0F);
      const std::vector<float> targets{1, 0, 0, 1};
      class Silent final : public model::EpochObserver {
        core::Status on_epoch(const model::EpochReport&, model::FittedModel&) override { return {}; }
      } observer;
      return (*method(name, {}))
          ->fit({.inputs = {.data = volume.data(), .shape = {clips, clip_frames, clip_side, clip_side}},
                 .targets = {.values = targets, .classes = 2}},
                {}, {.seed = core::Seed{0}, .fold = core::FoldId("a/b")}, observer)
          .ok();
    };
    EXPECT_TRUE(fit(frames, side)) << name;
    EXPECT_FALSE(fit(frames - 1, side)) << name;
    EXPECT_FALSE(fit(frames, side - 1)) << name;
  }
}

}  // namespace
}  // namespace mexbench::models
