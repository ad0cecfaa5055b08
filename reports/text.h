// Text on its way into a file: one escape per format, and the rounding of numbers. Names in a report come from files, so every one
// of them passes through one of these; markup never does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::reports {

// Element content and quoted attributes. Control characters, which neither HTML nor XML may hold, become U+FFFD, and so do, in every
// format but CSV and JSON, characters that turn the direction of the text behind them.
[[nodiscard]] std::string escape_html(std::string_view text);
[[nodiscard]] std::string escape_svg(std::string_view text);
// Inside a sentence or a table cell of GitHub-flavoured Markdown: one line, no markup, no table bar, no link made of an address.
[[nodiscard]] std::string escape_markdown(std::string_view text);
// Inside a cell of a LaTeX table, text mode. What pdfLaTeX has no letter for, such as Chinese, becomes U+ and its number, since it would
// stop there.
[[nodiscard]] std::string escape_latex(std::string_view text);
// A part of a file name: all but letters, digits and ._=+- as %XX.
[[nodiscard]] std::string file_name_part(std::string_view text);
// The identifier of `doi` ("10.1109/FG.2019.8756611") whatever form it was given in, or nothing when it is none.
[[nodiscard]] std::optional<std::string> doi_identifier(std::string_view doi);
// The identifier as part of an address: what may not stand in one as %XX.
[[nodiscard]] std::string doi_path(std::string_view identifier);

// At most `most` characters (UTF-8): what is longer loses its middle to an ellipsis, since names of a kind differ at their ends.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t most);
// Each name shortened, to as many characters above `most` as it takes to tell different names apart.
[[nodiscard]] std::vector<std::string> shorten_apart(std::span<const std::string> names, std::size_t most);
// Characters, not bytes, of UTF-8 text.
[[nodiscard]] std::size_t length_of(std::string_view text);

// 0.7209, and -0.0000 as 0.0000.
[[nodiscard]] std::string four_decimals(double value);
// +0.0144, −0.0144 with a minus sign (U+2212), and 0.0000 without a sign.
[[nodiscard]] std::string signed_four_decimals(double value);
// [0.652, 0.768]
[[nodiscard]] std::string bounds(double low, double high);
// 0.012, 0.0004, and "< 0.0001"; never 0.
[[nodiscard]] std::string p_value(double p);
// 78.0
[[nodiscard]] std::string percent(double share);
// "1 clip", "442 clips"
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);
// 10000 as "10,000"
[[nodiscard]] std::string thousands(std::int64_t count);
// "a", "a and b", "a, b and c"
[[nodiscard]] std::string listed(std::span<const std::string> names);
// 1 h 02 min 03 s, 2 min 03 s, 12.3 s
[[nodiscard]] std::string duration(double seconds);
// 2026-01-01T00:00:00Z as "2026-01-01 00:00:00 UTC"; other texts as they are.
[[nodiscard]] std::string moment(std::string_view iso);

// "apex annotated", "no apex"; empty for an empty text. Of ScopeView::apex.
[[nodiscard]] std::string apex_words(const std::string& sources);

}  // namespace mexbench::reports
