#include "harness/data/frame_cell.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace mexbench::data {
namespace {

FrameCell of_text(const std::string& text, std::int64_t first = 1) { return read_frame(SheetCell{.value = text}, first); }
FrameCell of_number(double number, std::int64_t first = 1) { return read_frame(SheetCell{.value = number}, first); }

TEST(FrameCell, NumbersAndTextsOfNumbersAreFrames) {
  for (const FrameCell& cell :
       {of_text("46"), of_text(" 46 "), of_text("46.0"), of_text("046"), of_number(46), of_number(46.0000000000001)}) {
    EXPECT_EQ(cell.reading, FrameReading::kFrame);
    EXPECT_EQ(cell.frame, 46);
  }
  EXPECT_EQ(of_number(17581039).frame, 17581039) << "SMIC's camera counter";
}

TEST(FrameCell, WhatStandsForNoneIsMissing) {
  for (const char* mark : {"", "  ", "/", "\\", "-", "NULL", "null", "n/a", "NaN", "-1", "0"}) {
    EXPECT_EQ(of_text(mark).reading, FrameReading::kMissing) << mark;
    EXPECT_FALSE(of_text(mark).frame) << mark;
  }
  EXPECT_EQ(read_frame(SheetCell{}, 1).reading, FrameReading::kMissing);
  EXPECT_EQ(of_number(-1).reading, FrameReading::kMissing);
}

TEST(FrameCell, ZeroIsAFrameWhereCountingBeginsAtZero) {
  EXPECT_EQ(of_text("0", 0).frame, 0);
  EXPECT_EQ(of_text("0", 1).reading, FrameReading::kMissing);
  EXPECT_EQ(of_text("-1", 0).reading, FrameReading::kMissing);
}

TEST(FrameCell, FractionsAreTheNearestFrame) {
  EXPECT_EQ(of_number(566.4).reading, FrameReading::kFraction);
  EXPECT_EQ(of_number(566.4).frame, 566);
  EXPECT_EQ(of_text("566.4000000000001").frame, 566);
  EXPECT_EQ(of_text("566.6").frame, 567);
}

TEST(FrameCell, FullWidthAndDashesCountAsWhatTheyLookLike) {
  EXPECT_EQ(of_text("\uff14\uff16").frame, 46) << "digits of full width";
  EXPECT_EQ(of_text("\uff11\uff0e\uff15").frame, 2) << "1.5";
  for (const char* mark : {"\uff0f", "\u2014", "\u2212", "\uff0d", "\u3000"})
    EXPECT_EQ(of_text(mark).reading, FrameReading::kMissing) << mark;
}

TEST(FrameCell, GroupsOfThreeDigitsAreOneNumber) {
  const FrameCell grouped = of_text("17,581,039");
  EXPECT_EQ(grouped.reading, FrameReading::kFrame);
  EXPECT_EQ(grouped.frame, 17581039);
  EXPECT_TRUE(grouped.grouped);
  EXPECT_EQ(of_text("5\uff0c562").frame, 5562) << "a comma of full width";
  EXPECT_FALSE(of_text("5562").grouped);
  for (const char* text : {"12,5", "1234,567", ",123", "1,23,456", "1,234.5", "1,,234", "-1,234"})
    EXPECT_EQ(of_text(text).reading, FrameReading::kUnreadable) << text;
}

TEST(FrameCell, ProseAndNumbersOfNoVideoAreUnreadable) {
  for (const char* text : {"MISSING <-426679", "about 40", "1e3", "0x10", "inf", "4 6", "12,5", "99999999999999999999", "1.2.3", "--5"}) {
    EXPECT_EQ(of_text(text).reading, FrameReading::kUnreadable) << text;
    EXPECT_FALSE(of_text(text).frame) << text;
  }
  EXPECT_EQ(of_number(std::numeric_limits<double>::infinity()).reading, FrameReading::kUnreadable);
}

}  // namespace
}  // namespace mexbench::data
