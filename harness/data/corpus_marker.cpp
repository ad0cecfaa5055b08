#include "harness/data/corpus_marker.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

}  // namespace

std::string marker_json(const CorpusMarker& marker, const json& options, std::string_view table) {
  const json out = {{"schema", marker.schema}, {"version", marker.version}, {"options", options}, {marker.digest, core::sha256_hex(table)}};
  return out.dump(2) + "\n";
}

Error broken_corpus(const CorpusMarker& marker, const fs::path& file, std::string message) {
  return Error::in_file(ErrorCode::kData, file.string(), std::move(message))
      .hint(fmt::format("remove the folder and render it again with `{}`", marker.command));
}

core::Result<bool> is_rendered(const CorpusMarker& marker, const json& options, const fs::path& root) {
  std::error_code failure;
  if (!fs::exists(root, failure)) return false;
  MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(root));
  if (names.empty()) return false;
  const fs::path file = root / marker.file;
  if (!fs::exists(file, failure)) {
    return Error::in_file(ErrorCode::kData, root.string(), fmt::format("has files but no {}: it is no {}", marker.file, marker.title))
        .hint("name an empty or a new folder as 'root'");
  }
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  const json found = json::parse(content, nullptr, /*allow_exceptions=*/false);
  if (!found.is_object() || !found.contains("schema") || found["schema"] != marker.schema || !found.contains("options") ||
      !found["options"].is_object() || !found.contains(marker.digest) || !found.contains("version")) {
    return broken_corpus(marker, file, fmt::format("is no description of a {} ({})", marker.title, marker.schema));
  }
  std::vector<std::string> differences;
  if (found["version"] != marker.version) {
    differences.push_back(fmt::format("its renderer is of version {}, this is version {}", found["version"].dump(), marker.version));
  }
  for (const auto& [name, value] : options.items()) {
    const json seen = found["options"].value(name, json());
    if (seen != value) differences.push_back(fmt::format("its {} is {}, {} is asked for", name, seen.dump(), value.dump()));
  }
  if (!differences.empty()) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("is another corpus: {}", core::join(differences, "; ")))
        .hint(fmt::format("name another 'root', or remove the folder and render it again with `{}`", marker.command));
  }
  MEXBENCH_ASSIGN(const std::string table, core::read_file(root / marker.table));
  if (found[marker.digest] != core::sha256_hex(table)) return broken_corpus(marker, root / marker.table, "was changed after rendering");
  return true;
}

}  // namespace mexbench::data
