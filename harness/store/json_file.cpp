#include "harness/store/json_file.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <variant>

#include "harness/core/files.h"
#include "harness/core/json_text.h"
#include "harness/core/sha256.h"

namespace mexbench::store {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// Far above what our files nest.
constexpr int kDeepest = 64;

std::string dotted(const std::string& pointer) {
  std::string out;
  for (const char c : pointer.substr(pointer.empty() ? 0 : 1)) out += c == '/' ? '.' : c;
  return out;
}

}  // namespace

core::Result<json> parse_json(const std::string& content, const std::string& file, std::string_view schema) {
  auto parsed = core::parse_json_text(content, kDeepest);
  if (const auto* problem = std::get_if<core::JsonProblem>(&parsed)) {
    switch (problem->kind) {
      case core::JsonProblem::Kind::kSyntax:
        return Error::in_file(ErrorCode::kData, file, fmt::format("is not JSON at byte {}, a {} file is wanted", problem->byte, schema))
            .hint("the file may be cut off; rebuild it, or run the fold again");
      case core::JsonProblem::Kind::kNumber:
        return Error::in_file(ErrorCode::kData, file, fmt::format("can't be read: {}", problem->reason))
            .hint("the file was changed by hand or damaged; rebuild it, or run the fold again");
      case core::JsonProblem::Kind::kDepth:
        return Error::in_file(ErrorCode::kData, file, fmt::format("is nested deeper than {} levels", kDeepest))
            .hint("no file of mexbench is: it was changed by hand or damaged");
    }
  }
  json value = std::get<json>(std::move(parsed));
  if (!value.is_object()) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("holds {}, an object is wanted", value.type_name()));
  }
  const auto found = value.find("schema");
  if (found == value.end() || *found != schema) {
    return Error::in_file(
               ErrorCode::kData, file,
               fmt::format("schema is {}, \"{}\" is wanted",
                           found == value.end() ? "missing" : found->dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 60),
                           schema))
        .hint("the file was written by another version of mexbench");
  }
  return value;
}

core::Result<json> read_json(const std::filesystem::path& path, std::string_view schema) {
  MEXBENCH_ASSIGN(const std::string text, core::read_file(path));
  return parse_json(text, path.string(), schema);
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
