// The zip archive an .xlsx workbook is: its parts by name, and parts that point at others. For this room only.
#pragma once

#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

inline constexpr std::uint64_t kMaxPartBytes = std::uint64_t{256} << 20U;
// All parts together may unpack to this many times the file, or to the floor.
inline constexpr std::uint64_t kMaxUnpackRatio = 200;
inline constexpr std::uint64_t kUnpackFloor = std::uint64_t{32} << 20U;
inline constexpr std::uint64_t kMaxUnpacked = 2 * kMaxPartBytes;
// Tags and attributes of one part: each becomes an object. A million cells with a style and a shared string have nine million.
inline constexpr std::size_t kMaxXmlMarks = 12'000'000;

// Names of elements and attributes without their namespace prefix, which any program chooses for itself.
[[nodiscard]] std::string_view local_name(std::string_view name);
[[nodiscard]] pugi::xml_node child(const pugi::xml_node& node, std::string_view local);
[[nodiscard]] std::string_view attribute(const pugi::xml_node& node, std::string_view local);
// The texts directly below the node, and nothing of its elements.
[[nodiscard]] std::string own_text(const pugi::xml_node& node);

class XlsxPackage {
 public:
  struct Relationship {
    std::string id;
    std::string kind;  // the last part of its type, the same in both variants of the format: `worksheet`
    std::string part;  // the target's full name
  };

  // `content` must outlive this object. Entries are listed, nothing is unpacked.
  [[nodiscard]] static core::Result<XlsxPackage> open(std::string_view content, const std::string& file);

  [[nodiscard]] bool has(std::string_view part) const;
  // The part, unpacked and parsed; its root element is `root`.
  [[nodiscard]] core::Result<std::unique_ptr<pugi::xml_document>> xml(const std::string& part, std::string_view root);
  // What the part points at; empty name: the package itself. None when it has no list.
  [[nodiscard]] core::Result<std::vector<Relationship>> relationships(const std::string& part);
  // The first bytes of a part, for telling what an archive is; empty when it is not there or can't be read.
  [[nodiscard]] std::string peek(std::string_view part, std::size_t bytes) const;

  [[nodiscard]] core::Error damaged(std::string_view what) const;  // kData: `file: error: is damaged: <what>`

 private:
  struct Entry {
    zip_uint64_t index = 0;
    std::uint64_t size = 0;
  };
  struct Closer {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };

  [[nodiscard]] core::Status list_entries();
  [[nodiscard]] core::Status add_entry(zip_uint64_t index);
  [[nodiscard]] core::Result<std::string> unpack(const std::string& part);
  [[nodiscard]] const Entry* find(std::string_view part) const;

  std::string file_;
  std::unique_ptr<zip_t, Closer> archive_;
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t budget_ = 0;
};

}  // namespace mexbench::data
