// What is wrong with a text file: each problem with its place and the line it stands in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::core {

// A piece of a text. Line 0: the file as a whole; column 0: the whole line.
struct TextSpan {
  std::size_t line = 0;    // 1-based
  std::size_t column = 0;  // 1-based, in bytes
  std::size_t length = 1;  // bytes
};

// Problems in the order found. The first 20 are told, the rest counted.
class TextProblems {
 public:
  // `content` must outlive this object.
  TextProblems(std::string file, std::string_view content) : file_(std::move(file)), content_(content) {}

  void add(TextSpan where, std::string message, std::string hint = {});
  [[nodiscard]] bool any() const { return !told_.empty(); }
  [[nodiscard]] Error error() &&;  // kData

 private:
  static constexpr std::size_t kMostTold = 20;
  std::string file_;
  std::string_view content_;
  std::vector<Diagnostic> told_;
  std::size_t untold_ = 0;
};

// What every reader of text asks of a file: UTF-8, no NUL byte, lines that end in LF or CRLF. Fails with kData.
[[nodiscard]] Status check_text(std::string_view content, const std::string& file);

}  // namespace mexbench::core
