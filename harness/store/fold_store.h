// Sealed folds: the unit a run consists of. A fold is prepared in a folder only this attempt uses, and published under its final name
// by one rename that never overwrites. Killing the process at any moment therefore loses at most the open folds, and two live writers
// of one fold are harmless: the later one compares digests.
//
//   folds/casme2__sub01/            published: sealed.json (+ weights.pth, epochs.csv)
//   folds/.casme2__sub01.<host>-<pid>-<salt>/   an attempt; core::remove_abandoned() clears dead ones
//   folds/.damaged-....kept/        set aside: its digest did not hold
//   folds/.disagrees-....kept/      set aside: another writer had published other results
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/truth.h"

namespace mexbench::store {

struct SealedTest {
  core::ClipId clip;
  data::Truth truth = data::Truth::one_class(0);
  std::vector<float> scores;  // one per class
};

// The clips that augmentation made in one phase of training, as the worker reported them (model::Lineage).
struct SealedLineage {
  std::string phase;  // train | select | refit
  std::int64_t children = 0;
  std::vector<core::ClipId> parents;  // in the manifest's order, each once
  std::string digest;                 // over the children's ids
};

// What a step of the input learned in this fold, as the worker reported it (preprocess/fitted_input.h).
struct SealedFitting {
  std::string step;                 // normalise | pca
  std::vector<core::ClipId> clips;  // that it was fitted on, in the manifest's order
  std::string digest;               // over the numbers it learned
};

// Content of sealed.json (docs/file-formats.md). Holds nothing that differs between equal runs: no times, no host, no paths.
struct SealedFold {
  core::FoldId fold;
  std::string science_hash;
  std::string environment_hash;
  std::vector<core::ClipId> train;  // as the worker was given them
  std::vector<core::ClipId> validation;
  std::vector<SealedTest> test;
  std::vector<SealedLineage> lineage;  // one per phase that augmented; in the file only when there is one
  std::vector<SealedFitting> fitted;   // one per step that learns; in the file only when there is one
  std::int64_t epochs_trained = 0;     // 0: loaded, not trained
  std::int64_t parameters = 0;         // learnable numbers of the network as it was run
  std::string start;           // fresh | pretrained | loaded: the numbers that fitting began with (model::Start); empty: not recorded
  std::string weights_digest;  // over names, types, shapes and numbers of the state
  std::map<std::string, std::string> files;  // file name in the fold folder -> SHA-256
};

// The bytes of sealed.json; its `digest` member covers all the rest.
[[nodiscard]] std::string sealed_text(const SealedFold& fold, const std::vector<std::string>& classes);

// Reads and checks a published fold: digest, schema, and the digests of the files it lists. kData with what does not hold.
[[nodiscard]] core::Result<SealedFold> read_sealed(const std::filesystem::path& folder, const std::vector<std::string>& classes);

enum class Publication {
  kPublished,  // ours is the fold
  kAgreed,     // another writer was first, with equal results; what it kept beside them stands
  kDisagreed,  // another writer was first, with other results: ours is kept aside
};

// One attempt at one fold. The folder is removed when the attempt is dropped unpublished.
class FoldAttempt {
 public:
  static core::Result<FoldAttempt> open(const std::filesystem::path& folds, const core::FoldId& fold);
  ~FoldAttempt();
  FoldAttempt(FoldAttempt&& other) noexcept;
  FoldAttempt& operator=(FoldAttempt&& other) noexcept;
  FoldAttempt(const FoldAttempt&) = delete;
  FoldAttempt& operator=(const FoldAttempt&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Adds a file and lists its digest in the seal.
  [[nodiscard]] core::Status add_file(const std::string& name, const std::string& content);
  // Digests a file somebody else wrote into folder().
  [[nodiscard]] core::Status adopt_file(const std::string& name);
  // Writes sealed.json last and publishes. `seal.files` becomes what the published fold keeps (of kDisagreed: what ours keeps).
  [[nodiscard]] core::Result<Publication> publish(SealedFold& seal, const std::vector<std::string>& classes);

 private:
  FoldAttempt(std::filesystem::path folds, core::FoldId fold, std::filesystem::path folder);
  std::filesystem::path folds_;
  core::FoldId fold_;
  std::filesystem::path folder_;  // empty: nothing to remove
  std::map<std::string, std::string> files_;
};

// Whether the fold stands sealed. A folder whose seal does not hold is set aside and its problem added to `warnings`; it counts as open.
[[nodiscard]] core::Result<std::optional<SealedFold>> find_sealed(const std::filesystem::path& folds, const core::FoldId& fold,
                                                                  const std::vector<std::string>& classes,
                                                                  std::vector<core::Diagnostic>& warnings);

}  // namespace mexbench::store
