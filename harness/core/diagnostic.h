// A diagnostic is one problem told to a person: where it is, what was seen, what is wanted, how to mend it.
//
// It renders in the style of LLVM's compilers (lower case, no full stop):
//
//   loso.yaml:14:7: error: unknown key 'epocs' in 'train'
//      14 |       epocs: 100
//         |       ^~~~~ did you mean 'epochs'?
//
// Lines and columns count from 1; column 0 means "the whole line", line 0 means "the whole file".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::core {

struct SourcePosition {
  std::string file;        // as the user named it; empty when the problem has no file
  std::size_t line = 0;    // 1-based; 0: whole file
  std::size_t column = 0;  // 1-based, in bytes; 0: whole line

  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

enum class Severity { kError, kWarning, kNote };

struct Diagnostic {
  Severity severity = Severity::kError;
  SourcePosition where;
  std::string message;             // "unknown key 'epocs' in 'train'"
  std::string source_line;         // the text of line `where.line`, without its newline; empty: no excerpt is drawn
  std::size_t source_begin = 0;    // bytes of that line before `source_line`, when that is only the part around the column
  std::size_t length = 1;          // bytes underlined from `where.column`
  std::string hint;                // printed behind the caret, or as a note when there is no excerpt
  std::vector<std::string> notes;  // further lines, each printed as "note: ..."
};

// One diagnostic as text, ending in a newline. What came from a file reaches no terminal raw: control characters and bytes that are no
// UTF-8 are written as `\x1b`, or drawn as one blank or '?' in the excerpt. The caret counts characters.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
// A text as `render` writes messages, for other lines on a terminal.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace mexbench::core
