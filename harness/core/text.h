// Small text helpers, all independent of the locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::core {

// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: Damerau-Levenshtein, optimal string alignment.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `seen`, if it is near enough to be a slip (at most a third of its length, at least one edit).
[[nodiscard]] std::optional<std::string> closest(std::string_view seen, std::span<const std::string> candidates);

// The whole text as a decimal number, or nothing: no blanks, no sign '+', no octal, no partial parses. A double may be inf or nan.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

// UTF-8's byte order mark, which some programs write in front of a text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Byte offset of the first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), or nothing.
[[nodiscard]] std::optional<std::size_t> invalid_utf8(std::string_view text);

// `%.9g`: restores a float32 exactly.
[[nodiscard]] std::string format_score(float value);
// Shortest text that reads back as the same double.
[[nodiscard]] std::string format_double(double value);

[[nodiscard]] std::string_view trim(std::string_view text);
// Line `number` (from 1) without its line end, empty when there is none. A byte order mark is no part of line 1.
[[nodiscard]] std::string_view line_at(std::string_view text, std::size_t number);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
// `a, b or c`, each in single quotes.
[[nodiscard]] std::string quoted_list(std::span<const std::string> parts, std::string_view last = "or");

}  // namespace mexbench::core
