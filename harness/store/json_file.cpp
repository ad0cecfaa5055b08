#include "harness/store/json_file.h"

#include <fmt/format.h>

#include <set>

#include "harness/core/files.h"
#include "harness/core/sha256.h"

namespace mexbench::store {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::string dotted(const std::string& pointer) {
  std::string out;
  for (const char c : pointer.substr(pointer.empty() ? 0 : 1)) out += c == '/' ? '.' : c;
  return out;
}

}  // namespace

core::Result<json> read_json(const std::filesystem::path& path, std::string_view schema) {
  MEXBENCH_ASSIGN(const std::string text, core::read_file(path));
  json value = json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() || !value.is_object()) return Error::in_file(ErrorCode::kData, path.string(), "is not a JSON document");
  const auto found = value.find("schema");
  if (found == value.end() || *found != schema) {
    return Error::in_file(ErrorCode::kData, path.string(),
                          fmt::format("schema is {}, '{}' is wanted", found == value.end() ? "missing" : found->dump(), schema));
  }
  return value;
}

core::Status write_json(const std::filesystem::path& path, const json& value) {
  return core::write_file_atomic(path, value.dump(1) + "\n", path.filename().string());
}

std::string hash_json(const json& value) { return core::sha256_hex(value.dump()); }

std::vector<std::string> differences(const json& before, const json& now, std::size_t most) {
  const json a = before.flatten();
  const json b = now.flatten();
  std::set<std::string> keys;
  for (const auto& [key, value] : a.items()) keys.insert(key);
  for (const auto& [key, value] : b.items()) keys.insert(key);
  std::vector<std::string> out;
  std::size_t more = 0;
  for (const std::string& key : keys) {
    const auto left = a.find(key);
    const auto right = b.find(key);
    if (left != a.end() && right != b.end() && *left == *right) continue;
    if (out.size() == most) {
      ++more;
      continue;
    }
    out.push_back(
        fmt::format("{}: {} -> {}", dotted(key), left == a.end() ? "absent" : left->dump(), right == b.end() ? "absent" : right->dump()));
  }
  if (more > 0) out.push_back(fmt::format("and {} more", more));
  return out;
}

}  // namespace mexbench::store
