// JSON files of a run folder: read with the file named in every problem, written atomically; and what differs between two documents.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::store {

// kData when missing, not JSON, or of another schema than `schema` (name/major).
[[nodiscard]] core::Result<nlohmann::json> read_json(const std::filesystem::path& path, std::string_view schema);
[[nodiscard]] core::Status write_json(const std::filesystem::path& path, const nlohmann::json& value);

// SHA-256 of the document in canonical form (sorted keys, no blanks, shortest numbers).
[[nodiscard]] std::string hash_json(const nlohmann::json& value);

// One line per leaf that differs: "train.epochs: 800 -> 3". At most `most` lines, then how many more.
[[nodiscard]] std::vector<std::string> differences(const nlohmann::json& before, const nlohmann::json& now, std::size_t most = 12);

}  // namespace mexbench::store
