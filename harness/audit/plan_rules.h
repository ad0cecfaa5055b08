// What a plan is held to before anything is trained on it: a leak that the folds or the corpus show stops a run here, not after hours.
// Rules of run_rules.h: subject-overlap, shared-recordings, id-collision, image-duplicates, and class-absent for folds that are trained.
#pragma once

#include <span>

#include "harness/audit/records.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::audit {

// `folds` with their clips; `start` is `loaded` where nothing is trained. `refits`: on training and validation clips together. Fails with
// kAudit, one diagnostic for each broken rule.
[[nodiscard]] core::Status audit_plan(std::span<const FoldRecord> folds, const data::Manifest& manifest, bool refits);

}  // namespace mexbench::audit
