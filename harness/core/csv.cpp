#include "harness/core/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text.h"

namespace mexbench::core {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view content, std::string_view name) : text_(content), name_(name) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  Result<std::vector<CsvRow>> parse() {
    if (const auto bad = invalid_utf8(text_)) {
      const auto line = static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(*bad), '\n')) + 1;
      problem(line, fmt::format("byte 0x{:02X} is not UTF-8 text; save the file as UTF-8", static_cast<unsigned char>(text_[*bad])));
      return Error(ErrorCode::kData, std::move(problems_));
    }
    while (at_ < text_.size() && problems_.size() < kMostProblems) parse_row();
    if (!problems_.empty()) return Error(ErrorCode::kData, std::move(problems_));
    return std::move(rows_);
  }

 private:
  static constexpr std::size_t kMostProblems = 20;
  static constexpr const char* kNulByte = "a NUL byte: this is not a text file";

  void problem(std::size_t line, std::string message) {
    if (problems_.size() >= kMostProblems) return;
    Diagnostic diagnostic;
    diagnostic.where = {.file = std::string(name_), .line = line, .column = 0};
    diagnostic.message = std::move(message);
    problems_.push_back(std::move(diagnostic));
  }

  [[nodiscard]] bool at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }

  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  void parse_row() {
    CsvRow row{.line = line_, .fields = {}};
    for (;;) {
      row.fields.push_back(parse_field());
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      break;
    }
    skip_line_end();
    if (row.fields.size() > 1 || !row.fields.front().empty()) rows_.push_back(std::move(row));
  }

  std::string parse_field() {
    std::string field;
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t opened = line_;
      ++at_;
      for (;;) {
        if (at_ >= text_.size()) {
          problem(opened, "a quoted field is not closed");
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
        if (c == '\0') problem(line_, kNulByte);
        if (c == '\n') ++line_;
        field += c;
      }
      if (!at_line_end() && text_[at_] != ',') {
        problem(line_, "text behind a closing quote");
        while (!at_line_end() && text_[at_] != ',') ++at_;
      }
      return field;
    }
    while (!at_line_end() && text_[at_] != ',') {
      const char c = text_[at_++];
      if (c == '"') problem(line_, "a quote inside an unquoted field");
      if (c == '\0') problem(line_, kNulByte);
      if (problems_.size() >= kMostProblems) {
        at_ = text_.size();
        return field;
      }
      field += c;
    }
    return field;
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<CsvRow> rows_;
  std::vector<Diagnostic> problems_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view content, std::string_view name) { return CsvParser(content, name).parse(); }

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
