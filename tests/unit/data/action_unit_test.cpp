#include "harness/data/action_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mexbench::data {
namespace {
using ::testing::ElementsAre;

int class_of(std::string_view text) { return objective_class(*parse_action_units(text)); }

TEST(ActionUnits, AreNumbersWithASideInFront) {
  EXPECT_THAT(*parse_action_units("6+12"), ElementsAre(ActionUnit{.number = 6}, ActionUnit{.number = 12}));
  EXPECT_THAT(*parse_action_units("R4+L10"),
              ElementsAre(ActionUnit{.number = 4, .side = Side::kRight}, ActionUnit{.number = 10, .side = Side::kLeft}));
  EXPECT_THAT(*parse_action_units("4"), ElementsAre(ActionUnit{.number = 4}));
}

TEST(ActionUnits, WhatIsNoneIsRefused) {
  for (const char* text : {"", "+", "4+", "12A", "?", "R", "0", "100", "4 + 7", "R6 or R12", "-4"}) {
    const auto units = parse_action_units(text);
    ASSERT_FALSE(units) << text;
    EXPECT_EQ(units.error().code(), core::ErrorCode::kUsage);
    EXPECT_THAT(units.error().render(), ::testing::HasSubstr("is no list of action units"));
  }
}

// Rows of SAMM's and CASME II's sheets.
TEST(ObjectiveClass, IsThatOfTheReleasedSheets) {
  EXPECT_EQ(class_of("12"), 1);
  EXPECT_EQ(class_of("6+12"), 1);
  EXPECT_EQ(class_of("1+2"), 2);
  EXPECT_EQ(class_of("4+7"), 3);
  EXPECT_EQ(class_of("4"), 3);
  EXPECT_EQ(class_of("9"), 4);
  EXPECT_EQ(class_of("15+17"), 5);
  EXPECT_EQ(class_of("20"), 6);
  EXPECT_EQ(class_of("24"), 7);
  EXPECT_EQ(class_of("R14"), 7);
  EXPECT_EQ(class_of("12+6"), class_of("L6+12")) << "neither order nor side counts";
}

}  // namespace
}  // namespace mexbench::data
