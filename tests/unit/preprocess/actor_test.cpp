// The motion an actor tells is the motion it shows.
#include "harness/preprocess/actor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "harness/preprocess/action_units.h"

namespace mexbench::preprocess {
namespace {
using ::testing::HasSubstr;

constexpr FrameSize kSize{.width = 256, .height = 192};

Actor smiling(double strength) {
  core::RandomStream stream(11);
  Face face = draw_face(kSize.height, stream);
  std::vector<Bump> bumps;
  for (const int number : {6, 12}) {
    const auto pushes = unit_bumps(face, {.number = number}, strength, 0.1);
    bumps.insert(bumps.end(), pushes->begin(), pushes->end());
  }
  return Actor(std::move(face), kSize, {std::move(bumps)});
}

Pose posed(double course, Point shift = {}, double turn = 0.0) { return {.courses = {course}, .shift = shift, .turn = turn}; }

std::vector<std::uint8_t> quiet(const Actor& actor, const Pose& pose) {
  core::RandomStream unused(1);
  return actor.draw(pose, 0.0, unused);
}

// Mean absolute difference of two frames' inner parts: at the rim, what came in from outside is not to be had.
double difference(const cv::Mat& a, const cv::Mat& b) {
  const cv::Rect inner(8, 8, kSize.width - 16, kSize.height - 16);
  return cv::norm(a(inner), b(inner), cv::NORM_L1) / inner.area();
}

cv::Mat as_image(std::vector<std::uint8_t>& pixels) {
  cv::Mat out;
  cv::Mat(kSize.height, kSize.width, CV_8UC1, pixels.data()).convertTo(out, CV_32F);
  return out;
}

// OpenCV's lookup at p + flow(p): independent of the drawing.
cv::Mat warped_back(const cv::Mat& later, const FlowField& flow) {
  cv::Mat x(flow.height, flow.width, CV_32F);
  cv::Mat y(flow.height, flow.width, CV_32F);
  for (int row = 0; row < flow.height; ++row) {
    for (int column = 0; column < flow.width; ++column) {
      const auto i = static_cast<std::size_t>(row) * static_cast<std::size_t>(flow.width) + static_cast<std::size_t>(column);
      x.at<float>(row, column) = static_cast<float>(column) + flow.u[i];
      y.at<float>(row, column) = static_cast<float>(row) + flow.v[i];
    }
  }
  cv::Mat out;
  cv::remap(later, out, x, y, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return out;
}

TEST(Actor, NothingMovesWithoutACause) {
  const Actor actor = smiling(1.0);
  const auto flow = actor.motion(posed(0.0), posed(0.0));
  ASSERT_TRUE(flow);
  EXPECT_EQ(*std::max_element(flow->u.begin(), flow->u.end()), 0.0F);
  EXPECT_EQ(quiet(actor, posed(0.0)), quiet(actor, posed(0.0)));
}

TEST(Actor, TheHeadsMovementIsTheSameEverywhere) {
  const Actor actor = smiling(1.0);
  const auto flow = actor.motion(posed(0.0), posed(0.0, {0.02, -0.01}));
  ASSERT_TRUE(flow);
  for (const std::size_t i : {0UL, 5000UL, 49151UL}) {
    EXPECT_NEAR(flow->u[i], 0.02 * kSize.height, 1e-4) << "to the right";
    EXPECT_NEAR(flow->v[i], -0.01 * kSize.height, 1e-4) << "upwards";
  }
  const auto turned = actor.motion(posed(0.0), posed(0.0, {}, 0.1));
  ASSERT_TRUE(turned);
  // A quarter of the frame to the right of the middle, pixel middles are at .5: (cos 0.1 - 1, sin 0.1) of 64.5 pixels and 0.5 below.
  const std::size_t right = 96UL * 256 + 192;
  EXPECT_NEAR(turned->u[right], 64.5 * (std::cos(0.1) - 1.0) - 0.5 * std::sin(0.1), 1e-3);
  EXPECT_NEAR(turned->v[right], 64.5 * std::sin(0.1) + 0.5 * (std::cos(0.1) - 1.0), 1e-3);
}

TEST(Actor, WarpingTheLaterFrameBackGivesTheEarlierOne) {
  for (const double strength : {1.2, 2.4}) {
    const Actor actor = smiling(strength);
    const Pose from = posed(0.0, {0.003, 0.001}, 0.002);
    const Pose to = posed(1.0, {-0.004, 0.006}, -0.004);
    auto earlier_pixels = quiet(actor, from);
    auto later_pixels = quiet(actor, to);
    const cv::Mat earlier = as_image(earlier_pixels);
    const cv::Mat later = as_image(later_pixels);
    const auto flow = actor.motion(from, to);
    ASSERT_TRUE(flow) << flow.error().render();
    const double moved = difference(later, earlier);
    const double left = difference(warped_back(later, *flow), earlier);
    EXPECT_GT(moved, 2.5) << "there is something to undo";
    EXPECT_LT(left, 0.9) << "what rounding to whole grey levels and OpenCV's lookup (1/32 pixel) leave";
    EXPECT_LT(left, moved / 4.0);
    // The other way round the field is wrong, and that shows.
    const auto back = actor.motion(to, from);
    ASSERT_TRUE(back);
    EXPECT_GT(difference(warped_back(later, *back), earlier), 1.5 * moved);
  }
}

TEST(Actor, MotionThereAndBackEndsWhereItBegan) {
  const Actor actor = smiling(1.5);
  const Pose from = posed(0.3, {0.002, 0.0}, 0.001);
  const Pose to = posed(1.0, {0.0, 0.005}, -0.002);
  const auto there = actor.motion(from, to);
  auto back = actor.motion(to, from);
  ASSERT_TRUE(there && back);
  const cv::Mat u(kSize.height, kSize.width, CV_32F, back->u.data());
  const cv::Mat v(kSize.height, kSize.width, CV_32F, back->v.data());
  const cv::Mat u_there = warped_back(u, *there);
  const cv::Mat v_there = warped_back(v, *there);
  double worst = 0.0;
  for (int row = 8; row < kSize.height - 8; ++row) {
    for (int column = 8; column < kSize.width - 8; ++column) {
      const auto i = static_cast<std::size_t>(row) * static_cast<std::size_t>(kSize.width) + static_cast<std::size_t>(column);
      worst = std::max(worst, std::hypot(static_cast<double>(there->u[i] + u_there.at<float>(row, column)),
                                         static_cast<double>(there->v[i] + v_there.at<float>(row, column))));
    }
  }
  EXPECT_LT(worst, 0.01) << "pixels";
}

TEST(Actor, AMovementThatFoldsTheFaceHasNoField) {
  core::RandomStream stream(11);
  const Actor actor(draw_face(48, stream), {.width = 48, .height = 48}, {{{.centre = {0.5, 0.5}, .move = {0.3, 0.0}, .radius = 0.05}}});
  const auto flow = actor.motion(posed(0.0), posed(1.0));
  ASSERT_FALSE(flow);
  EXPECT_EQ(flow.error().code(), core::ErrorCode::kFailed);
  EXPECT_THAT(flow.error().render(), HasSubstr("choose a smaller 'intensity'"));
}

TEST(Actor, ABlinkCoversTheEyesAlone) {
  const Actor actor = smiling(1.0);
  Pose closed = posed(0.0);
  closed.lids = 1.0;
  const auto open_eyes = quiet(actor, posed(0.0));
  const auto shut_eyes = quiet(actor, closed);
  core::RandomStream stream(11);
  const Face face = draw_face(kSize.height, stream);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < open_eyes.size(); ++i) {
    if (open_eyes[i] == shut_eyes[i]) continue;
    ++changed;
    const std::size_t row = i / 256;
    const double y = (static_cast<double>(row) + 0.5) / 192.0;
    EXPECT_NEAR(y, face.at(Landmark::kEyeL).y, 0.065);
  }
  EXPECT_GT(changed, 400U);
  // The pupils are gone: the darkest of an eye is as bright as skin.
  const auto column = static_cast<std::size_t>((face.at(Landmark::kEyeL).x - 0.5) * 192.0 + 128.0);
  const auto row = static_cast<std::size_t>(face.at(Landmark::kEyeL).y * 192.0);
  EXPECT_GT(shut_eyes[row * 256 + column], open_eyes[row * 256 + column] + 30);
}

TEST(Actor, LightAndNoiseAreOfTheFrame) {
  const Actor actor = smiling(1.0);
  Pose bright = posed(0.0);
  bright.gain = 1.1;
  const auto dim = quiet(actor, posed(0.0));
  const auto lit = quiet(actor, bright);
  const std::size_t cheek = 112UL * 256 + 90;
  EXPECT_NEAR(lit[cheek], 1.1 * dim[cheek], 1.2);
  core::RandomStream stream(3);
  const auto noisy = actor.draw(posed(0.0), 3.0, stream);
  double square = 0.0;
  for (std::size_t i = 0; i < dim.size(); ++i) square += std::pow(static_cast<double>(noisy[i]) - static_cast<double>(dim[i]), 2);
  EXPECT_NEAR(std::sqrt(square / static_cast<double>(dim.size())), 3.0, 0.15);
}

TEST(FloFile, ComesBackAndDamageIsTold) {
  FlowField field{.width = 3, .height = 2, .u = {1.5F, -2.0F, 0.0F, 1e-3F, 7.0F, 8.0F}, .v = {0.5F, 0.25F, -1.0F, 0.0F, 3.0F, -4.0F}};
  const std::string bytes = flo_bytes(field);
  ASSERT_EQ(bytes.size(), 12U + 2 * 6 * 4);
  EXPECT_EQ(bytes.substr(0, 4), "PIEH") << "the format's number, read as text";
  EXPECT_EQ(bytes.substr(4, 8), std::string("\3\0\0\0\2\0\0\0", 8));
  EXPECT_EQ(bytes.substr(12, 4), std::string("\0\0\xC0\x3F", 4)) << "u of the first pixel, 1.5";
  const auto back = parse_flo(bytes, "a.flo");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->u, field.u);
  EXPECT_EQ(back->v, field.v);
  EXPECT_EQ(back->width, 3);
  EXPECT_THAT(parse_flo("PIEF", "a.flo").error().render(), HasSubstr("a.flo: error: is no .flo file"));
  EXPECT_THAT(parse_flo(bytes.substr(0, 30), "a.flo").error().render(), HasSubstr("has 30 bytes, 3 x 2 pixels take 60"));
  std::string huge = bytes;
  huge[6] = '\x7F';
  EXPECT_THAT(parse_flo(huge, "a.flo").error().render(), HasSubstr("1 to 16384 are wanted"));
}

}  // namespace
}  // namespace mexbench::preprocess
