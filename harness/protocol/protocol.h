// A protocol turns a manifest into folds: which clips train, which are tested. People never cross: every protocol splits by subject.
//
//   loso           leave one subject out: one fold per subject, named by it
//   lodo           leave one dataset out: one fold per dataset, named by it; needs at least two
//   subject_kfold  `folds` groups of subjects; the clips of each dataset are spread over all groups as evenly as its subjects allow
//   holdout        one fold: the named `test_subjects` (spelt as data/subject_names.h allows), or a `test_share` of each dataset's
//                  subjects
//
// Plans are pure functions of the manifest, the options and (for validation subjects) the run's seed.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::protocol {

// Positions in Manifest::clips, ascending, so that the manifest's order is the training order.
struct FoldPlan {
  core::FoldId id;
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;  // taken from the training side; empty unless selection is inner_subjects
  std::vector<std::size_t> test;
};

struct ProtocolInfo {
  std::string name;
  std::string description;
};
[[nodiscard]] std::span<const ProtocolInfo> protocols();

// Fails with kUsage when the protocol can't be applied to this manifest: unknown test subject, more folds than subjects, one dataset
// for lodo, or a fold whose training side would be empty.
[[nodiscard]] core::Result<std::vector<FoldPlan>> plan_folds(const data::Manifest& manifest, std::string_view protocol,
                                                             const nlohmann::json& options);

// How this version deals a protocol's folds: raised when the same options give other folds. Above 1 it is part of the science hash.
[[nodiscard]] int plan_version(std::string_view protocol);

// The clips that the folds test, in their order.
[[nodiscard]] std::vector<core::ClipId> tested_clips(std::span<const FoldPlan> folds, const data::Manifest& manifest);

// The fold that tests each of them.
[[nodiscard]] std::map<core::ClipId, core::FoldId> test_folds(std::span<const FoldPlan> folds, const data::Manifest& manifest);

// Moves whole subjects from `train` to `validation`: `share` of each dataset's training subjects (rounded, at least one in all, never
// all), drawn from the stream (seed, fold, "validation"). Fails with kUsage when fewer than two training subjects are there.
[[nodiscard]] core::Status hold_out_validation(FoldPlan& fold, const data::Manifest& manifest, double share, core::Seed seed);

// folds.json, schema "mexbench.folds/1".
[[nodiscard]] nlohmann::json folds_to_json(std::span<const FoldPlan> folds, const data::Manifest& manifest, std::string_view experiment,
                                           std::string_view protocol, const nlohmann::json& options);

}  // namespace mexbench::protocol
