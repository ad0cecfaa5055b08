// Texts of annotation sheets as people, spreadsheets and data frames write them: names of columns broken over lines or padded with
// no-break blanks, signs of full width, whole numbers exported from a column of floats, lines of totals, and names of clips that a
// spreadsheet took for dates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mexbench::data {

// U+FF01 to U+FF5E as the ASCII they look like: `４６` is 46, `（` is (.
[[nodiscard]] std::string without_full_width(std::string_view text);

// A column's name, comparable: core::plain_name without blanks beyond ASCII and full width. `Apex Frame` with a no-break blank or a line
// break in it is `apexframe`.
[[nodiscard]] std::string column_name(std::string_view written);

// `12` for `12.0`, as data frames write the whole numbers of a column that has gaps. Nothing for other texts.
[[nodiscard]] std::optional<std::string> whole_number(std::string_view text);

// Whether the text begins a line of totals: its first word is total, sum, mean, average or the like.
[[nodiscard]] bool is_total(std::string_view text);

// Whether the text is a date, as a spreadsheet shows one: `2-Jan`, `Jan-02`, `2014-05-08`, `1/2/2014`, `1月2日`.
[[nodiscard]] bool is_date(std::string_view text);

}  // namespace mexbench::data
