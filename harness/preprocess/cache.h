// Tensors of clips that were computed before, kept on disk (harness/data/blob_cache.h). The key of a clip's tensor covers all that its
// numbers depend on: the roles and digests of its files, its frame numbers, the recipe with stages, versions and options, the version and
// build of OpenCV, the processor's features, and the models of the face detectors where they are used. So the bytes are those that
// computing would give, and nothing but time depends on the cache.
//
// The files are read and their digests checked all the same: a corpus that has changed is told with and without a cache.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/blob_cache.h"
#include "harness/data/manifest.h"

namespace mexbench::preprocess {

// How often a cache helped; counted over its life.
struct CacheReport {
  std::uint64_t found = 0;
  std::uint64_t computed = 0;  // not found, or damaged
  std::uint64_t damaged = 0;
  std::string problem;  // why an entry could not be kept, the first time; empty: each was
};

// May be used by several threads at once.
class TensorCache {
 public:
  // `limit` in bytes; 0: off.
  TensorCache(std::filesystem::path folder, std::uint64_t limit) : blobs_(std::move(folder), limit) {}

  // Whether the tensor was there; then `out` has it.
  [[nodiscard]] bool get(std::string_view key, std::span<float> out);
  // A tensor that can't be kept is told in the report: the run goes on.
  void put(std::string_view key, std::span<const float> tensor);

  [[nodiscard]] CacheReport report() const;

 private:
  data::BlobCache blobs_;
  mutable std::mutex guard_;
  CacheReport report_;
};

// The part of the key that all clips of a recipe share. Fails with kData when a model that the stages use is missing.
[[nodiscard]] core::Result<std::string> recipe_key(const data::InputRecipe& recipe);

// `roles`: of the files that the clip's tensor is made of, in order; the clip has them.
[[nodiscard]] std::string tensor_key(std::string_view recipe_key, const data::Clip& clip, const std::vector<std::string>& roles);

}  // namespace mexbench::preprocess
