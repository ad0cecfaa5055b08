#include "harness/core/diagnostic.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::core {
namespace {

Diagnostic sample() {
  Diagnostic out;
  out.where = {.file = "loso.yaml", .line = 14, .column = 7};
  out.message = "unknown key 'epocs' in 'train'";
  out.source_line = "      epocs: 100";
  out.length = 5;
  out.hint = "did you mean 'epochs'?";
  return out;
}

TEST(Diagnostic, DrawsACaretUnderTheWord) {
  EXPECT_EQ(render(sample()),
            "loso.yaml:14:7: error: unknown key 'epocs' in 'train'\n"
            "   14 |       epocs: 100\n"
            "      |       ^~~~~ did you mean 'epochs'?\n");
}

TEST(Diagnostic, WithoutAnExcerptHintAndNotesAreNotes) {
  Diagnostic one = sample();
  one.source_line.clear();
  one.where.column = 0;
  one.notes = {"first", "second"};
  EXPECT_EQ(render(one),
            "loso.yaml:14: error: unknown key 'epocs' in 'train'\n"
            "      | note: did you mean 'epochs'?\n"
            "      | note: first\n"
            "      | note: second\n");
  one.where = {};
  one.hint.clear();
  one.notes.clear();
  one.severity = Severity::kWarning;
  EXPECT_EQ(render(one), "warning: unknown key 'epocs' in 'train'\n");
}

TEST(Diagnostic, UnderlineStopsAtTheEndOfTheLine) {
  Diagnostic one = sample();
  one.length = 500;
  EXPECT_EQ(render(one),
            "loso.yaml:14:7: error: unknown key 'epocs' in 'train'\n"
            "   14 |       epocs: 100\n"
            "      |       ^~~~~~~~~~ did you mean 'epochs'?\n");
}

TEST(Diagnostic, TabsAndControlBytesKeepTheCaretInItsColumn) {
  Diagnostic one = sample();
  one.source_line = "\tepocs\x1b: 1";
  one.where.column = 2;
  EXPECT_EQ(render(one),
            "loso.yaml:14:2: error: unknown key 'epocs' in 'train'\n"
            "   14 |  epocs : 1\n"
            "      |  ^~~~~ did you mean 'epochs'?\n");
}

TEST(Diagnostic, CaretCountsCharactersNotBytes) {
  Diagnostic one = sample();
  one.source_line = "  \u00e9\u00e9\u00e9: \u20ac, epocs: \U0001F600";
  one.where.column = 16;
  EXPECT_EQ(render(one),
            "loso.yaml:14:16: error: unknown key 'epocs' in 'train'\n"
            "   14 |   \u00e9\u00e9\u00e9: \u20ac, epocs: \U0001F600\n"
            "      |           ^~~~~ did you mean 'epochs'?\n");
}

TEST(Diagnostic, NothingOfAFileReachesTheTerminalRaw) {
  Diagnostic one = sample();
  one.where.file = "a\x1b[2J.yaml";
  one.message =
      "unknown key '\x1b]0;x\x07' \xc2\x9b"
      "31m \xff \u00e9";
  one.source_line =
      "\xc2\x9b"
      "31m \xff: 1";
  one.where.column = 1;
  one.length = 5;
  one.hint = "\x08\x7f";
  one.notes = {"two\nlines\tand \r"};
  EXPECT_EQ(render(one),
            "a\\x1b[2J.yaml:14:1: error: unknown key '\\x1b]0;x\\x07' \\xc2\\x9b31m \\xff \u00e9\n"
            "   14 |  31m ?: 1\n"
            "      | ^~~~ \\x08\\x7f\n"
            "      | note: two\\nlines\\tand \\x0d\n");
}

TEST(Diagnostic, PartOfALineKeepsItsColumn) {
  Diagnostic one = sample();
  one.source_begin = 4;
  one.source_line = "  epocs: 100";
  EXPECT_EQ(render(one),
            "loso.yaml:14:7: error: unknown key 'epocs' in 'train'\n"
            "   14 |   epocs: 100\n"
            "      |   ^~~~~ did you mean 'epochs'?\n");
}

TEST(Diagnostic, LongLinesAreCutAroundTheCaret) {
  Diagnostic one = sample();
  one.source_line = std::string(1000, 'a').append("epocs").append(1000, 'b');
  one.where.column = 1001;
  const std::string drawn = render(one);
  const std::size_t word = drawn.find("epocs", drawn.find('\n'));
  const std::size_t caret = drawn.find('^');
  ASSERT_NE(word, std::string::npos);
  ASSERT_NE(caret, std::string::npos);
  const auto column = [&](std::size_t at) { return at - drawn.rfind('\n', at); };
  EXPECT_EQ(column(word), column(caret));
  EXPECT_LT(drawn.size(), 500U);
}

TEST(Error, RendersEveryDiagnosticAndKeepsItsCode) {
  Error error = Error::in_file(ErrorCode::kData, "a.csv", "is empty");
  error.append(Error(ErrorCode::kUsage, "second"));
  EXPECT_EQ(error.render(), "a.csv: error: is empty\nerror: second\n");
  EXPECT_EQ(error.code(), ErrorCode::kData);
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error(ErrorCode::kFailed, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  MEXBENCH_ASSIGN(const int once, half(number));
  return half(once);
}
Status even(int number) {
  MEXBENCH_TRY(half(number));
  return {};
}

TEST(Result, FailuresTravelUpwards) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_TRUE(even(2));
  EXPECT_EQ(even(3).error().message(), "odd");
}

TEST(Result, ValueOfATemporaryOutlivesIt) {
  const auto make = [] { return Result<std::vector<std::string>>(std::vector<std::string>{"a", "b"}); };
  static_assert(std::is_same_v<decltype(*make()), std::vector<std::string>>);
  std::string all;
  for (const std::string& text : *make()) all += text;
  EXPECT_EQ(all, "ab");
}

}  // namespace
}  // namespace mexbench::core
