// JSON files of a run folder: read with the file named in every problem, written atomically; and what differs between two documents.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::store {

// A JSON document whose `schema` is `schema` ("mexbench.run/1"). Fails with kData, naming the file: missing, not JSON, of another schema,
// nested deeper than 64 levels, or with a number that no double holds.
[[nodiscard]] core::Result<nlohmann::json> parse_json(const std::string& content, const std::string& file, std::string_view schema);
[[nodiscard]] core::Result<nlohmann::json> read_json(const std::filesystem::path& path, std::string_view schema);
[[nodiscard]] core::Status write_json(const std::filesystem::path& path, const nlohmann::json& value);

// SHA-256 of the document in canonical form (sorted keys, no blanks, shortest numbers).
[[nodiscard]] std::string hash_json(const nlohmann::json& value);

// One line per leaf that differs: "train.epochs: 800 -> 3". At most `most` lines, then how many more.
[[nodiscard]] std::vector<std::string> differences(const nlohmann::json& before, const nlohmann::json& now, std::size_t most = 12);

}  // namespace mexbench::store
