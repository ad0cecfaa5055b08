// Where in a folder a release's subjects lie. People unpack archives beside each other, one level deeper under the same name, or point at
// a folder too deep: what can only be meant one way is found, everything else is told.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::datasets::frames {

// One of the archives a corpus comes in. Case, blanks and punctuation of a folder's name don't count.
struct Release {
  std::string id;                         // "cropped", as the option `release` says
  std::vector<std::string_view> folders;  // what its folder is called
};

struct ReleaseLayout {
  std::string title;                                 // "CASME II"
  std::function<bool(std::string_view)> is_subject;  // whether a folder's name, in lower case, is a subject's
  std::string subject_example;                       // "sub01"
  std::vector<Release> releases;
  std::string inner = {};  // a folder between an archive's and the subjects', if there is one: "HS"
};

struct FoundRelease {
  std::filesystem::path root;  // holds the subjects' folders
  std::string release;         // its id; empty when the folder's name tells none
};

// `wanted`: the id of a release, or `auto` for the only one there is. Fails with kData: no such folder, nothing like the release in it
// (what there is is told), a folder too deep, several releases and none chosen.
[[nodiscard]] core::Result<FoundRelease> find_release(const std::filesystem::path& root, const ReleaseLayout& layout,
                                                      const std::string& wanted);

}  // namespace mexbench::datasets::frames
