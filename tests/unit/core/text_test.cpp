#include "harness/core/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mexbench::core {
namespace {

TEST(EditDistance, CountsEditsAndSwapsOfNeighbours) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("epocs", "epochs"), 1U);
  EXPECT_EQ(edit_distance("sede", "seed"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U) << "optimal string alignment never edits a swapped pair again";
}

TEST(Closest, OffersSlipsOnly) {
  const std::vector<std::string> keys{"epochs", "batch_size", "lr"};
  EXPECT_EQ(closest("epocs", keys), "epochs");
  EXPECT_EQ(closest("batchsize", keys), "batch_size");
  EXPECT_EQ(closest("l", keys), "lr");
  EXPECT_EQ(closest("optimizer", keys), std::nullopt);
  EXPECT_EQ(closest("xy", keys), std::nullopt);
  EXPECT_EQ(closest("epochs", {}), std::nullopt);
}

TEST(LineAt, IsTheLineWithoutItsEnd) {
  const std::string_view text =
      "\xEF\xBB\xBF"
      "first\nsecond\r\n\nlast";
  EXPECT_EQ(line_at(text, 1), "first");
  EXPECT_EQ(line_at(text, 2), "second");
  EXPECT_EQ(line_at(text, 3), "");
  EXPECT_EQ(line_at(text, 4), "last");
  EXPECT_EQ(line_at(text, 5), "");
  EXPECT_EQ(line_at("", 1), "");
}

TEST(ParseInt, WholeDecimalTextOnly) {
  EXPECT_EQ(parse_int("010"), 10) << "not octal";
  EXPECT_EQ(parse_int("08"), 8);
  EXPECT_EQ(parse_int("-5"), -5);
  EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", " 1", "1 ", "+1", "1e3", "0x10", "1.0", "9223372036854775808", "--1", "one"}) {
    EXPECT_EQ(parse_int(text), std::nullopt) << text;
  }
}

TEST(ParseDouble, WholeTextOnlyWhateverTheLocale) {
  EXPECT_EQ(parse_double("1e3"), 1000.0);
  EXPECT_EQ(parse_double("-0.5"), -0.5);
  EXPECT_EQ(parse_double("5"), 5.0);
  EXPECT_TRUE(std::isnan(parse_double("nan").value()));
  EXPECT_TRUE(std::isinf(parse_double("inf").value()));
  for (const char* text : {"", " 1", "1 ", "+1", "1,5", "1.5x", "0x1p3", "1e999", "e5", "."})
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
}

TEST(InvalidUtf8, IsWhereUnicodeSays) {
  EXPECT_FALSE(invalid_utf8("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82"));
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82"}) {
    EXPECT_EQ(invalid_utf8("ab" + bad), 2U);
  }
}

TEST(Closest, LongWordsCostNothingAndAreNeverOffered) {
  const std::vector<std::string> candidates{std::string(std::size_t{1} << 24U, 'x'), "epochs"};
  EXPECT_EQ(closest("epohcs", candidates), "epochs");
  EXPECT_FALSE(closest(candidates.front(), std::vector<std::string>{"epochs"}));
}

TEST(FormatScore, RestoresEveryFloat) {
  for (const float value : {0.1F, -1.0F / 3.0F, 1e-38F, 3.4028235e38F, 1e-45F, 16777217.0F, -0.0F}) {
    const auto back = parse_double(format_score(value));
    ASSERT_TRUE(back.has_value()) << value;
    EXPECT_EQ(static_cast<float>(*back), value);
  }
  EXPECT_EQ(format_score(0.2F), "0.200000003");
}

TEST(FormatDouble, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(format_double(0.1), "0.1");
  EXPECT_EQ(format_double(5e-5), "5e-05");
  for (const double value : {1.0 / 3.0, 0.72093023255813957, 1e300, 5e-324}) EXPECT_EQ(parse_double(format_double(value)), value);
}

TEST(Text, TrimSplitJoinAndQuotedLists) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
  EXPECT_EQ(join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a"}), "'a'");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b", "c"}), "'a', 'b' or 'c'");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b"}, "and"), "'a' and 'b'");
}

}  // namespace
}  // namespace mexbench::core
