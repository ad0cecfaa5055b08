#include "harness/core/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "harness/core/text.h"

namespace mexbench::core {
namespace {

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "note";
}

// The first character of a text that is not empty; a byte that is no UTF-8 is one by itself.
struct Character {
  std::string_view bytes;
  bool valid = true;
  bool control = false;  // C0, DEL or C1: a terminal may obey it
};
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  if (invalid_utf8(text.substr(0, length))) return {.bytes = text.substr(0, 1), .valid = false};
  const bool c1 = byte(0) == 0xc2 && byte(1) < 0xa0;
  return {.bytes = text.substr(0, length), .control = byte(0) < 0x20 || byte(0) == 0x7f || c1};
}

// One column each, so that the caret stands under its character.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (!line.empty()) {
    const Character next = first_character(line);
    line.remove_prefix(next.bytes.size());
    cells.push_back(!next.valid ? "?" : next.control ? " " : next.bytes);
  }
  return cells;
}

// The line and, when there is a column, the caret under it, behind which there is room for the hint. True when there is a caret.
bool draw_excerpt(const Diagnostic& diagnostic, std::string& out) {
  constexpr std::size_t kWidest = 160;
  const std::string_view line = diagnostic.source_line;
  const std::vector<std::string_view> cells = cells_of(line);
  const bool has_column = diagnostic.where.column > diagnostic.source_begin;
  const std::size_t offset = has_column ? std::min(diagnostic.where.column - diagnostic.source_begin - 1, line.size()) : 0;
  const std::size_t caret = cells_of(line.substr(0, offset)).size();
  const std::size_t begin = cells.size() > kWidest && caret > kWidest / 2 ? caret - kWidest / 2 : 0;  // keeps the caret in view
  const std::size_t end = std::min(cells.size(), begin + kWidest);
  fmt::format_to(std::back_inserter(out), "{:>5} | {}\n", diagnostic.where.line,
                 fmt::join(std::span(cells).subspan(begin, end - begin), ""));
  if (!has_column) return false;
  const std::size_t under = cells_of(line.substr(offset, diagnostic.length)).size();
  const std::size_t length = std::clamp<std::size_t>(under, 1, std::max<std::size_t>(end - caret, 1));
  fmt::format_to(std::back_inserter(out), "      | {}^{}", std::string(caret - begin, ' '), std::string(length - 1, '~'));
  return true;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character next = first_character(text);
    text.remove_prefix(next.bytes.size());
    if (next.bytes == "\n") {
      out += "\\n";
    } else if (next.bytes == "\t") {
      out += "\\t";
    } else if (next.valid && !next.control) {
      out += next.bytes;
    } else {
      for (const char c : next.bytes) fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string render(const Diagnostic& diagnostic) {
  const SourcePosition& where = diagnostic.where;
  std::string out;
  auto append = std::back_inserter(out);
  if (!where.file.empty()) {
    out += escaped(where.file);
    if (where.line > 0) fmt::format_to(append, ":{}", where.line);
    if (where.line > 0 && where.column > 0) fmt::format_to(append, ":{}", where.column);
    out += ": ";
  }
  fmt::format_to(append, "{}: {}\n", name_of(diagnostic.severity), escaped(diagnostic.message));
  const std::string hint = escaped(diagnostic.hint);
  if (!diagnostic.source_line.empty() && where.line > 0 && draw_excerpt(diagnostic, out)) {
    out += hint.empty() ? "\n" : " " + hint + "\n";
  } else if (!hint.empty()) {
    fmt::format_to(append, "      | note: {}\n", hint);
  }
  for (const std::string& note : diagnostic.notes) fmt::format_to(append, "      | note: {}\n", escaped(note));
  return out;
}

}  // namespace mexbench::core
