// Input recipes: how the files of a clip become a float32 tensor (channels, height, width). Adapters declare a recipe in the manifest
// and decode nothing; this room executes it, and is the only place where OpenCV touches a corpus.
//
//   flow-image       one decoded 8-bit image whose colour planes are strain (B), v (G), u (R); values 0..255 as they are, no scaling
//   onset-apex-flow  optical flow between two frames; see flow.h
//   frame-volume     grey frames in the order of time, one channel each, called t00, t01, ..., and a file of that role for each; reduced
//                    to the recipe's size by area averaging (enlarged by the same rule), 0..255, unrounded, no scaling
//   stages           frames through the stages that the experiment lists; see harness/data/stages.h
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/preprocess/cache.h"

namespace mexbench::preprocess {

// Told after each clip, from any worker thread but never from two at once.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

// Float32 numbers of the whole manifest: clips x channels x height x width.
[[nodiscard]] std::size_t input_numbers(const data::Manifest& manifest);

// Fills `out` (input_numbers() long) with every clip's tensor, in manifest order, row-major. Files are read once from `root`: their
// SHA-256 must be the manifest's. Each clip is computed on one thread, so the numbers do not depend on `threads` (at least 1).
// Fails with kData, one diagnostic per bad file (missing, changed, not decodable, wrong size), and with kUsage when the recipe, its
// version, a channel or an option is not one this build knows; `out` is then unspecified.
// `cache`: where tensors of slow recipes (onset-apex-flow, stages) are looked for and kept; the numbers are the same without.
// `profile`: gets what compute_clip() says, summed over clips and threads, and "cache" for looking up and keeping.
[[nodiscard]] core::Status compute_inputs(const data::Manifest& manifest, const std::filesystem::path& root, std::span<float> out,
                                          const Progress& progress = {}, int threads = 1, TensorCache* cache = nullptr,
                                          core::Profile* profile = nullptr);

// One clip, on the calling thread and without a cache: `out` is channels x height x width numbers long. Fails as compute_inputs does.
// `profile` gets the parts, whichever the recipe has: "read" (the files, and whether they are the manifest's), "decode", "flow" and
// "compose", and of the recipe `stages` each stage under its name.
[[nodiscard]] core::Status compute_clip(const data::Manifest& manifest, const data::Clip& clip, const std::filesystem::path& root,
                                        std::span<float> out, core::Profile* profile = nullptr);

// What the numbers depend on beside files and recipe, for the environment hash.
struct Environment {
  std::string opencv;           // "4.6.0"
  std::string instruction_set;  // the processor features OpenCV was built for and may dispatch to here
};
[[nodiscard]] Environment environment();

}  // namespace mexbench::preprocess
