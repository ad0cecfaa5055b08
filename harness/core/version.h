#pragma once

namespace mexbench::core {

// Of the program; the same as in CMakeLists.txt and CITATION.cff (a test compares them).
inline constexpr const char* kVersion = "0.1.0";

}  // namespace mexbench::core
