// Each action unit moves what its muscles pull, where they pull it (Ekman, Friesen, Hager: FACS, 2002).
#include "harness/preprocess/action_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace mexbench::preprocess {
namespace {
using data::Side;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

Face some_face() {
  core::RandomStream stream(7);
  return draw_face(48, stream);
}

// How a unit at strength 1 moves a landmark of a symmetric person.
Point at(const Face& face, int number, Landmark where, Side side = Side::kBoth) {
  const auto bumps = unit_bumps(face, {.number = number, .side = side}, 1.0, 0.0);
  if (!bumps) {
    ADD_FAILURE() << bumps.error().render();
    return {};
  }
  return displacement(*bumps, face.at(where));
}

constexpr double kClear = 0.003;  // of the face's side: a movement, and not the foot of a neighbouring one

TEST(ActionUnits, TheUsualOnesCanBeDrawnAndHaveTheirNames) {
  EXPECT_THAT(drawn_units(), IsSupersetOf({1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 24, 25, 26}));
  EXPECT_EQ(unit_name(12), "lip corner puller");
  EXPECT_EQ(unit_name(3), "") << "FACS has no unit 3";
  const auto none = unit_bumps(some_face(), {.number = 3}, 1.0, 0.0);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(none.error().render(), HasSubstr("action unit 3 can't be drawn"));
}

TEST(ActionUnits, MoveTheirPartsTheRightWay) {
  const Face face = some_face();
  using L = Landmark;
  // y grows downwards.
  EXPECT_LT(at(face, 1, L::kBrowInnerL).y, -kClear);
  EXPECT_GT(at(face, 1, L::kBrowOuterL).y, at(face, 1, L::kBrowInnerL).y) << "1 lifts the inner end";
  EXPECT_LT(at(face, 2, L::kBrowOuterR).y, -kClear);
  EXPECT_GT(at(face, 2, L::kBrowInnerR).y, at(face, 2, L::kBrowOuterR).y) << "2 lifts the outer end";
  EXPECT_GT(at(face, 4, L::kBrowInnerL).y, kClear);
  EXPECT_GT(at(face, 4, L::kBrowInnerL).x, kClear) << "together";
  EXPECT_LT(at(face, 4, L::kBrowInnerR).x, -kClear);
  EXPECT_LT(at(face, 6, L::kCheekL).y, -kClear);
  EXPECT_LT(at(face, 12, L::kMouthL).x, -kClear) << "out";
  EXPECT_GT(at(face, 12, L::kMouthR).x, kClear);
  EXPECT_LT(at(face, 12, L::kMouthR).y, -kClear) << "and up";
  EXPECT_GT(at(face, 15, L::kMouthR).y, kClear);
  EXPECT_LT(at(face, 17, L::kChin).y, -kClear);
  EXPECT_GT(at(face, 20, L::kMouthR).x, kClear);
  EXPECT_NEAR(at(face, 20, L::kMouthR).y, 0.0, kClear);
  EXPECT_GT(at(face, 25, L::kLowerLip).y, kClear);
  EXPECT_LT(at(face, 24, L::kLowerLip).y, -0.0015) << "against the upper lip";
  EXPECT_GT(at(face, 26, L::kChin).y, kClear);
}

TEST(ActionUnits, LidsMoveAgainstEachOtherWhenTheyTighten) {
  const Face face = some_face();
  const Point eye = face.at(Landmark::kEyeL);
  const auto move = [&](int number, double y) {
    return displacement(*unit_bumps(face, {.number = number}, 1.0, 0.0), {eye.x, eye.y + y}).y;
  };
  EXPECT_LT(move(7, 0.03), -0.002);
  EXPECT_GT(move(7, -0.03), 0.0);
  EXPECT_LT(move(5, -0.03), -kClear) << "5 opens";
  EXPECT_LT(move(9, -0.03), 0.001) << "9 is the nose's";
}

TEST(ActionUnits, OneSideIsThePersonsOwn) {
  const Face face = some_face();
  const Point left = at(face, 14, Landmark::kMouthL, Side::kRight);
  const Point right = at(face, 14, Landmark::kMouthR, Side::kRight);
  EXPECT_LT(left.x, -kClear) << "the person's right is the image's left";
  EXPECT_LT(std::abs(right.x), 0.0005);
  EXPECT_GT(at(face, 14, Landmark::kMouthR, Side::kLeft).x, kClear);
  const Point both = at(face, 17, Landmark::kChin);
  EXPECT_NEAR(at(face, 17, Landmark::kChin, Side::kLeft).y, both.y / 2.0, 1e-12) << "parts in the middle move half as far";
}

TEST(ActionUnits, StrengthScalesAndAsymmetryShiftsBetweenTheSides) {
  const Face face = some_face();
  for (const int number : drawn_units()) {
    const auto once = unit_bumps(face, {.number = number}, 1.0, 0.0);
    const auto twice = unit_bumps(face, {.number = number}, 2.0, 0.0);
    const auto askew = unit_bumps(face, {.number = number}, 1.0, 0.25);
    ASSERT_TRUE(once && twice && askew);
    double longest = 0.0;
    for (std::size_t i = 0; i < once->size(); ++i) {
      EXPECT_DOUBLE_EQ((*twice)[i].move.y, 2.0 * (*once)[i].move.y);
      const double length = std::hypot((*once)[i].move.x, (*once)[i].move.y);
      longest = std::max(longest, length);
      const double changed = std::hypot((*askew)[i].move.x, (*askew)[i].move.y) / length;
      EXPECT_TRUE(std::abs(changed - 1.25) < 1e-9 || std::abs(changed - 0.75) < 1e-9 || std::abs(changed - 1.0) < 1e-9) << changed;
    }
    EXPECT_GT(longest, 0.35 * kUnitMotion) << number;
    EXPECT_LT(longest, 1.2 * kUnitMotion) << number;
  }
}

TEST(ActionUnits, SlopesAreThoseOfTheDisplacement) {
  const std::vector<Bump> bumps = *unit_bumps(some_face(), {.number = 9}, 2.0, 0.2);
  const Point at = {0.47, 0.55};
  constexpr double kStep = 1e-6;
  const Displacement slopes = displacement_with_slopes(bumps, at);
  const auto across = [&](Point by) {
    const Point more = displacement(bumps, {at.x + by.x, at.y + by.y});
    const Point less = displacement(bumps, {at.x - by.x, at.y - by.y});
    return Point{(more.x - less.x) / (2.0 * kStep), (more.y - less.y) / (2.0 * kStep)};
  };
  EXPECT_NEAR(slopes.xx, across({kStep, 0.0}).x, 1e-7);
  EXPECT_NEAR(slopes.yx, across({kStep, 0.0}).y, 1e-7);
  EXPECT_NEAR(slopes.xy, across({0.0, kStep}).x, 1e-7);
  EXPECT_NEAR(slopes.yy, across({0.0, kStep}).y, 1e-7);
  EXPECT_GT(std::abs(slopes.yy), 0.01) << "not at a flat place";
}

}  // namespace
}  // namespace mexbench::preprocess
