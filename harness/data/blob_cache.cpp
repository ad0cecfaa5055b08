#include "harness/data/blob_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <tuple>
#include <vector>

#include "harness/core/files.h"
#include "harness/core/sha256.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::string_view kMagic = "mexbench-blob/1\n";
constexpr std::string_view kEnding = ".blob";
constexpr std::string_view kTag = "Signature: 8a477f597d28d172789f06886806bc55\n# Computed by mexbench; may be deleted at any time.\n";
constexpr std::size_t kKeyDigits = 64;
constexpr std::size_t kFolderDigits = 2;

bool is_hexadecimal(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_entry(std::string_view name) {
  return name.ends_with(kEnding) && is_hexadecimal(name.substr(0, name.size() - kEnding.size()), kKeyDigits);
}

fs::path entry_path(const fs::path& folder, std::string_view key) {
  return folder / key.substr(0, kFolderDigits) / fmt::format("{}{}", key, kEnding);
}

std::string header_of(std::string_view key, std::string_view bytes) {
  core::Sha256 hash;
  hash.field(key).field(bytes);
  return fmt::format("{}{}\n", kMagic, hash.hex());
}

struct Entry {
  fs::file_time_type used;
  std::string name;
  std::uint64_t bytes = 0;
  fs::path path;
};

// Entries of the folder. What another process removes meanwhile is left out.
core::Result<std::vector<Entry>> entries_of(const fs::path& folder) {
  std::vector<Entry> out;
  std::error_code problem;
  if (!fs::exists(folder, problem) && !problem) return out;
  MEXBENCH_ASSIGN(const std::vector<std::string> parts, core::list_folder(folder));
  for (const std::string& part : parts) {
    if (!is_hexadecimal(part, kFolderDigits)) continue;
    const auto names = core::list_folder(folder / part);
    if (!names) continue;  // a file of that name, or a folder that is not ours to read
    for (const std::string& name : *names) {
      if (!is_entry(name)) continue;
      Entry entry{.used = {}, .name = name, .bytes = 0, .path = folder / part / name};
      entry.bytes = fs::file_size(entry.path, problem);
      if (problem) continue;
      entry.used = fs::last_write_time(entry.path, problem);
      if (!problem) out.push_back(std::move(entry));
    }
  }
  return out;
}

// Removes entries in their order until at most `keep` bytes are left of them.
core::Result<CacheUsage> remove_until(std::vector<Entry> entries, std::uint64_t keep) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.used, a.name) < std::tie(b.used, b.name); });
  std::uint64_t left = 0;
  for (const Entry& entry : entries) left += entry.bytes;
  CacheUsage removed;
  for (const Entry& entry : entries) {
    if (left <= keep) break;
    std::error_code problem;
    const bool gone = fs::remove(entry.path, problem);  // false without a problem: another process was faster
    if (problem) {
      return Error::in_file(ErrorCode::kFailed, entry.path.string(), fmt::format("can't be removed: {}", problem.message()));
    }
    left -= entry.bytes;
    if (!gone) continue;
    ++removed.entries;
    removed.bytes += entry.bytes;
  }
  return removed;
}

// Half-written files of processes that ended in the middle.
void sweep(const fs::path& folder) {
  const auto parts = core::list_folder(folder);
  if (!parts) return;
  for (const std::string& part : *parts) {
    if (is_hexadecimal(part, kFolderDigits)) core::remove_abandoned(folder / part);
  }
}

std::string environment_text(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

core::Result<fs::path> default_cache_folder() {
  const std::string named = environment_text("MEXBENCH_CACHE");
  if (named == "off") return Error(ErrorCode::kUsage, "the cache is switched off: MEXBENCH_CACHE is 'off'").hint("name a folder in it");
  if (!named.empty()) return fs::path(named);
  if (const fs::path caches = environment_text("XDG_CACHE_HOME"); caches.is_absolute()) return caches / "mexbench";
  if (const std::string home = environment_text("HOME"); !home.empty()) return fs::path(home) / ".cache" / "mexbench";
  return Error(ErrorCode::kUsage, "there is no folder for the cache: neither MEXBENCH_CACHE, XDG_CACHE_HOME nor HOME is set")
      .hint("name one in MEXBENCH_CACHE");
}

core::Result<CacheUsage> cache_usage(const fs::path& folder) {
  MEXBENCH_ASSIGN(const std::vector<Entry> entries, entries_of(folder));
  CacheUsage out{.entries = entries.size(), .bytes = 0};
  for (const Entry& entry : entries) out.bytes += entry.bytes;
  return out;
}

core::Result<CacheUsage> clear_cache(const fs::path& folder) { return shrink_cache(folder, 0); }

core::Result<CacheUsage> shrink_cache(const fs::path& folder, std::uint64_t bytes) {
  sweep(folder);
  MEXBENCH_ASSIGN(std::vector<Entry> entries, entries_of(folder));
  return remove_until(std::move(entries), bytes);
}

BlobCache::Found BlobCache::get(std::string_view key, std::string& bytes) const {
  assert(is_hexadecimal(key, kKeyDigits));
  if (limit_ == 0) return Found::kNo;
  const fs::path path = entry_path(folder_, key);
  auto content = core::read_file(path);
  if (!content) return Found::kNo;
  const std::size_t header = kMagic.size() + kKeyDigits + 1;
  const std::string_view all = *content;
  std::error_code ignored;
  if (all.size() < header || all.substr(0, header) != header_of(key, all.substr(header))) {
    fs::remove(path, ignored);
    return Found::kDamaged;
  }
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  bytes = all.substr(header);
  return Found::kYes;
}

core::Status BlobCache::put(std::string_view key, std::string_view bytes) {
  assert(is_hexadecimal(key, kKeyDigits));
  const std::string header = header_of(key, bytes);
  const std::uint64_t size = header.size() + bytes.size();
  if (size > limit_) return {};
  MEXBENCH_TRY(make_room(size));
  return core::write_file_atomic(entry_path(folder_, key), header + std::string(bytes), "cache");
}

core::Status BlobCache::make_room(std::uint64_t coming) {
  const std::lock_guard<std::mutex> lock(guard_);
  if (!bytes_) {
    MEXBENCH_ASSIGN(const CacheUsage usage, cache_usage(folder_));
    bytes_ = usage.bytes;
    std::error_code none;
    if (const fs::path tag = folder_ / "CACHEDIR.TAG"; !fs::exists(tag, none)) MEXBENCH_TRY(core::write_file_atomic(tag, kTag, "cache"));
  }
  if (*bytes_ + coming > limit_) {
    // A sixteenth more than is needed, so that a full folder is not looked through for each entry.
    MEXBENCH_TRY(shrink_cache(folder_, std::min(limit_ - coming, limit_ - limit_ / 16)));
    MEXBENCH_ASSIGN(const CacheUsage usage, cache_usage(folder_));
    bytes_ = usage.bytes;
  }
  *bytes_ += coming;
  return {};
}

}  // namespace mexbench::data
