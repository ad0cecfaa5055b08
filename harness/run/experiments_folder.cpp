#include "harness/run/experiments_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "harness/config/problems.h"
#include "harness/config/tree.h"
#include "harness/core/text.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

std::vector<fs::path> candidates() {
  std::vector<fs::path> out;
  if (const char* named = std::getenv("MEXBENCH_EXPERIMENTS"); named != nullptr && *named != '\0') return {fs::path(named)};
  std::error_code failure;
  const fs::path self = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) {
    out.push_back(self.parent_path().parent_path() / "share" / "mexbench" / "experiments");
    out.push_back(self.parent_path().parent_path().parent_path() / "experiments");  // build/<preset>/mexbench
  }
  out.emplace_back("experiments");
  return out;
}

std::string text_of(const config::Node& node, std::string_view key) {
  const config::Node* value = node.find(key);
  return value == nullptr ? "" : value->text;
}

// A file that can't be read here is not ours to judge: `validate` does.
std::optional<ExperimentEntry> entry_of(const fs::path& file) {
  const auto source = config::read_source(file);
  if (!source) return std::nullopt;
  config::Problems problems;
  const auto tree = config::parse_yaml(*source, problems);
  if (!tree || tree->kind != config::NodeKind::kMap) return std::nullopt;
  if (tree->find("reproduction") != nullptr)
    return ExperimentEntry{text_of(*tree, "reproduction"), "reproduction", text_of(*tree, "title"), file};
  if (tree->find("name") != nullptr) return ExperimentEntry{text_of(*tree, "name"), "experiment", text_of(*tree, "description"), file};
  return std::nullopt;
}

}  // namespace

core::Result<fs::path> find_experiments_folder() {
  std::vector<std::string> seen;
  for (const fs::path& folder : candidates()) {
    std::error_code failure;
    if (fs::is_directory(folder, failure)) return folder;
    seen.push_back(folder.string());
  }
  return Error(ErrorCode::kData, "the folder of experiment files is nowhere to be found")
      .hint(fmt::format("looked at {}; set MEXBENCH_EXPERIMENTS", core::join(seen, ", ")));
}

core::Result<std::vector<ExperimentEntry>> list_experiments() {
  MEXBENCH_ASSIGN(const fs::path folder, find_experiments_folder());
  std::vector<ExperimentEntry> entries;
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; at != end && !failure; at.increment(failure)) {
    if (at->path().extension() != ".yaml") continue;
    if (auto entry = entry_of(at->path())) entries.push_back(std::move(*entry));
  }
  if (failure) return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("can't be listed: {}", failure.message()));
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return std::tie(a.kind, a.name, a.file) < std::tie(b.kind, b.name, b.file); });
  return entries;
}

core::Result<ExperimentEntry> find_reproduction(std::string_view name) {
  MEXBENCH_ASSIGN(const std::vector<ExperimentEntry> entries, list_experiments());
  std::vector<std::string> known;
  for (const ExperimentEntry& entry : entries) {
    if (entry.kind != "reproduction") continue;
    if (entry.name == name) return entry;
    known.push_back(entry.name);
  }
  const auto near = core::closest(name, known);
  return Error(ErrorCode::kUsage, fmt::format("there is no reproduction '{}'", name))
      .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there are {}", core::quoted_list(known, "and")));
}

}  // namespace mexbench::run
