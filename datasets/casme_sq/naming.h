// How CAS(ME)^2 calls the same things in its sheet and on disk, from the workbook's sheets `naming rule1` and `naming rule2`.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "harness/core/result.h"

namespace mexbench::datasets::casme_sq {

struct Naming {
  std::map<std::string, std::string> folder_of_subject;  // the sheet's id -> number of the folder: 1 -> 15
  std::map<std::string, std::string> code_of_video;      // beginning of a clip's name -> video code: anger1 -> 0401
};

// Fails with kData: no such sheets (a csv file has none), or rows that can't be read.
[[nodiscard]] core::Result<Naming> read_naming(const std::filesystem::path& workbook);

}  // namespace mexbench::datasets::casme_sq
