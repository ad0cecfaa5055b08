// Audits runs that lie in a folder: everything is found again from the seals, the locked manifest, the settings under the science hash, and
// the files beside them. Reads only, needs no corpus, and takes nothing from audit.json, which it compares itself with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/audit/verdict.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::run {

struct AuditedRun {
  std::filesystem::path folder;
  std::string label;
  core::Seed seed;
  audit::Audit audit;
  std::optional<audit::Audit> recorded;  // audit.json as it stands; nothing: there is none
};

// A run's folder (<label>/seed-<n>), or an experiment's with all of its runs, in the order of their names. Fails with kData, all problems
// at once, when there is no run, or when a file of one is missing or damaged, a seal or the record of epochs among them.
[[nodiscard]] core::Result<std::vector<AuditedRun>> audit_folder(const std::filesystem::path& folder);

// What audit.json says otherwise, one sentence each: "'selected-on-test' is broken, audit.json says passed".
[[nodiscard]] std::vector<std::string> contradictions(const AuditedRun& run);

}  // namespace mexbench::run
