#include "harness/core/csv.h"

#include <fmt/format.h>

#include "harness/core/text.h"
#include "harness/core/text_problems.h"

namespace mexbench::core {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view content, std::string name, char separator)
      : text_(content), separator_(separator), problems_(std::move(name), content) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  Result<std::vector<CsvRow>> parse() {
    while (at_ < text_.size()) parse_row();
    if (problems_.any()) return std::move(problems_).error();
    return std::move(rows_);
  }

 private:
  [[nodiscard]] bool at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  [[nodiscard]] CsvPlace here() const { return {.line = line_, .column = at_ - line_begin_ + 1}; }
  void problem(CsvPlace place, std::string message, std::string hint) {
    problems_.add({.line = place.line, .column = place.column, .length = 1}, std::move(message), std::move(hint));
  }

  void next_line() {
    ++line_;
    line_begin_ = at_;
  }

  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    next_line();
  }

  void parse_row() {
    CsvRow row{.line = line_, .fields = {}, .places = {}};
    for (;;) {
      const bool quoted = at_ < text_.size() && text_[at_] == '"';
      if (quoted) ++at_;
      row.places.push_back(here());
      row.fields.push_back(quoted ? quoted_field() : plain_field());
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        continue;
      }
      break;
    }
    skip_line_end();
    if (row.fields.size() > 1 || !row.fields.front().empty()) rows_.push_back(std::move(row));
  }

  // Behind the opening quote.
  std::string quoted_field() {
    std::string field;
    CsvPlace opened = here();
    --opened.column;
    for (;;) {
      if (at_ >= text_.size()) {
        problem(opened, "a quoted field is not closed", "add the closing quote, or remove this one");
        return field;
      }
      const char c = text_[at_++];
      if (c == '"') {
        if (at_ < text_.size() && text_[at_] == '"') {
          field += '"';
          ++at_;
          continue;
        }
        break;
      }
      if (c == '\n') next_line();
      field += c;
    }
    if (!at_line_end() && text_[at_] != separator_) {
      problem(here(), "text behind a closing quote", "write a quote inside a quoted field twice");
      while (!at_line_end() && text_[at_] != separator_) ++at_;
    }
    return field;
  }

  std::string plain_field() {
    std::string field;
    while (!at_line_end() && text_[at_] != separator_) {
      if (text_[at_] == '"') {
        problem(here(), "a quote inside an unquoted field", "put the whole field in quotes and write its own quotes twice");
      }
      field += text_[at_++];
    }
    return field;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;  // offset
  std::vector<CsvRow> rows_;
  TextProblems problems_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view content, std::string_view name, char separator) {
  const std::string file(name);
  MEXBENCH_TRY(check_text(content, file));
  return CsvParser(content, file, separator).parse();
}

std::string csv_field(std::string_view text) {
  const bool quote =
      text.find_first_of(",\"\r\n") != std::string_view::npos || (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!quote) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

}  // namespace mexbench::core
