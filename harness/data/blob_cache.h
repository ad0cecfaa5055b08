// A folder of computed bytes, each under the digest of everything it was computed from. Whoever has the key gets the bytes or nothing, and
// never other ones:
//
//   <folder>/CACHEDIR.TAG       tells programs that make backups to leave the folder out (https://bford.info/cachedir)
//   <folder>/ab/<key>.blob      "mexbench-blob/1\n", SHA-256 of length, key and bytes (64 hexadecimal digits and "\n"), then the bytes
//
// An entry whose digest does not hold is removed and counts as absent. It is written under another name and renamed, so that any number of
// processes may read, write and evict at once: one that reads an entry while another removes it has it open and reads on. The time of an
// entry's last use is its modification time. When the folder outgrows its limit, the entries that were not used for longest go.
//
// Nothing here is a result: the folder may be deleted at any time, and no number depends on what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::data {

inline constexpr std::uint64_t kDefaultCacheLimit = std::uint64_t{4} << 30U;  // bytes

struct CacheUsage {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // of their files
  friend bool operator==(const CacheUsage&, const CacheUsage&) = default;
};

// MEXBENCH_CACHE, else XDG_CACHE_HOME/mexbench, else HOME/.cache/mexbench. Fails with kUsage when none of them is set,
// and when the first is `off`. What is empty counts
// as not set, and so does a relative XDG_CACHE_HOME, as the XDG specification has it.
[[nodiscard]] core::Result<std::filesystem::path> default_cache_folder();

// A folder that isn't there is an empty one. Only entries are counted and removed: other files stay. Fails with kData or kFailed.
[[nodiscard]] core::Result<CacheUsage> cache_usage(const std::filesystem::path& folder);
// Each gives what was removed. shrink_cache() keeps at most `bytes`, those that were used last; of equal times the smaller key goes first.
[[nodiscard]] core::Result<CacheUsage> clear_cache(const std::filesystem::path& folder);
[[nodiscard]] core::Result<CacheUsage> shrink_cache(const std::filesystem::path& folder, std::uint64_t bytes);

// May be used by several threads at once.
class BlobCache {
 public:
  // `limit` in bytes; 0: nothing is kept and nothing is found. It is looked at when an entry is written: the folder may hold more for as
  // long as other processes write.
  BlobCache(std::filesystem::path folder, std::uint64_t limit) : folder_(std::move(folder)), limit_(limit) {}

  enum class Found { kYes, kNo, kDamaged };  // damaged: it was there, did not hold, and is gone
  // `key`: lower-case hexadecimal SHA-256. Fills `bytes` when the entry holds.
  [[nodiscard]] Found get(std::string_view key, std::string& bytes) const;

  // Fails with kFailed when it can't be written; an entry larger than the limit is not kept.
  [[nodiscard]] core::Status put(std::string_view key, std::string_view bytes);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::uint64_t limit() const { return limit_; }

 private:
  [[nodiscard]] core::Status make_room(std::uint64_t coming);

  std::filesystem::path folder_;
  std::uint64_t limit_ = 0;
  std::mutex guard_;
  std::optional<std::uint64_t> bytes_;  // in the folder, as far as this object knows
};

}  // namespace mexbench::data
