#include "harness/core/csv.h"

#include <gtest/gtest.h>

namespace mexbench::core {
namespace {

using Fields = std::vector<std::string>;

std::string problems_of(std::string_view content) {
  const auto read = parse_csv(content, "a.csv");
  return read ? "accepted" : read.error().render();
}

TEST(Csv, QuotesLineEndsAndBlankLines) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n, \nlast,",
      "a.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ((*rows)[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ((*rows)[1].fields, (Fields{"x, \"y\"", "two\nlines"}));
  EXPECT_EQ((*rows)[1].line, 3U);
  EXPECT_EQ((*rows)[2].fields, (Fields{"", " "}));
  EXPECT_EQ((*rows)[2].line, 5U);
  EXPECT_EQ((*rows)[3].fields, (Fields{"last", ""}));
  EXPECT_TRUE(parse_csv("", "a.csv")->empty());
}

TEST(Csv, MalformedQuotesAreErrorsWithTheirLine) {
  EXPECT_EQ(problems_of("a\n\"open,b\nc"), "a.csv:2: error: a quoted field is not closed\n");
  EXPECT_EQ(problems_of("a\nb\"c\n\"d\"e,f\n"),
            "a.csv:2: error: a quote inside an unquoted field\n"
            "a.csv:3: error: text behind a closing quote\n");
  EXPECT_EQ(problems_of(std::string_view("a\n\0b\n", 5)), "a.csv:2: error: a NUL byte: this is not a text file\n");
}

TEST(Csv, NulBytesInQuotedFieldsAreErrorsToo) {
  EXPECT_EQ(problems_of(std::string_view("a\n\"\0\"\n", 6)), "a.csv:2: error: a NUL byte: this is not a text file\n");
}

TEST(Csv, BytesThatAreNotUtf8AreErrorsWithTheirLine) {
  const auto table = parse_csv("a,b\nc,\xe9t\xe9\n", "t.csv");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().render(), "t.csv:2: error: byte 0xE9 is not UTF-8 text; save the file as UTF-8\n");
}

TEST(Csv, ProblemsAreCapped) {
  std::string content;
  for (int i = 0; i < 1000; ++i) content += "a\"b\n";
  EXPECT_EQ(parse_csv(content, "a.csv").error().diagnostics().size(), 20U);
}

TEST(Csv, FieldsAreQuotedOnlyWhenNeededAndReadBack) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a\"b"), "\"a\"\"b\"");
  for (const char* text : {"a,b", " lead", "trail ", "two\nlines", "cr\rlf", "\"", "plain", "tab\t"}) {
    const auto read = parse_csv(csv_field(text) + ",x\n", "a.csv");
    ASSERT_TRUE(read);
    EXPECT_EQ((*read)[0].fields, (Fields{text, "x"}));
  }
}

}  // namespace
}  // namespace mexbench::core
