// Alignment: the geometry by hand, and a real face, the astronaut of scikit-image (NASA, public domain), turned, shrunk and moved. Where
// the picture is not installed (Debian: python3-skimage) those tests are skipped.
#include "harness/preprocess/align.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/face.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {
using ::testing::HasSubstr;

constexpr const char* kAstronaut = "/usr/lib/python3/dist-packages/skimage/data/astronaut.png";

// 512 x 512, 8-bit grey; the face is about 120 pixels wide.
cv::Mat astronaut() { return cv::imread(kAstronaut, cv::IMREAD_GRAYSCALE); }

#define NEED_ASTRONAUT() \
  if (astronaut().empty()) GTEST_SKIP() << "no picture of a face at " << kAstronaut << " (Debian: python3-skimage)"

// The picture turned by `degrees` around the face, and scaled.
cv::Mat turned(double degrees, double scale, cv::Point2d shift = {0, 0}) {
  cv::Mat transform = cv::getRotationMatrix2D({224, 110}, degrees, scale);
  transform.at<double>(0, 2) += shift.x;
  transform.at<double>(1, 2) += shift.y;
  cv::Mat out;
  cv::warpAffine(astronaut(), out, transform, {512, 512}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out;
}

nlohmann::json options(const char* detector = "dlib", int size = 128, double margin = 0.1) {
  return {{"detector", detector}, {"otherwise", "fail"}, {"size", size}, {"margin", margin}};
}

ClipState clip_of(const std::vector<cv::Mat>& frames) {
  ClipState state;
  for (const cv::Mat& frame : frames) {
    cv::Mat grey;
    frame.convertTo(grey, CV_32FC1);
    state.frames.push_back(grey);
  }
  state.frame_size = frames.front().size();
  state.first_file = "first.png";
  return state;
}

TEST(Align, EyesHaveFixedPlacesByHand) {
  // 100 pixels, margin 0.1: 80 inside. 10 + 0.27 * 80 - 0.5, 10 + 0.73 * 80 - 0.5, 10 + 0.3 * 80 - 0.5.
  const Eyes eyes = canonical_eyes(100, 0.1);
  EXPECT_NEAR(eyes[0].x, 31.1, 1e-9);
  EXPECT_NEAR(eyes[1].x, 67.9, 1e-9);
  EXPECT_NEAR(eyes[0].y, 33.5, 1e-9);
  EXPECT_NEAR(eyes[1].y, 33.5, 1e-9);
}

TEST(Align, ASimilarityTurnsScalesAndMoves) {
  // From (0, 0), (2, 0) to (5, 5), (5, 9): a quarter turn (x to y), twice as large.
  const cv::Matx23d m = similarity({cv::Point2d(0, 0), cv::Point2d(2, 0)}, {cv::Point2d(5, 5), cv::Point2d(5, 9)});
  const cv::Vec2d moved = m * cv::Vec3d(1, 1, 1);
  EXPECT_NEAR(moved[0], 3.0, 1e-12);
  EXPECT_NEAR(moved[1], 7.0, 1e-12);
}

TEST(Align, AFaceFarTooLargeIsReducedByAreaBeforeItIsPlaced) {
  // Columns of 0 and 255 in turn: shrunk four times they are 127.5 all over; four neighbours alone would see stripes.
  cv::Mat stripes(64, 64, CV_32FC1);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) stripes.at<float>(y, x) = x % 2 == 0 ? 0.0F : 255.0F;
  }
  const cv::Mat out = warped(stripes, {0.25, 0, -0.375, 0, 0.25, -0.375}, 16);
  for (int x = 0; x < 16; ++x) EXPECT_NEAR(out.at<float>(8, x), 127.5, 1e-3);

  // A ramp keeps its values at their places: pixel i of the small one is at 4 i + 1.5.
  cv::Mat ramp(64, 64, CV_32FC1);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) ramp.at<float>(y, x) = static_cast<float>(3 * x);
  }
  const cv::Mat small = warped(ramp, {0.25, 0, -0.375, 0, 0.25, -0.375}, 16);
  for (int x = 1; x < 15; ++x) EXPECT_NEAR(small.at<float>(8, x), 3.0 * (4 * x + 1.5), 1e-3);
}

TEST(Align, TheEyesOfARealFaceComeToTheirPlaces) {
  NEED_ASTRONAUT();
  const Eyes wanted = canonical_eyes(256, 0.25);
  for (const auto& [degrees, scale] : {std::pair(0.0, 1.0), std::pair(12.0, 1.3), std::pair(-15.0, 1.6)}) {
    ClipState state = clip_of({turned(degrees, scale)});
    const core::Status status = align_stage(options("dlib", 256, 0.25), state);
    ASSERT_TRUE(status.ok()) << status.error().render();
    ASSERT_EQ(state.frames.front().size(), cv::Size(256, 256));
    // The carried landmarks, by construction.
    const FacePoints carried = face_points(state.landmarks);
    EXPECT_LT(cv::norm(carried.left_eye - wanted[0]), 1e-6);
    EXPECT_LT(cv::norm(carried.right_eye - wanted[1]), 1e-6);
    EXPECT_GT(carried.left_mouth.y, wanted[0].y + 30);
    EXPECT_LT(carried.left_mouth.x, carried.right_mouth.x);
    // And seen anew in the aligned picture.
    cv::Mat grey;
    state.frames.front().convertTo(grey, CV_8UC1);
    const auto again = detect_landmarks(grey);
    ASSERT_TRUE(again.ok());
    ASSERT_TRUE(again->has_value()) << degrees;
    const FacePoints seen = face_points(**again);
    EXPECT_LT(cv::norm(seen.left_eye - wanted[0]), 5.0) << degrees;
    EXPECT_LT(cv::norm(seen.right_eye - wanted[1]), 5.0) << degrees;
  }
}

TEST(Align, OneTransformForAllFramesKeepsMovement) {
  NEED_ASTRONAUT();
  // The second frame is the first moved and turned: it goes through the transform of the first, not through one of its own.
  const std::vector<cv::Mat> frames = {turned(0, 1.0), turned(4, 1.0, {3, 0})};
  ClipState state = clip_of(frames);
  const ClipState before = state;
  ASSERT_TRUE(align_stage(options("dlib", 256), state).ok());
  const auto landmarks = detect_landmarks(frames[0]);
  ASSERT_TRUE(landmarks.ok() && landmarks->has_value());
  const FacePoints points = face_points(**landmarks);
  const cv::Matx23d transform = similarity({points.left_eye, points.right_eye}, canonical_eyes(256, 0.1));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(cv::norm(state.frames[i], warped(before.frames[i], transform, 256), cv::NORM_INF), 0.0);
}

TEST(Align, TheBoxOfHaarCentresTheFace) {
  NEED_ASTRONAUT();
  ClipState state = clip_of({turned(0, 1.0)});
  const core::Status status = align_stage(options("haar", 256, 0.25), state);
  ASSERT_TRUE(status.ok()) << status.error().render();
  EXPECT_TRUE(state.landmarks.empty());
  cv::Mat grey;
  state.frames.front().convertTo(grey, CV_8UC1);
  const auto seen = detect_landmarks(grey);
  ASSERT_TRUE(seen.ok() && seen->has_value());
  const FacePoints points = face_points(**seen);
  const Eyes wanted = canonical_eyes(256, 0.25);
  EXPECT_LT(cv::norm(points.left_eye - wanted[0]), 25.0);  // a tenth of the square
  EXPECT_LT(cv::norm(points.right_eye - wanted[1]), 25.0);
}

TEST(Align, NoFaceIsAnErrorThatNamesTheFileAndAWayOut) {
  ClipState blank = clip_of({cv::Mat(120, 160, CV_8UC1, cv::Scalar(90))});
  for (const char* detector : {"dlib", "haar"}) {
    const core::Status status = align_stage(options(detector), blank);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), core::ErrorCode::kData);
    EXPECT_THAT(status.error().render(), HasSubstr("first.png: error: has no face that stage 'align' finds with " + std::string(detector)));
    EXPECT_THAT(status.error().render(), HasSubstr("leave"));
  }
  const core::Status landmarks = landmarks_stage({}, blank);
  ASSERT_FALSE(landmarks.ok());
  EXPECT_THAT(landmarks.error().render(), HasSubstr("first.png: error: has no face that stage 'landmarks' finds"));
}

// In the whole picture dlib finds a second, larger face in the suit, of which it is hardly certain (0.02 against 1.5).
TEST(Face, TheMostCertainFaceIsTaken) {
  NEED_ASTRONAUT();
  const auto landmarks = detect_landmarks(astronaut());
  ASSERT_TRUE(landmarks.ok() && landmarks->has_value());
  const FacePoints points = face_points(**landmarks);
  EXPECT_LT(cv::norm(points.left_eye - cv::Point2d(205, 110)), 12.0);
  EXPECT_LT(cv::norm(points.right_eye - cv::Point2d(243, 108)), 12.0);
}

// A face that dlib misses, being too small for it, and haar sees.
TEST(Align, OtherwiseHaarIsAskedForNeverTaken) {
  NEED_ASTRONAUT();
  const cv::Mat small = turned(0, 0.5);
  ASSERT_FALSE(detect_landmarks(small)->has_value());
  ASSERT_TRUE(detect_box(small)->has_value());
  ClipState state = clip_of({small});
  EXPECT_FALSE(align_stage(options(), state).ok());
  nlohmann::json otherwise = options();
  otherwise["otherwise"] = "haar";
  EXPECT_TRUE(align_stage(otherwise, state).ok());
}

TEST(Align, AMissingModelSaysHowToGetIt) {
  ClipState state = clip_of({cv::Mat(120, 160, CV_8UC1, cv::Scalar(90))});
  ::setenv("MEXBENCH_LANDMARK_MODEL", "/nowhere/model.dat", 1);
  const core::Status dlib = align_stage(options(), state);
  ::unsetenv("MEXBENCH_LANDMARK_MODEL");
  ASSERT_FALSE(dlib.ok());
  EXPECT_THAT(dlib.error().render(), HasSubstr("MEXBENCH_LANDMARK_MODEL is '/nowhere/model.dat', which is no file"));
  EXPECT_THAT(dlib.error().render(), HasSubstr("apt-get install libdlib-data"));
}

TEST(Face, DetectorsGiveTheSameInEveryThread) {
  NEED_ASTRONAUT();
  const cv::Mat picture = astronaut();
  const auto wanted = detect_landmarks(picture);
  const auto wanted_box = detect_box(picture);
  ASSERT_TRUE(wanted.ok() && wanted->has_value());
  ASSERT_EQ((*wanted)->size(), 68U);
  ASSERT_TRUE(wanted_box.ok() && wanted_box->has_value());
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const auto seen = detect_landmarks(picture);
      EXPECT_TRUE(seen.ok() && *seen == *wanted);
      const auto box = detect_box(picture);
      EXPECT_TRUE(box.ok() && *box == *wanted_box);
    });
  }
}

// From frames on disk to the mosaic: a smile is not in the picture, but its flow to itself moved is the same in all four crops.
TEST(LandmarkMosaic, OfARealFaceFollowsAlignment) {
  NEED_ASTRONAUT();
  test::OneClip clip(1, {turned(0, 1.0), turned(0, 1.0, {1, 0})}, 2);
  const nlohmann::json flow = {{"stage", "flow"}, {"method", "farneback"}};
  const nlohmann::json image = {{"stage", "flow-image"}, {"channels", "u"}, {"size", 56}, {"stretch", "fixed"}};
  const nlohmann::json mosaic = {{"stage", "landmark-mosaic"}, {"crop", 14}};
  const std::vector<float> out = clip.tensor({{{"stage", "align"}}, flow, image, mosaic});
  ASSERT_EQ(out.size(), 28U * 28U);
  for (const std::size_t middle : {7 * 28 + 7, 7 * 28 + 21, 21 * 28 + 7, 21 * 28 + 21}) {
    EXPECT_GT(out[middle], 140.0F) << "moves to the right";
  }
  const std::vector<float> unaligned = clip.tensor({{{"stage", "landmarks"}}, flow, image, mosaic});
  EXPECT_NE(unaligned, out);
}

}  // namespace
}  // namespace mexbench::preprocess
