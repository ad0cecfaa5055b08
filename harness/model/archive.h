// The two containers torch.save has used: a row of pickles with the storages behind them (legacy, before PyTorch 1.6) and a zip
// archive. Both open to the same thing: a document that describes tensors, and the storages it refers to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/pickle.h"

namespace mexbench::model {

// No file needs more than this, and no buffer is made larger than kMaxExpansion times the file that asks for it (or kSmallBytes).
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 32U;
inline constexpr std::uint64_t kMaxExpansion = 16;
inline constexpr std::uint64_t kSmallBytes = std::uint64_t{1} << 24U;
// How many bytes a file of this size may have us allocate.
[[nodiscard]] constexpr std::uint64_t byte_budget(std::uint64_t file_bytes) {
  const std::uint64_t backed = file_bytes * kMaxExpansion;
  return backed < kSmallBytes ? kSmallBytes : (backed > kMaxFileBytes ? kMaxFileBytes : backed);
}

class Storages {
 public:
  Storages() = default;
  Storages(const Storages&) = delete;
  Storages& operator=(const Storages&) = delete;
  virtual ~Storages() = default;
  // Exactly storage.bytes() bytes, valid until release() of the same storage.
  [[nodiscard]] virtual core::Result<std::span<const std::byte>> read(const pickle::Storage& storage) = 0;
  virtual void release(const pickle::Storage& storage) = 0;
};

struct Archive {
  std::vector<std::byte> pickle;  // what the document's texts point into, where it is not the file itself
  pickle::Document document;
  std::unique_ptr<Storages> storages;
};

[[nodiscard]] core::Result<Archive> open_legacy(std::span<const std::byte> content);
[[nodiscard]] core::Result<Archive> open_zip(std::span<const std::byte> content);

// Entries of an archive to be, in this order.
struct ZipEntry {
  std::string name;
  std::span<const std::byte> bytes;
};
// Stored, with a fixed time stamp: equal entries give equal bytes.
[[nodiscard]] core::Result<std::string> make_zip(std::span<const ZipEntry> entries);

}  // namespace mexbench::model
