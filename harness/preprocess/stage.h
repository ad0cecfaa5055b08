// What a recipe is made of, inside this room: files in, one clip's tensor out.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::preprocess {

// A file of a clip whose digest has been checked.
struct LoadedFile {
  std::string role;
  std::string path;   // for messages; of a video: what is opened
  std::string bytes;  // empty for a video, which is read from its path
};

// Decodes a PNG, JPEG or BMP to 8-bit B,G,R or grey. Fails with kData naming the file.
[[nodiscard]] core::Result<cv::Mat> decode(const LoadedFile& file, bool colour);

struct ClipFiles {
  const data::InputRecipe& recipe;
  const data::Clip& clip;
  const std::vector<LoadedFile>& files;  // in the order of the recipe's roles
  core::Profile* profile = nullptr;      // as in compute_clip()
};

// The roles of the files that a clip needs, in order. Fails with kData when the clip doesn't say.
using StageRoles = core::Result<std::vector<std::string>> (*)(const data::InputRecipe& recipe, const data::Clip& clip);
// Computes one clip into `out` (channels x height x width). May throw cv::Exception: the caller is the edge.
using Stage = core::Status (*)(const ClipFiles& input, std::span<float> out);
// Checks what does not depend on a clip: channels and options. Fails with kUsage.
using StageCheck = core::Status (*)(const data::InputRecipe& recipe);

[[nodiscard]] core::Status check_flow_image(const data::InputRecipe& recipe);
[[nodiscard]] core::Status run_flow_image(const ClipFiles& input, std::span<float> out);
[[nodiscard]] core::Status check_frame_volume(const data::InputRecipe& recipe);
[[nodiscard]] core::Status run_frame_volume(const ClipFiles& input, std::span<float> out);

}  // namespace mexbench::preprocess
