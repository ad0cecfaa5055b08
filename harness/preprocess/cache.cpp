#include "harness/preprocess/cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <opencv2/core/utility.hpp>

#include "harness/core/sha256.h"
#include "harness/data/stages.h"
#include "harness/preprocess/face.h"
#include "harness/preprocess/recipe.h"

namespace mexbench::preprocess {
namespace {

static_assert(std::endian::native == std::endian::little, "the bytes of tensors are little-endian");

// Raised when the key covers something else, so that older entries are never found.
constexpr int kKeyVersion = 1;

std::string number_text(const std::optional<std::int64_t>& number) { return number ? std::to_string(*number) : "none"; }

// Digests of the models that the stages use.
core::Result<std::vector<std::string>> models_of(const data::InputRecipe& recipe) {
  std::vector<std::string> out;
  if (recipe.recipe != "stages") return out;
  MEXBENCH_ASSIGN(const data::StageList list, data::planned_stages(recipe));
  for (const data::PlannedStage& stage : list.stages) {
    const bool haar = stage.options.value("detector", "") == "haar";
    if (stage.def->finds_landmarks && !haar) {
      MEXBENCH_ASSIGN(out.emplace_back(), landmark_model_digest());
    }
    if (haar || stage.options.value("otherwise", "") == "haar") {
      MEXBENCH_ASSIGN(out.emplace_back(), face_cascade_digest());
    }
  }
  return out;
}

}  // namespace

bool TensorCache::get(std::string_view key, std::span<float> out) {
  std::string bytes;
  const data::BlobCache::Found found = blobs_.get(key, bytes);
  const bool whole = found == data::BlobCache::Found::kYes && bytes.size() == out.size_bytes();
  if (whole) std::memcpy(out.data(), bytes.data(), bytes.size());
  const std::lock_guard<std::mutex> lock(guard_);
  report_.found += whole ? 1 : 0;
  report_.computed += whole ? 0 : 1;
  report_.damaged += found == data::BlobCache::Found::kDamaged ? 1 : 0;
  return whole;
}

void TensorCache::put(std::string_view key, std::span<const float> tensor) {
  std::string bytes(tensor.size_bytes(), '\0');
  std::memcpy(bytes.data(), tensor.data(), bytes.size());
  const core::Status status = blobs_.put(key, bytes);
  if (status) return;
  const std::lock_guard<std::mutex> lock(guard_);
  if (report_.problem.empty()) report_.problem = core::render(status.error().diagnostics().front());
}

CacheReport TensorCache::report() const {
  const std::lock_guard<std::mutex> lock(guard_);
  return report_;
}

core::Result<std::string> recipe_key(const data::InputRecipe& recipe) {
  MEXBENCH_ASSIGN(const std::vector<std::string> models, models_of(recipe));
  const Environment here = environment();
  core::Sha256 hash;
  hash.field(fmt::format("mexbench tensor {}", kKeyVersion));
  hash.field(recipe.recipe).field(std::to_string(recipe.version)).field(recipe.options.dump());
  hash.field(fmt::format("{} x {} x {}", recipe.channels.size(), recipe.height, recipe.width));
  for (const std::string& channel : recipe.channels) hash.field(channel);
  hash.field(here.opencv).field(here.instruction_set).field(cv::getBuildInformation());
  for (const std::string& model : models) hash.field(model);
  return hash.hex();
}

std::string tensor_key(std::string_view recipe_key, const data::Clip& clip, const std::vector<std::string>& roles) {
  core::Sha256 hash;
  hash.field(recipe_key);
  hash.field(number_text(clip.frames.onset)).field(number_text(clip.frames.apex)).field(number_text(clip.frames.offset));
  for (const std::string& role : roles) {
    const auto file = std::find_if(clip.files.begin(), clip.files.end(), [&](const data::MediaFile& one) { return one.role == role; });
    assert(file != clip.files.end());
    hash.field(role).field(file->sha256);
  }
  return hash.hex();
}

}  // namespace mexbench::preprocess
