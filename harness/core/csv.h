// Comma-separated values as RFC 4180 describes them, with positions. Accepts LF and CRLF, a UTF-8 byte order mark, and a last line
// without its newline. A quote inside an unquoted field, text behind a closing quote, an unclosed quote, and what check_text()
// (text_problems.h) refuses are errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::core {

struct CsvPlace {
  std::size_t line = 0;    // 1-based
  std::size_t column = 0;  // 1-based, in bytes
};

struct CsvRow {
  std::size_t line = 0;             // where the row begins, 1-based
  std::vector<std::string> fields;  // unquoted
  std::vector<CsvPlace> places;     // where the text of each field begins, behind an opening quote
};

// Rows in file order; rows that are entirely empty are left out. `name` is used in messages, `separator` stands between fields. Fails with
// kData, all problems at once (the first 20).
[[nodiscard]] Result<std::vector<CsvRow>> parse_csv(std::string_view content, std::string_view name, char separator = ',');

// A field as it is written: quoted only when it has a comma, quote, line end or blank at either end.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace mexbench::core
