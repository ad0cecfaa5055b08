// The rules one by one, for audit_run() and its kin. run_rules.h says what each means.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/audit/records.h"
#include "harness/audit/verdict.h"
#include "harness/data/manifest.h"

namespace mexbench::audit {

using ClipTable = std::unordered_map<std::string_view, const data::Clip*>;  // by id; of a manifest that lives on
[[nodiscard]] ClipTable table_of(const data::Manifest& manifest);

// subject_rules.cpp
[[nodiscard]] RuleResult subject_overlap(std::span<const FoldRecord> folds, const ClipTable& clips);
[[nodiscard]] RuleResult shared_recordings(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips);
[[nodiscard]] RuleResult id_collision(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips);
[[nodiscard]] RuleResult class_absent(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips,
                                      bool refits);

// picture_rules.cpp
[[nodiscard]] RuleResult image_duplicates(std::span<const FoldRecord> folds, const data::Manifest& manifest);

// fitting_rules.cpp
[[nodiscard]] RuleResult augmented_clips(std::span<const FoldRecord> folds);
[[nodiscard]] RuleResult fitted_statistics(std::span<const FoldRecord> folds, const std::optional<Settings>& settings);
[[nodiscard]] RuleResult selected_on_test(std::span<const FoldRecord> folds, const ClipTable& clips,
                                          const std::optional<Settings>& settings);
[[nodiscard]] RuleResult pretraining_overlap(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                                             const std::optional<std::vector<std::string>>& declared);

// test_rules.cpp: clip-missing, clip-duplicate and clip-extra; then one each.
void test_rules(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips, const RunFacts& facts,
                std::vector<RuleResult>& out);
[[nodiscard]] RuleResult sealed_labels(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips);
[[nodiscard]] RuleResult joined_by_order(std::span<const FoldRecord> folds, const ClipTable& clips,
                                         const std::optional<eval::PredictionSet>& predictions);
[[nodiscard]] RuleResult metrics_disagree(const std::optional<eval::PredictionSet>& predictions,
                                          const std::optional<eval::Metrics>& metrics);
[[nodiscard]] RuleResult manifest_hash_rule(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                                            const std::optional<Settings>& settings);

}  // namespace mexbench::audit
