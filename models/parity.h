// Checks networks against fixtures: weights, an input and the evaluation-mode output of the published implementation.
//
// A fixture is a folder with fixture.json (`model`, `constructor`), state_dict.pth, input.pt and output_eval.pt. The constructor is that of
// the published class: its values are not held to the ranges of our cards, only to what a network can be made of. Torch-free to include.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::models {

// Largest absolute difference of an output number. The same weights in float64, or with another convolution backend, move the outputs by
// about 1e-6; the smallest plausible mistake (another batch-norm epsilon) by 1e-4.
inline constexpr double kParityTolerance = 1.0e-5;

struct ParityResult {
  std::string fixture;  // the folder's name
  std::string model;    // empty when nothing was compared
  double max_abs_diff = 0.0;
  double tolerance = kParityTolerance;
  bool pass = false;
  std::string skipped;  // why nothing was compared; empty: it was
  std::string broken;   // why the fixture could not be compared: a file missing or damaged; empty: it could
};

// `folder` itself if it holds fixture.json, else each direct subfolder in byte order; those without fixture.json are listed as skipped,
// and those of an unknown model, or whose files are missing or damaged, as broken: the others are compared all the same. Fails with kData
// when there is nothing to compare or `folder` itself is a broken fixture.
[[nodiscard]] core::Result<std::vector<ParityResult>> run_parity(const std::filesystem::path& folder);

// [{"fixture", "model", "max_abs_diff", "tolerance", "pass"}]; others as {"fixture", "model", "skipped": "why"} or with "broken".
[[nodiscard]] nlohmann::json to_json(std::span<const ParityResult> results);

}  // namespace mexbench::models
