// Names as people and programs write them: compared without regard to case, or to blanks and punctuation either.
#pragma once

#include <string>
#include <string_view>

namespace mexbench::core {

// A to Z in lower case; other bytes stay.
[[nodiscard]] std::string lower(std::string_view text);

// Lower case, letters and digits of ASCII and all bytes beyond it: `Onset Frame`, `OnsetFrame` and `onset_frame` are one name.
[[nodiscard]] std::string plain_name(std::string_view text);

}  // namespace mexbench::core
