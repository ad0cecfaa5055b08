// The files of one run folder, read one by one (docs/file-formats.md). Every reader adds its problems to a common list.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/core/diagnostic.h"
#include "reports/report.h"

namespace mexbench::reports {

// run.json into the first part of `run`.
void read_run_json(const std::filesystem::path& file, Run& run, std::vector<core::Diagnostic>& problems);

// manifest.lock.json, metrics.json, predictions.csv, floor.json, audit.json of a complete run into its second part, then checks that they
// agree. floor.json may be absent: runs of the first versions have none.
// The verdict becomes the audit's; when run.json recorded another one, a reason says so.
void read_results(const std::filesystem::path& folder, Run& run, std::vector<core::Diagnostic>& problems);

}  // namespace mexbench::reports
