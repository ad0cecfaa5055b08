// An OLE container ([MS-CFB]): a small file system in one file, which .xls workbooks and encrypted .xlsx ones are in. For this room only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

inline constexpr std::string_view kOleSignature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

// A number of an old Microsoft file; bytes behind the end count as 0.
template <typename T>
[[nodiscard]] T little_endian(std::string_view bytes, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;)
    value = value << 8U | (offset + i < bytes.size() ? static_cast<unsigned char>(bytes[offset + i]) : 0U);
  return static_cast<T>(value);
}

class OleContainer {
 public:
  struct Entry {
    std::string name;  // ASCII; '?' for what is not
    bool stream = false;
    std::uint32_t start = 0;  // sector
    std::uint64_t size = 0;
  };

  // `content` must outlive this object. Fails with kData when a chain of sectors leaves the file or runs in circles.
  [[nodiscard]] static core::Result<OleContainer> open(std::string_view content, const std::string& file);

  // The first stream of one of the names as they stand in the file, or nullptr.
  [[nodiscard]] const Entry* find(std::string_view name, std::string_view other_name = {}) const;
  [[nodiscard]] core::Result<std::string> read(const Entry& stream) const;

 private:
  [[nodiscard]] core::Status read_tables();
  [[nodiscard]] core::Status read_directory();
  [[nodiscard]] core::Result<std::string> chain(std::uint32_t start) const;
  [[nodiscard]] core::Result<std::string> small_chain(std::uint32_t start) const;
  [[nodiscard]] core::Result<std::string_view> sector(std::uint32_t number) const;

  std::string_view content_;
  std::string file_;
  std::size_t sector_bytes_ = 0;
  std::vector<std::uint32_t> next_;        // of each sector
  std::vector<std::uint32_t> small_next_;  // of each small sector, many of which share the sectors of one stream
  std::string small_sectors_;
  std::vector<Entry> entries_;
};

}  // namespace mexbench::data
