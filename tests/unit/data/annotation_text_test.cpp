#include "harness/data/annotation_text.h"

#include <gtest/gtest.h>

namespace mexbench::data {
namespace {

TEST(AnnotationText, SignsOfFullWidthAreNarrowed) {
  EXPECT_EQ(without_full_width("\uff23\uff21\uff33(\uff2d\uff25)\uff3e\uff12"), "CAS(ME)^2");
  EXPECT_EQ(without_full_width("4\uff0c7"), "4,7");
  EXPECT_EQ(without_full_width("\u60ca\u8bb6 \u00b2"), "\u60ca\u8bb6 \u00b2") << "other signs stay";
  EXPECT_EQ(without_full_width("\xEF\xBC"), "\xEF\xBC") << "cut off";
}

TEST(AnnotationText, ColumnsAreOneNameHoweverTheyAreBroken) {
  for (const char* written : {"Apex Frame", "apex_frame", "ApexFrame ", "Apex\nFrame", "Apex\r\nFrame", "Apex\u00a0Frame",
                              "\ufeffApexFrame", "Apex\u3000Frame", "\uff21pexFrame", "Apex-Frame:"}) {
    EXPECT_EQ(column_name(written), "apexframe") << written;
  }
  EXPECT_EQ(column_name("\u8d77\u59cb\u5e27"), "\u8d77\u59cb\u5e27");
}

TEST(AnnotationText, WholeNumbersOfDataFrames) {
  EXPECT_EQ(whole_number("12.0"), "12");
  EXPECT_EQ(whole_number("06.00"), "06");
  for (const char* text : {"12", "12.5", "12.", ".0", "-1.0", "1.0.0", "a.0", "", "4+7.0"}) EXPECT_FALSE(whole_number(text)) << text;
}

TEST(AnnotationText, TotalsBeginWithTheirWord) {
  for (const char* text : {"Total", "TOTAL:", "sum", "Sum of frames", "mean (micro)", "Average", "count", "\u5408\u8ba1", "\u03a3"})
    EXPECT_TRUE(is_total(text)) << text;
  for (const char* text : {"", "01", "summer", "totally", "sub01", "EP02_01f", "surprise", "meaning"}) EXPECT_FALSE(is_total(text)) << text;
}

TEST(AnnotationText, DatesAsSpreadsheetsShowThem) {
  for (const char* text : {"2-Jan", "02-Jan", "Jan-02", "2-Jan-14", "2-January-2014", "2014-05-08", "2014-05-08 00:00:00", "1/2/2014",
                           "2014/1/2", "1\u67082\u65e5", "2014\u5e741\u67082\u65e5"}) {
    EXPECT_TRUE(is_date(text)) << text;
  }
  for (const char* text : {"", "1-2", "1-2-3", "01", "S01-01-001", "006_1_2", "EP01-1", "20140508", "jan", "Jan-Feb", "2014-05", "1/2",
                           "2-Jane", "2014-05-08 coded by two"}) {
    EXPECT_FALSE(is_date(text)) << text;
  }
}

}  // namespace
}  // namespace mexbench::data
