#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>

#include "harness/core/files.h"
#include "reports/report.h"
#include "reports/run_files.h"

namespace mexbench::reports {
namespace fs = std::filesystem;
namespace {

using Problems = std::vector<core::Diagnostic>;

constexpr std::array<std::string_view, 5> kDerivedFiles{"manifest.lock.json", "predictions.csv", "metrics.json", "floor.json",
                                                        "audit.json"};

// `seed-<n>`; a run set aside under a longer name is not one.
bool is_seed_folder(std::string_view name) {
  constexpr std::string_view kPrefix = "seed-";
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) return false;
  return std::all_of(name.begin() + kPrefix.size(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// The run folders under an experiment folder or a model's, or the run folder itself.
core::Result<std::vector<fs::path>> find_runs(const fs::path& folder) {
  if (is_there(folder / "run.json") || is_seed_folder(folder.filename().string())) return std::vector<fs::path>{folder};
  std::vector<fs::path> found;
  MEXBENCH_ASSIGN(const std::vector<std::string> labels, core::list_folder(folder));
  for (const std::string& label : labels) {
    if (!is_folder(folder / label)) continue;
    if (is_seed_folder(label)) {
      found.push_back(folder / label);
      continue;
    }
    MEXBENCH_ASSIGN(const std::vector<std::string> seeds, core::list_folder(folder / label));
    for (const std::string& seed : seeds) {
      if (is_seed_folder(seed) && is_folder(folder / label / seed)) found.push_back(folder / label / seed);
    }
  }
  if (found.empty()) {
    return core::Error::in_file(core::ErrorCode::kData, folder.string(), "holds no run")
        .hint("give an experiment folder (with <model>/seed-<n>/run.json in it), one model's or one run's");
  }
  return found;
}

fs::path identity(const fs::path& folder) {
  std::error_code problem;
  fs::path canonical = fs::canonical(folder, problem);
  return problem ? folder : canonical;
}

}  // namespace

core::Result<ReportData> load_runs(std::span<const fs::path> folders) {
  if (folders.empty()) return core::Error(core::ErrorCode::kUsage, "no run folder given").hint("name an experiment folder or a run folder");
  ReportData data;
  Problems problems;
  std::set<fs::path> seen;
  for (const fs::path& given : folders) {
    // A trailing '/' would hide the folder's own name.
    const fs::path folder = given.has_filename() ? given : given.parent_path();
    auto found = find_runs(folder);
    if (!found) {
      problems.insert(problems.end(), found.error().diagnostics().begin(), found.error().diagnostics().end());
      continue;
    }
    for (const fs::path& run_folder : *found) {
      if (!seen.insert(identity(run_folder)).second) continue;
      Run run;
      run.folder = run_folder;
      const std::size_t before = problems.size();
      read_run_json(run_folder / "run.json", run, problems);
      if (problems.size() != before) continue;
      if (run.complete()) {
        read_results(run_folder, run, problems);
      } else {
        for (const std::string_view name : kDerivedFiles) {
          if (!is_there(run_folder / name)) run.missing_files.emplace_back(name);
        }
      }
      data.runs.push_back(std::move(run));
    }
  }
  if (!problems.empty()) return core::Error(core::ErrorCode::kData, std::move(problems));

  const auto key = [](const Run& run) { return std::tie(run.experiment, run.label, run.seed); };
  std::stable_sort(data.runs.begin(), data.runs.end(), [&](const Run& a, const Run& b) { return key(a) < key(b); });
  for (std::size_t i = 1; i < data.runs.size(); ++i) {
    const Run& run = data.runs[i];
    if (key(run) == key(data.runs[i - 1])) {
      return core::Error(core::ErrorCode::kUsage,
                         fmt::format("'{}' and '{}' both hold model '{}', seed {} of experiment '{}'", data.runs[i - 1].folder.string(),
                                     run.folder.string(), run.label, run.seed.value, run.experiment))
          .hint("give one of them");
    }
  }
  return data;
}

}  // namespace mexbench::reports
