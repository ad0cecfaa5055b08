#include "parity/python.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace mexbench::parity {

std::string run_python(const char* script, const std::filesystem::path& argument) {
  const char* chosen = std::getenv("MEXBENCH_PYTHON");
  const std::string python = chosen == nullptr ? "/usr/bin/python3" : chosen;
  const std::filesystem::path path = std::filesystem::path(MEXBENCH_SOURCE_DIR) / "tests" / "parity" / script;
  const std::string command = "'" + python + "' '" + path.string() + "' '" + argument.string() + "' 2>&1";
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), got);
  EXPECT_EQ(pclose(pipe), 0) << "this test needs Python with PyTorch (Debian: apt-get install python3-torch)\n" << output;
  return output;
}

}  // namespace mexbench::parity
