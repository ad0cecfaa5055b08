// The files from which the detectors of face.h get what they have learnt.
#pragma once

#include <filesystem>
#include <string>

#include "harness/core/result.h"

namespace mexbench::preprocess {

struct FaceModel {
  const char* variable;  // of the environment, names the file
  const char* built_in;  // where it was when mexbench was built; empty: nowhere
  const char* package;   // of Debian
};

// Fails with kData when there is no such file, saying how to get it.
[[nodiscard]] core::Result<std::filesystem::path> model_file(const FaceModel& model);

// "<library> <SHA-256 of the file>".
[[nodiscard]] core::Result<std::string> model_digest(const FaceModel& model, const std::string& library);

}  // namespace mexbench::preprocess
