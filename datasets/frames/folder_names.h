// What releases call folders, taken apart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mexbench::datasets::frames {

// Digits only, at least one.
[[nodiscard]] bool is_number(std::string_view text);

// `prefix`, then `least` to `most` digits and nothing else.
[[nodiscard]] bool is_numbered(std::string_view text, std::string_view prefix, std::size_t least, std::size_t most);

// The first run of digits without leading zeros: `1` of `sub01` and of `1.0`; empty when there is none.
[[nodiscard]] std::string number_in(std::string_view text);

// The last component of a path with '/'.
[[nodiscard]] std::string_view last_part(std::string_view path);

}  // namespace mexbench::datasets::frames
