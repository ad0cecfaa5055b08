#include "harness/core/text_problems.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text.h"

namespace mexbench::core {
namespace {

TextSpan place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  return {.line = line, .column = offset - (before.rfind('\n') + 1) + 1, .length = 1};  // npos + 1 is 0
}

}  // namespace

void TextProblems::add(TextSpan where, std::string message, std::string hint) {
  if (told_.size() >= kMostTold) {
    ++untold_;
    return;
  }
  Diagnostic diagnostic;
  diagnostic.where = {.file = file_, .line = where.line, .column = where.column};
  diagnostic.message = std::move(message);
  if (where.line > 0) diagnostic.source_line = line_at(content_, where.line);
  diagnostic.length = std::max<std::size_t>(where.length, 1);
  diagnostic.hint = std::move(hint);
  told_.push_back(std::move(diagnostic));
}

Error TextProblems::error() && {
  if (untold_ == 1) told_.back().notes.emplace_back("1 further problem is not shown");
  if (untold_ > 1) told_.back().notes.push_back(fmt::format("{} further problems are not shown", untold_));
  return {ErrorCode::kData, std::move(told_)};
}

Status check_text(std::string_view content, const std::string& file) {
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  TextProblems problems(file, {});  // no excerpt: a terminal can't show these lines
  if (const auto bad = invalid_utf8(content)) {
    problems.add(place_of(content, *bad), fmt::format("byte 0x{:02X} is not UTF-8 text", static_cast<unsigned char>(content[*bad])),
                 "save the file as UTF-8");
  } else if (const std::size_t nul = content.find('\0'); nul != std::string_view::npos) {
    problems.add(place_of(content, nul), "a NUL byte: this is not a text file", "if it is UTF-16, save it as UTF-8");
  } else if (content.find('\r') != std::string_view::npos && content.find('\n') == std::string_view::npos) {
    problems.add({}, "its lines end in a carriage return alone", "save it with LF or CRLF line ends");
  }
  if (problems.any()) return std::move(problems).error();
  return {};
}

}  // namespace mexbench::core
