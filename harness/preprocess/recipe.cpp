#include "harness/preprocess/recipe.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cassert>
#include <mutex>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <system_error>
#include <thread>

#include "harness/core/files.h"
#include "harness/core/profile.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/data/image_file.h"
#include "harness/data/stages.h"
#include "harness/preprocess/cache.h"
#include "harness/preprocess/clip_frames.h"
#include "harness/preprocess/flow.h"
#include "harness/preprocess/opencv_threads.h"
#include "harness/preprocess/stage.h"
#include "harness/preprocess/stages.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

struct Recipe {
  std::string_view name;
  int version;
  StageRoles roles;
  StageCheck check;
  Stage run;
  bool slow;  // worth a cache: the rest takes no longer than reading what was kept
};

core::Result<std::vector<std::string>> flow_role(const data::InputRecipe& /*recipe*/, const data::Clip& /*clip*/) {
  return std::vector<std::string>{"flow"};
}

core::Result<std::vector<std::string>> onset_apex_roles(const data::InputRecipe& /*recipe*/, const data::Clip& /*clip*/) {
  return std::vector<std::string>{"onset", "apex"};
}

// A file of each channel, called as that is.
core::Result<std::vector<std::string>> channel_roles(const data::InputRecipe& recipe, const data::Clip& /*clip*/) {
  return recipe.channels;
}

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> kRecipes = {
      {.name = "flow-image", .version = 1, .roles = flow_role, .check = check_flow_image, .run = run_flow_image, .slow = false},
      {.name = "frame-volume", .version = 1, .roles = channel_roles, .check = check_frame_volume, .run = run_frame_volume, .slow = false},
      {.name = "onset-apex-flow",
       .version = 1,
       .roles = onset_apex_roles,
       .check = check_onset_apex_flow,
       .run = run_onset_apex_flow,
       .slow = true},
      {.name = "stages", .version = 1, .roles = frame_roles, .check = check_stages, .run = run_stages, .slow = true},
  };
  return kRecipes;
}

core::Result<const Recipe*> find_recipe(const data::InputRecipe& input) {
  std::vector<std::string> known;
  for (const Recipe& recipe : recipes()) {
    if (recipe.name != input.recipe) {
      known.emplace_back(recipe.name);
      continue;
    }
    if (recipe.version != input.version) {
      return Error(ErrorCode::kUsage, fmt::format("input recipe '{}' is of version {}, this build computes version {}", input.recipe,
                                                  input.version, recipe.version));
    }
    MEXBENCH_TRY(recipe.check(input));
    return &recipe;
  }
  return Error(ErrorCode::kUsage, fmt::format("unknown input recipe '{}'", input.recipe))
      .hint(fmt::format("known are {}", core::quoted_list(known, "and")));
}

bool is_video(std::string_view role) {
  const auto frame = data::frame_role_from(role);
  return frame && frame->video;
}

// A video is too large to be held, and is decoded from its path.
core::Result<std::string> read_media(std::string_view role, const fs::path& path) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 28U;
  return is_video(role) ? core::Result<std::string>("") : core::read_file(path, kLimit);
}

// The clip's files in the order of the recipe's roles, read once, digests checked. Every bad file of the clip is reported.
core::Result<std::vector<LoadedFile>> load_files(const Recipe& recipe, const data::InputRecipe& input, const data::Clip& clip,
                                                 const fs::path& root) {
  std::vector<LoadedFile> files;
  std::vector<core::Diagnostic> problems;
  const auto report = [&](const Error& error) { problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end()); };
  MEXBENCH_ASSIGN(const std::vector<std::string> roles, recipe.roles(input, clip));
  for (const std::string& role : roles) {
    const auto media = std::find_if(clip.files.begin(), clip.files.end(), [&](const data::MediaFile& file) { return file.role == role; });
    if (media == clip.files.end()) {
      report(Error(ErrorCode::kData,
                   fmt::format("clip '{}' has no file of role '{}', recipe '{}' wants one", clip.id.text(), role, recipe.name)));
      continue;
    }
    const fs::path path = root / media->path;
    auto bytes = read_media(role, path);
    if (!bytes) {
      report(bytes.error());
      continue;
    }
    const auto digest = is_video(role) ? core::sha256_of_file(path) : core::Result<std::string>(core::sha256_hex(*bytes));
    if (!digest) {
      report(digest.error());
      continue;
    }
    if (*digest != media->sha256) {
      report(Error::in_file(ErrorCode::kData, path.string(),
                            fmt::format("has changed: its SHA-256 is {}, the manifest says {}", *digest, media->sha256)));
      continue;
    }
    files.push_back({.role = role, .path = path.string(), .bytes = std::move(bytes).value()});
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return files;
}

// What is kept of earlier runs, or nothing.
struct Kept {
  TensorCache* cache = nullptr;
  std::string recipe_key;
};

void prepare_opencv() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  use_one_opencv_thread();
}

core::Status run_recipe(const Recipe& recipe, const data::Manifest& manifest, const data::Clip& clip, const fs::path& root,
                        const Kept& kept, std::span<float> out, core::Profile* profile) {
  try {
    core::Timed reading(profile, "read");
    MEXBENCH_ASSIGN(const std::vector<LoadedFile> files, load_files(recipe, manifest.input, clip, root));
    reading.stop();
    const ClipFiles input{.recipe = manifest.input, .clip = clip, .files = files, .profile = profile};
    if (kept.cache == nullptr) return recipe.run(input, out);
    std::vector<std::string> roles;
    for (const LoadedFile& file : files) roles.push_back(file.role);
    const std::string key = tensor_key(kept.recipe_key, clip, roles);
    core::Timed looking(profile, "cache");
    if (kept.cache->get(key, out)) return {};
    looking.stop();
    MEXBENCH_TRY(recipe.run(input, out));
    const core::Timed keeping(profile, "cache");
    kept.cache->put(key, out);
    return {};
  } catch (const std::exception& problem) {  // cv::Exception and std::bad_alloc
    return Error::in_file(ErrorCode::kData, (clip.files.empty() ? root : root / clip.files.front().path).string(),
                          fmt::format("recipe '{}' failed: {}", recipe.name, problem.what()));
  }
}

}  // namespace

core::Result<cv::Mat> decode(const LoadedFile& file, bool colour) {
  // Walked first: the libraries inside OpenCV fill what is missing of a JPEG with grey, and write to stderr when a chunk is broken.
  MEXBENCH_ASSIGN([[maybe_unused]] const data::ImageHeader header, data::inspect_image(file.bytes, file.path));
  const cv::Mat bytes(1, static_cast<int>(file.bytes.size()), CV_8UC1, const_cast<char*>(file.bytes.data()));  // imdecode only reads it
  cv::Mat image = cv::imdecode(bytes, colour ? cv::IMREAD_COLOR : cv::IMREAD_GRAYSCALE);
  if (image.empty()) return Error::in_file(ErrorCode::kData, file.path, "can't be decoded: its image data are damaged");
  return image;
}

std::size_t input_numbers(const data::Manifest& manifest) {
  return manifest.clips.size() * manifest.input.channels.size() * static_cast<std::size_t>(manifest.input.height) *
         static_cast<std::size_t>(manifest.input.width);
}

core::Status compute_inputs(const data::Manifest& manifest, const fs::path& root, std::span<float> out, const Progress& progress,
                            int threads, TensorCache* cache, core::Profile* profile) {
  assert(out.size() == input_numbers(manifest));
  prepare_opencv();
  MEXBENCH_ASSIGN(const Recipe* recipe, find_recipe(manifest.input));
  Kept kept;
  if (cache != nullptr && recipe->slow) {
    kept.cache = cache;
    MEXBENCH_ASSIGN(kept.recipe_key, recipe_key(manifest.input));
  }

  const std::size_t clips = manifest.clips.size();
  const std::size_t numbers = clips == 0 ? 0 : out.size() / clips;
  std::vector<core::Status> states(clips);
  std::atomic<std::size_t> next{0};
  std::mutex telling;
  std::size_t done = 0;
  const auto work = [&] {
    core::Profile own;
    core::Profile* const times = profile == nullptr ? nullptr : &own;
    for (std::size_t i = next++; i < clips; i = next++) {
      states[i] = run_recipe(*recipe, manifest, manifest.clips[i], root, kept, out.subspan(i * numbers, numbers), times);
      const std::lock_guard<std::mutex> lock(telling);
      ++done;
      if (progress) progress(done, clips);
    }
    const std::lock_guard<std::mutex> lock(telling);
    if (profile != nullptr) profile->add(own);
  };
  {
    std::vector<std::jthread> helpers;  // joined at the end of the block
    try {
      for (int t = 1; t < threads; ++t) helpers.emplace_back(work);
    } catch (const std::system_error&) {  // no further thread to be had: fewer give the same numbers
    }
    work();
  }

  std::vector<core::Diagnostic> problems;
  for (const core::Status& state : states) {
    if (state) continue;
    problems.insert(problems.end(), state.error().diagnostics().begin(), state.error().diagnostics().end());
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return {};
}

core::Status compute_clip(const data::Manifest& manifest, const data::Clip& clip, const fs::path& root, std::span<float> out,
                          core::Profile* profile) {
  prepare_opencv();
  MEXBENCH_ASSIGN(const Recipe* recipe, find_recipe(manifest.input));
  return run_recipe(*recipe, manifest, clip, root, {}, out, profile);
}

Environment environment() { return {.opencv = cv::getVersionString(), .instruction_set = cv::getCPUFeaturesLine()}; }

}  // namespace mexbench::preprocess
