// Mosaics of images whose pixels are their own coordinates; resizing against values worked out by hand, and against PyTorch's
// torch.nn.functional.interpolate (tests/data/resize).
#include "harness/preprocess/adapt.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "data/resize/torch_cases.h"

namespace mexbench::preprocess {
namespace {

using data::ImageSize;
using data::Interpolation;

std::vector<float> resized(const std::vector<float>& plane, ImageSize from, ImageSize to, Interpolation interpolation) {
  std::vector<float> out(static_cast<std::size_t>(to.pixels()), -1.0F);
  adapt_plane({.resize = data::Resize{.size = to, .interpolation = interpolation}}, from, plane, out);
  return out;
}

void expect_near(const std::vector<float>& seen, const std::vector<float>& wanted) {
  ASSERT_EQ(seen.size(), wanted.size());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(seen[i], wanted[i], 2e-5F) << "pixel " << i;
}

// As helper threads of one worker do. With a cv::setNumThreads() for each plane this ended in a segmentation fault in TBB, rarely where
// planes are large and nearly always here.
TEST(Resize, SeveralThreadsAtOnceGetWhatOneGets) {
  constexpr ImageSize kFrom{.height = 4, .width = 6};
  constexpr ImageSize kTo{.height = 2, .width = 2};
  constexpr int kThreads = 8;
  constexpr int kRepeats = 30'000;
  std::vector<float> plane(static_cast<std::size_t>(kFrom.pixels()));
  for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<float>((i * 37) % 256);
  const std::vector<float> wanted = resized(plane, kFrom, kTo, Interpolation::kArea);
  std::vector<int> wrong(kThreads, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int i = 0; i < kRepeats; ++i) count += resized(plane, kFrom, kTo, Interpolation::kArea) == wanted ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(kThreads, 0));
}

// One row of two pixels to four: the centres 0.5, 1.5, 2.5, 3.5 of the new pixels lie at 0.25, 0.75, 1.25, 1.75 of the old row, whose
// centres are 0.5 and 1.5.
TEST(Resize, ABrightAndADarkPixelByHand) {
  const std::vector<float> row{0, 100};
  const ImageSize two{.height = 1, .width = 2};
  const ImageSize four{.height = 1, .width = 4};
  expect_near(resized(row, two, four, Interpolation::kNearest), {0, 0, 100, 100});
  expect_near(resized(row, two, four, Interpolation::kBilinear), {0, 25, 75, 100});
  expect_near(resized(row, two, four, Interpolation::kArea), {0, 0, 100, 100});
  // The kernel with a = -0.75 at distances 1.75, 0.75, 0.25 and 1.25 is -0.03515625, 0.26171875, 0.87890625 and -0.10546875; beyond the
  // border its pixel is repeated. The second pixel, at 0.75: 0.26171875 - 0.03515625 of 100.
  expect_near(resized(row, two, four, Interpolation::kBicubic), {-10.546875F, 22.65625F, 77.34375F, 110.546875F});
}

// Three pixels to two: the new ones cover 1.5 old ones each.
TEST(Resize, AreaWeighsPixelsByWhatIsCovered) {
  const std::vector<float> row{0, 30, 90};
  expect_near(resized(row, {1, 3}, {1, 2}, Interpolation::kArea), {(0 + 15) / 1.5F, (15 + 90) / 1.5F});
  // As a column, and while the other side grows: OpenCV by itself would take two neighbours only.
  expect_near(resized(row, {3, 1}, {2, 1}, Interpolation::kArea), {10, 70});
  expect_near(resized(row, {3, 1}, {2, 3}, Interpolation::kArea), {10, 10, 10, 70, 70, 70});
  expect_near(resized({8, 4, 0, 0, 4, 8, 8, 0, 0, 0, 0, 8}, {1, 12}, {2, 3}, Interpolation::kArea), {3, 5, 2, 3, 5, 2});
}

// Seven pixels to three: the points 7/6, 3.5 and 35/6 lie in the pixels 1, 3 and 5; without half-pixel centres they would be 0, 2 and 4.
TEST(Resize, NearestTakesThePixelInTheMiddle) {
  expect_near(resized({0, 1, 2, 3, 4, 5, 6}, {1, 7}, {1, 3}, Interpolation::kNearest), {1, 3, 5});
}

TEST(Resize, TheSameSizeIsTheSameImage) {
  const std::vector<float> plane{3, 1, 4, 1, 5, 9.5F};
  for (const Interpolation one : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic, Interpolation::kArea}) {
    EXPECT_EQ(resized(plane, {2, 3}, {2, 3}, one), plane) << data::to_string(one);
  }
}

TEST(Resize, NoStepIsACopy) {
  const std::vector<float> plane{3, 1, 4, 1, 5, 9.5F};
  std::vector<float> out(plane.size());
  adapt_plane({}, {2, 3}, plane, out);
  EXPECT_EQ(out, plane);
}

TEST(Resize, AgreesWithPyTorch) {
  ASSERT_EQ(resize_cases().size(), 16U);
  for (const ResizeCase& one : resize_cases()) {
    SCOPED_TRACE(one.interpolation + " to " + std::to_string(one.height) + "x" + std::to_string(one.width));
    const auto interpolation = data::interpolation_from(one.interpolation);
    ASSERT_TRUE(interpolation);
    expect_near(resized(resize_image(), {kResizeRows, kResizeColumns}, {one.height, one.width}, *interpolation), one.wanted);
  }
}

// Each pixel is 100 * row + column.
std::vector<float> coordinates(ImageSize size) {
  std::vector<float> out;
  for (std::int64_t row = 0; row < size.height; ++row) {
    for (std::int64_t column = 0; column < size.width; ++column) out.push_back(static_cast<float>(100 * row + column));
  }
  return out;
}

// A square crop of four around (x 2, y 2), (4.9, 2), (0, 6) and (9, 6) of 9 x 8 pixels, worked out by hand.
const data::Mosaic kFour{.left_eye = {2, 2}, .right_eye = {4.9, 2}, .left_mouth = {0, 6}, .right_mouth = {8, 6}, .crop = {2, 2}};

TEST(Mosaic, EyesAboveMouthCornersBelow) {
  std::vector<float> out(16);
  adapt_plane({.mosaic = kFour, .resize = {}}, {9, 8}, coordinates({9, 8}), out);
  EXPECT_EQ(out, (std::vector<float>{101, 102, 103, 104,  //
                                     201, 202, 203, 204,  //
                                     500, 501, 506, 507,  //
                                     600, 601, 606, 607}));
}

// x counts rows, up to 9 of them, and y columns.
TEST(Mosaic, SwappedAxesAsInTheReleasedCode) {
  data::Mosaic swapped = kFour;
  swapped.swap_axes = true;
  std::vector<float> out(16);
  adapt_plane({.mosaic = swapped, .resize = {}}, {9, 8}, coordinates({9, 8}), out);
  EXPECT_EQ(out, (std::vector<float>{101, 102, 301, 302,  //
                                     201, 202, 401, 402,  //
                                     5, 6, 705, 706,      //
                                     105, 106, 805, 806}));
}

// The crops of the released code's own points, as its slices cut them: rows x - 7 to x + 7, columns y - 7 to y + 7.
TEST(Mosaic, OfTheReleasedPoints) {
  const data::Mosaic released{.left_eye = {9.528073, 11.062551},
                              .right_eye = {21.396168, 10.919773},
                              .left_mouth = {10.255435, 22.121233},
                              .right_mouth = {20.583706, 22.25584},
                              .crop = {14, 14},
                              .swap_axes = true};
  std::vector<float> out(28UL * 28UL);
  adapt_plane({.mosaic = released, .resize = {}}, {28, 28}, coordinates({28, 28}), out);
  for (std::size_t row = 0; row < 28; ++row) {
    for (std::size_t column = 0; column < 28; ++column) {
      const std::size_t first_row = row < 14 ? (column < 14 ? 2 : 14) : (column < 14 ? 3 : 13);
      const std::size_t first_column = row < 14 ? (column < 14 ? 4 : 3) : 14;
      ASSERT_EQ(out[row * 28 + column], static_cast<float>(100 * (first_row + row % 14) + first_column + column % 14));
    }
  }
}

TEST(Mosaic, IsMadeBeforeTheSizeIs) {
  std::vector<float> out(4);
  adapt_plane({.mosaic = kFour, .resize = data::Resize{.size = {2, 2}, .interpolation = Interpolation::kArea}}, {9, 8}, coordinates({9, 8}),
              out);
  EXPECT_EQ(out, (std::vector<float>{151.5F, 153.5F, 550.5F, 556.5F}));
}

TEST(Rescale, IsTheLastStepAndLinear) {
  const data::Rescale unit{.from_low = 0.0, .from_high = 255.0, .low = 0.0, .high = 1.0};
  std::vector<float> out(3);
  adapt_plane({.mosaic = {}, .resize = {}, .rescale = unit}, {1, 3}, std::vector<float>{0.0F, 51.0F, 510.0F}, out);
  EXPECT_EQ(out, (std::vector<float>{0.0F, 0.2F, 2.0F})) << "what leaves the declared range is not cut";

  const data::Rescale centred{.from_low = 2.0, .from_high = 4.0, .low = -1.0, .high = 1.0};
  std::vector<float> mean(1);
  adapt_plane({.mosaic = {}, .resize = data::Resize{.size = {1, 1}, .interpolation = Interpolation::kArea}, .rescale = centred}, {1, 2},
              std::vector<float>{2.0F, 3.0F}, mean);
  EXPECT_EQ(mean, std::vector<float>{-0.5F});
}

}  // namespace
}  // namespace mexbench::preprocess
