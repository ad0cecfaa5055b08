// Rules about a finished run, checked from what its folds recorded, and the verdict that follows.
//
//   subject-overlap        a person is on both sides of a fold: the model has seen whom it is tested on
//   augmented-clips        a clip that augmentation made has a parent that was not to be trained on: a test clip, one held out while an
//                          epoch was selected, or no training clip at all
//   clip-missing           a clip the protocol tests was tested by no fold
//   clip-duplicate         a clip was tested more than once: it counts twice in pooled metrics
//   clip-extra             a fold names a clip that is not in the manifest, or tests one the protocol does not test
//   manifest-hash          the folds were not made under one science hash: they are of different experiments
//   fitted-statistics      a preprocessing stage learned from test clips
//   pretraining-overlap    loaded weights or starting values have seen the corpora that are tested, as far as the model's card declares
//   image-duplicates       the same picture under two subjects
//
// fitted-statistics and image-duplicates are listed as not checked: this version can't check them. So a run that breaks nothing is
// UNAUDITED, not VALID.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::audit {

enum class RuleStatus { kPassed, kBroken, kNotChecked };
[[nodiscard]] std::string_view to_string(RuleStatus status);  // "passed", "broken", "not-checked"

struct RuleResult {
  std::string rule;
  RuleStatus status = RuleStatus::kNotChecked;
  std::string detail;
};

enum class Verdict { kValid, kInvalid, kUnaudited };
[[nodiscard]] std::string_view to_string(Verdict verdict);  // "VALID", "INVALID", "UNAUDITED"

struct Audit {
  Verdict verdict = Verdict::kUnaudited;
  std::vector<std::string> reasons;  // one per broken rule; else one that names what was not checked
  std::vector<RuleResult> rules;     // in the order above
};

// Parents of the clips that augmentation made in one phase (train, select, refit).
struct AugmentedRecord {
  std::string phase;
  std::vector<core::ClipId> parents;
};

// What a fold's worker recorded (sealed.json).
struct FoldRecord {
  core::FoldId fold;
  std::string science_hash;
  std::string start = "fresh";  // fresh | pretrained | loaded; empty: not recorded
  std::vector<core::ClipId> train;
  std::vector<core::ClipId> validation;
  std::vector<core::ClipId> test;
  std::vector<AugmentedRecord> augmented;
};

// `planned_tests`: the clips the protocol tests (holdout tests a part of the corpus). Empty: every clip of the manifest.
// `pretraining`: the data that the model's card says its loaded weights or starting values have seen; nothing when it does not say. It
// counts whatever the folds say of their start. Names stand for datasets as data/corpus_names.h says; one that only looks like a corpus
// leaves the rule not checked.
[[nodiscard]] Audit audit_run(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                              std::span<const core::ClipId> planned_tests = {},
                              const std::optional<std::vector<std::string>>& pretraining = std::nullopt);

// INVALID when a rule is broken; VALID when there are rules and all of them passed; else UNAUDITED. With the reasons.
[[nodiscard]] Audit verdict_of(std::vector<RuleResult> rules);

// audit.json, schema "mexbench.audit/1" (docs/file-formats.md). Reading fails with kData when the verdict does not follow from the rules.
[[nodiscard]] nlohmann::json to_json(const Audit& audit);
[[nodiscard]] core::Result<Audit> audit_from_json(const nlohmann::json& source, const std::string& file);

}  // namespace mexbench::audit
