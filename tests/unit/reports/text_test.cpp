#include "reports/text.h"

#include <gtest/gtest.h>

// NOLINTBEGIN(misc-misleading-bidirectional): such characters are what is tested
namespace mexbench::reports {
namespace {

TEST(EscapeHtml, MarkupQuotesAndControlCharactersLoseTheirMeaning) {
  EXPECT_EQ(escape_html("<a b='c'>&\"\x01\n"), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;\xEF\xBF\xBD ");
  EXPECT_EQ(escape_svg("</text><script>"), "&lt;/text&gt;&lt;script&gt;");
}

TEST(EscapeMarkdown, MarkupTableBarsAndAddressesLoseTheirMeaning) {
  EXPECT_EQ(escape_markdown("a|b_c*d`e[f](g)<h>"), "a\\|b\\_c\\*d\\`e\\[f\\](g)\\<h\\>");
  EXPECT_EQ(escape_markdown("https://x www.y a@b"), "https\\://x www\\.y a\\@b");
  EXPECT_EQ(escape_markdown("two\nlines"), "two lines");
}

TEST(EscapeMarkdown, StartOfALineOpensNoList) {
  EXPECT_EQ(escape_markdown("- a"), "\\- a");
  EXPECT_EQ(escape_markdown("1. a"), "1\\. a");
  EXPECT_EQ(escape_markdown("0.5 and seed-0"), "0.5 and seed-0");
}

TEST(EscapeLatex, EverySpecialCharacterPrintsItself) {
  EXPECT_EQ(escape_latex("a&b_%$#{}~^\\"), "a\\&b\\_\\%\\$\\#\\{\\}\\textasciitilde{}\\textasciicircum{}\\textbackslash{}");
  EXPECT_EQ(escape_latex("<x>|\"`"), "\\textless{}x\\textgreater{}\\textbar{}\\char34{}\\char96{}");
}

TEST(EscapeLatex, LettersThatPdfLatexLacksAreNamedByTheirNumber) {
  EXPECT_EQ(escape_latex("Ekmán \u0142\u2026 \u4E2D\U0001F600 \u03B1\u202E"), "Ekmán \u0142\u2026 U+4E2DU+1F600 U+03B1U+202E");
}

TEST(Escapes, DirectionOfTheTextBehindANameStays) {
  const std::string turned = "a\u202Eb\u2066c";
  EXPECT_EQ(escape_html(turned), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(escape_markdown(turned), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(escape_html("\u05D0\u4E2D"), "\u05D0\u4E2D") << "letters of any script stay";
}

TEST(EscapeLatex, RowStartIsNoArgumentAndDashesStayApart) {
  EXPECT_EQ(escape_latex("[2]*"), "{[}2]{*}");
  EXPECT_EQ(escape_latex("a--b''"), "a-{}-b'{}'");
}

TEST(FileNamePart, OnlyPlainCharactersStay) {
  EXPECT_EQ(file_name_part("lr=1e-4_v.2+a"), "lr=1e-4_v.2+a");
  EXPECT_EQ(file_name_part("../a b"), "..%2Fa%20b");
}

TEST(Doi, FormsOfOneIdentifier) {
  EXPECT_EQ(doi_identifier("10.1109/FG.2019.8756567"), "10.1109/FG.2019.8756567");
  EXPECT_EQ(doi_identifier("https://doi.org/10.1109/FG.2019.8756567"), "10.1109/FG.2019.8756567");
  EXPECT_EQ(doi_identifier("doi:10.1109/x"), "10.1109/x");
}

TEST(Doi, WhatIsNoneIsNoLink) {
  EXPECT_FALSE(doi_identifier("").has_value());
  EXPECT_FALSE(doi_identifier("javascript:alert(1)").has_value());
  EXPECT_FALSE(doi_identifier("10.1109/").has_value());
  EXPECT_FALSE(doi_identifier("10.1109/a b").has_value());
  EXPECT_EQ(doi_path("10.1000/a\"b<c>"), "10.1000/a%22b%3Cc%3E");
}

TEST(Numbers, RoundToFourDecimalsWithoutNegativeZero) {
  EXPECT_EQ(four_decimals(0.72093), "0.7209");
  EXPECT_EQ(four_decimals(-0.00001), "0.0000");
  EXPECT_EQ(signed_four_decimals(0.0144), "+0.0144");
  EXPECT_EQ(signed_four_decimals(-0.0144),
            "\xE2\x88\x92"
            "0.0144");
  EXPECT_EQ(signed_four_decimals(-0.00001), "0.0000");
  EXPECT_EQ(percent(0.78), "78.0");
}

TEST(Words, CountsDurationsAndMoments) {
  EXPECT_EQ(counted(1, "clip"), "1 clip");
  EXPECT_EQ(counted(0, "clip"), "0 clips");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(10'000), "10,000");
  EXPECT_EQ(thousands(-1'234'567), "-1,234,567");
  EXPECT_EQ(duration(12.34), "12.3 s");
  EXPECT_EQ(duration(59.99), "1 min 00 s");
  EXPECT_EQ(duration(3723.0), "1 h 02 min 03 s");
  EXPECT_EQ(moment("2026-01-01T00:02:03Z"), "2026-01-01 00:02:03 UTC");
  EXPECT_EQ(moment("yesterday"), "yesterday");
}

TEST(Shorten, CountsCharactersNotBytes) {
  EXPECT_EQ(length_of("\xC3\xA9t\xC3\xA9"), 3U);
  EXPECT_EQ(shorten("\xC3\xA9t\xC3\xA9", 3), "\xC3\xA9t\xC3\xA9");
  EXPECT_EQ(shorten("\xC3\xA9t\xC3\xA9s", 3), "\xC3\xA9\xE2\x80\xA6s");
}

TEST(Shorten, MiddleGoesAndDifferentNamesStayDifferent) {
  EXPECT_EQ(shorten("megc2019 / ststnet-lr-low", 11), "megc2\xE2\x80\xA6r-low");
  const std::vector<std::string> names{"megc2019-composite-scratch / lr-low", "megc2019-composite-scratch / lr-high",
                                       "megc2019-composite-scratch / lr-low", "a"};
  const auto kept = shorten_apart(names, 9);
  EXPECT_EQ(kept[0], "megc\xE2\x80\xA6-low");
  EXPECT_EQ(kept[1], "megc\xE2\x80\xA6high");
  EXPECT_EQ(kept[2], kept[0]);
  EXPECT_EQ(kept[3], "a");
  const std::vector<std::string> inside{"aaaa-one-zzzz", "aaaa-two-zzzz"};
  const auto apart = shorten_apart(inside, 5);
  EXPECT_NE(apart[0], apart[1]);
}

TEST(Words, ListsReadAsText) {
  EXPECT_EQ(listed(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b"}), "a and b");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace mexbench::reports
// NOLINTEND(misc-misleading-bidirectional)
