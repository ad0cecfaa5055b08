// Parses JSON that somebody else may have written.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace mexbench::core {

struct JsonProblem {
  enum class Kind { kSyntax, kDepth, kNumber };
  Kind kind = Kind::kSyntax;
  std::size_t byte = 0;  // kSyntax: where it is no JSON, counted from 1
  std::string reason;    // kNumber: a number that no double holds
};

// The value, or what is wrong. `deepest`: the levels of objects and lists that are taken; what is deeper would overflow the stack of
// whoever walks through it.
[[nodiscard]] std::variant<nlohmann::json, JsonProblem> parse_json_text(std::string_view text, int deepest);

}  // namespace mexbench::core
