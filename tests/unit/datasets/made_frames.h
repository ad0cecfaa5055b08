// Corpora of frames in a temporary folder: images of one pixel, since adapters look at names and at the outside of files.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace mexbench::testing {
namespace fs = std::filesystem;

// The least BMP there is: 1 x 1 pixel. `shade` makes files differ.
inline std::string image(char shade) {
  std::string out = "BM";
  out += std::string("\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0", 28);
  out += std::string(24, '\0');
  return out + std::string(4, shade);
}

class MadeFrames : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "frames-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root = pattern;
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const fs::path& file, const std::string& content) const {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file, std::ios::binary) << content;
  }
  // Images `<before><number><.bmp>` in a folder.
  void clip(const std::string& folder, const std::string& before, std::int64_t first, std::int64_t last, int padded = 0) const {
    fs::create_directories(root / folder);  // once: corpora have tens of thousands of frames
    for (std::int64_t i = first; i <= last; ++i) {
      std::string number = std::to_string(i);
      if (padded > static_cast<int>(number.size())) number.insert(0, static_cast<std::size_t>(padded) - number.size(), '0');
      std::ofstream(root / folder / (before + number + ".bmp"), std::ios::binary) << image(static_cast<char>(i));
    }
  }

  fs::path root;
};

}  // namespace mexbench::testing
