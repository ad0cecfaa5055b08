// The experiment files that come with mexbench: found beside the program, in a source tree or an installation.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::run {

struct ExperimentEntry {
  std::string name;
  std::string kind;  // experiment | reproduction
  std::string description;
  std::filesystem::path file;
};

// $MEXBENCH_EXPERIMENTS, else share/mexbench/experiments of the installation, else experiments/ of the source tree the program was
// built in, else ./experiments. kData naming the places that were looked at.
[[nodiscard]] core::Result<std::filesystem::path> find_experiments_folder();

// Every experiment and reproduction below it, sorted by name. Shared parts (files without a name) are left out.
[[nodiscard]] core::Result<std::vector<ExperimentEntry>> list_experiments();

// The reproduction of that name; kUsage with a suggestion and the list.
[[nodiscard]] core::Result<ExperimentEntry> find_reproduction(std::string_view name);

}  // namespace mexbench::run
