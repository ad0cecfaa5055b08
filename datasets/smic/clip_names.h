// Clips of SMIC say their class: `s18_sur_03`.
#pragma once

#include <string_view>

namespace mexbench::datasets::smic {

// negative, positive or surprise; empty for names that say none.
[[nodiscard]] std::string_view class_in(std::string_view clip);

}  // namespace mexbench::datasets::smic
