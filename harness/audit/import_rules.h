// The verdict on predictions that were made elsewhere. How their model came about is not on record, so it is UNAUDITED at best; what a file
// of predictions and a manifest can show is held against it all the same: the rules of join.h, and those of run_rules.h that ask for
// nothing but clips.
#pragma once

#include <span>

#include "harness/audit/join.h"
#include "harness/audit/verdict.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"

namespace mexbench::audit {

// `predictions` as they were read, `joined` what check_join() made of them.
[[nodiscard]] Audit audit_import(const eval::PredictionSet& predictions, const Joined& joined, const data::Manifest& manifest);

}  // namespace mexbench::audit
