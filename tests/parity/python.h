// Runs the scripts of tests/parity.
#pragma once

#include <filesystem>
#include <string>

namespace mexbench::parity {

// Runs a script of tests/parity with one argument and gives what it prints; a failure of the test when it does not end well. Needs Python
// with PyTorch (Debian: python3-torch), as MEXBENCH_PYTHON or /usr/bin/python3.
std::string run_python(const char* script, const std::filesystem::path& argument);

}  // namespace mexbench::parity
