#include "harness/core/table.h"

#include <gtest/gtest.h>

namespace mexbench::core {
namespace {

Table sample() {
  return {.columns = {{"scope"}, {"clips", Align::kRight}, {"UF1", Align::kRight, "uf1"}},
          .rows = {{"all", Cell::integer(442), Cell::number(0.72093023, 4)}, {"a|b, c", Cell::integer(7), Cell::undefined("no clips")}}};
}

TEST(Table, TextIsAlignedWithoutTrailingBlanks) {
  EXPECT_EQ(render(sample(), TableFormat::kText),
            "scope   clips     UF1\n"
            "all       442  0.7209\n"
            "a|b, c      7       -\n");
  EXPECT_EQ(render({.columns = {{"a"}, {"b"}}, .rows = {{"x", ""}}}, TableFormat::kText), "a  b\nx\n");
}

TEST(Table, MarkdownEscapesBars) {
  EXPECT_EQ(render(sample(), TableFormat::kMarkdown),
            "| scope   | clips |    UF1 |\n"
            "| ------- | ----: | -----: |\n"
            "| all     |   442 | 0.7209 |\n"
            "| a\\|b, c |     7 |      - |\n");
}

TEST(Table, JsonAndCsvCarryFullPrecision) {
  EXPECT_EQ(render(sample(), TableFormat::kJson),
            "[\n"
            "  {\"scope\":\"all\",\"clips\":442,\"uf1\":0.72093023},\n"
            "  {\"scope\":\"a|b, c\",\"clips\":7,\"uf1\":{\"reason\":\"no clips\",\"value\":null}}\n"
            "]\n");
  EXPECT_EQ(render(sample(), TableFormat::kCsv), "scope,clips,uf1\nall,442,0.72093023\n\"a|b, c\",7,\n");
}

TEST(Table, WithoutRowsIsItsHeader) {
  const Table empty{.columns = {{"scope"}, {"clips"}}, .rows = {}};
  EXPECT_EQ(render(empty, TableFormat::kText), "scope  clips\n");
  EXPECT_EQ(render(empty, TableFormat::kJson), "[]\n");
  EXPECT_EQ(render(empty, TableFormat::kCsv), "scope,clips\n");
}

TEST(Table, WidthCountsLettersNotBytes) {
  EXPECT_EQ(render({.columns = {{"a"}, {"b"}}, .rows = {{"\xC3\xA9", "x"}, {"ee", "y"}}}, TableFormat::kText),
            "a   b\n\xC3\xA9   x\nee  y\n");
}

TEST(Table, ControlBytesDoNotBreakLines) {
  EXPECT_EQ(render({.columns = {{"a"}}, .rows = {{"x\ny\x1b[31m"}}}, TableFormat::kText), "a\nx y [31m\n");
}

TEST(Table, UnknownFormatIsAUsageError) {
  EXPECT_EQ(*parse_table_format("md"), TableFormat::kMarkdown);
  const auto failed = parse_table_format("yaml");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kUsage);
  EXPECT_EQ(failed.error().message(), "unknown format 'yaml', 'text', 'json', 'md' or 'csv' is wanted");
}

}  // namespace
}  // namespace mexbench::core
