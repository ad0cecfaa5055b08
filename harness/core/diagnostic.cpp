#include "harness/core/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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

// Tabs would shift the caret, control bytes would garble a terminal: both become blanks of one column.
std::string printable(const std::string& line) {
  std::string out = line;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  std::string out;
  auto append = std::back_inserter(out);
  if (!diagnostic.where.file.empty()) {
    out += diagnostic.where.file;
    if (diagnostic.where.line > 0) fmt::format_to(append, ":{}", diagnostic.where.line);
    if (diagnostic.where.line > 0 && diagnostic.where.column > 0) fmt::format_to(append, ":{}", diagnostic.where.column);
    out += ": ";
  }
  fmt::format_to(append, "{}: {}\n", name_of(diagnostic.severity), diagnostic.message);

  const bool excerpt = !diagnostic.source_line.empty() && diagnostic.where.line > 0;
  if (excerpt) {
    constexpr std::size_t kWidest = 160;
    std::string line = printable(diagnostic.source_line);
    std::size_t column = diagnostic.where.column;
    if (line.size() > kWidest) {  // keep the caret in view
      const std::size_t begin = column > kWidest / 2 ? column - kWidest / 2 : 0;
      line = line.substr(std::min(begin, line.size()), kWidest);
      column -= std::min(begin, column);
    }
    fmt::format_to(append, "{:>5} | {}\n", diagnostic.where.line, line);
    if (column > 0) {
      const std::size_t room = line.size() >= column ? line.size() - column + 1 : 1;
      const std::size_t length = std::clamp<std::size_t>(diagnostic.length, 1, std::max<std::size_t>(room, 1));
      fmt::format_to(append, "      | {}^{}", std::string(column - 1, ' '), std::string(length - 1, '~'));
      if (!diagnostic.hint.empty()) fmt::format_to(append, " {}", diagnostic.hint);
      out += '\n';
    } else if (!diagnostic.hint.empty()) {
      fmt::format_to(append, "      | note: {}\n", diagnostic.hint);
    }
  } else if (!diagnostic.hint.empty()) {
    fmt::format_to(append, "      | note: {}\n", diagnostic.hint);
  }
  for (const std::string& note : diagnostic.notes) fmt::format_to(append, "      | note: {}\n", note);
  return out;
}

}  // namespace mexbench::core
