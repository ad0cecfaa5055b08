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

TEST(Csv, FieldsKnowTheirPlace) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "a,bc,\n\"q\",\"two\nlines\",x\r\n",
      "a.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  const auto places = [&](std::size_t row) {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (const CsvPlace& place : (*rows)[row].places) out.emplace_back(place.line, place.column);
    return out;
  };
  using Places = std::vector<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(places(0), (Places{{1, 1}, {1, 3}, {1, 6}}));
  EXPECT_EQ(places(1), (Places{{2, 2}, {2, 6}, {3, 8}}));
}

TEST(Csv, MalformedQuotesAreErrorsWithTheirPlace) {
  EXPECT_EQ(problems_of("a\n\"open,b\nc"),
            "a.csv:2:1: error: a quoted field is not closed\n"
            "    2 | \"open,b\n"
            "      | ^ add the closing quote, or remove this one\n");
  EXPECT_EQ(problems_of("a\nb\"c\n\"d\"e,f\n"),
            "a.csv:2:2: error: a quote inside an unquoted field\n"
            "    2 | b\"c\n"
            "      |  ^ put the whole field in quotes and write its own quotes twice\n"
            "a.csv:3:4: error: text behind a closing quote\n"
            "    3 | \"d\"e,f\n"
            "      |    ^ write a quote inside a quoted field twice\n");
}

TEST(Csv, FilesThatAreNoTextAreErrorsWithTheirPlace) {
  const std::string nul = "error: a NUL byte: this is not a text file\n      | note: if it is UTF-16, save it as UTF-8\n";
  EXPECT_EQ(problems_of(std::string_view("a\n\0b\n", 5)), "a.csv:2:1: " + nul);
  EXPECT_EQ(problems_of(std::string_view("a\n\"\0\"\n", 6)), "a.csv:2:2: " + nul);
  EXPECT_EQ(problems_of("a,b\nc,\xe9t\xe9\n"),
            "a.csv:2:3: error: byte 0xE9 is not UTF-8 text\n"
            "      | note: save the file as UTF-8\n");
  EXPECT_EQ(problems_of("a,b\rc,d\r"),
            "a.csv: error: its lines end in a carriage return alone\n"
            "      | note: save it with LF or CRLF line ends\n");
}

TEST(Csv, ProblemsAreCapped) {
  std::string content;
  for (int i = 0; i < 1000; ++i) content += "a\"b\n";
  const auto read = parse_csv(content, "a.csv");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().diagnostics().size(), 20U);
  EXPECT_EQ(read.error().diagnostics().back().notes, std::vector<std::string>{"980 further problems are not shown"});
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
