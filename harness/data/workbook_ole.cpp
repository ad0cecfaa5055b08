#include "harness/data/workbook_ole.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kNamedInHeader = 109;
constexpr std::size_t kEntryBytes = 128;
constexpr std::size_t kSmallSectorBytes = 64;
constexpr std::uint64_t kSmallStreamBelow = 4096;
constexpr std::uint32_t kLastSector = 0xFFFFFFFA;  // larger numbers are marks: free, end of a chain, table
constexpr std::uint32_t kEndOfChain = 0xFFFFFFFE;

Error damaged(const std::string& file, std::string_view what) {
  return Error::in_file(ErrorCode::kData, file, fmt::format("is damaged: {}", what))
      .hint("save it anew as .xlsx or .csv, or copy it again");
}

std::vector<std::uint32_t> numbers(std::string_view bytes) {
  std::vector<std::uint32_t> out;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) out.push_back(little_endian<std::uint32_t>(bytes, at));
  return out;
}

OleContainer::Entry entry_of(std::string_view bytes) {
  OleContainer::Entry entry;
  const std::size_t name_bytes = std::min<std::size_t>(little_endian<std::uint16_t>(bytes, 64), 64);
  for (std::size_t at = 0; at + 2 < name_bytes; at += 2) {  // its last character is NUL
    const auto unit = little_endian<std::uint16_t>(bytes, at);
    entry.name += unit < 0x80 ? static_cast<char>(unit) : '?';
  }
  entry.stream = bytes[66] == 2;
  entry.start = little_endian<std::uint32_t>(bytes, 116);
  entry.size = little_endian<std::uint32_t>(bytes, 120);  // the upper half is meaningless in version 3, and no workbook has 4 GiB
  return entry;
}

}  // namespace

Result<OleContainer> OleContainer::open(std::string_view content, const std::string& file) {
  OleContainer out;
  out.content_ = content;
  out.file_ = file;
  const auto shift = little_endian<std::uint16_t>(content, 30);
  if (content.size() < kHeaderBytes || !content.starts_with(kOleSignature) || (shift != 9 && shift != 12)) {
    return damaged(file, "its OLE header is not whole");
  }
  out.sector_bytes_ = std::size_t{1} << shift;
  MEXBENCH_TRY(out.read_tables());
  MEXBENCH_TRY(out.read_directory());
  return out;
}

// The header names the first sectors of the table of sectors, a list of sectors the rest.
Status OleContainer::read_tables() {
  std::vector<std::uint32_t> table = numbers(content_.substr(76, kNamedInHeader * 4));
  const std::size_t sectors = content_.size() / sector_bytes_;
  auto more = little_endian<std::uint32_t>(content_, 68);
  for (std::size_t listed = 0; more < kLastSector && little_endian<std::uint32_t>(content_, 72) > listed; ++listed) {
    if (listed > sectors) return damaged(file_, "its list of sectors runs in circles");
    MEXBENCH_ASSIGN(const std::string_view bytes, sector(more));
    const std::vector<std::uint32_t> named = numbers(bytes);
    table.insert(table.end(), named.begin(), named.end() - 1);
    more = named.back();
  }
  for (const std::uint32_t number : table) {
    if (number >= kLastSector) continue;
    if (next_.size() > sectors) break;  // covers every sector already
    MEXBENCH_ASSIGN(const std::string_view bytes, sector(number));
    const std::vector<std::uint32_t> part = numbers(bytes);
    next_.insert(next_.end(), part.begin(), part.end());
  }
  return {};
}

Status OleContainer::read_directory() {
  MEXBENCH_ASSIGN(const std::string directory, chain(little_endian<std::uint32_t>(content_, 48)));
  for (std::size_t at = 0; at + kEntryBytes <= directory.size(); at += kEntryBytes) {
    entries_.push_back(entry_of(std::string_view(directory).substr(at, kEntryBytes)));
  }
  // The first entry, the root, owns the sectors that small streams share.
  if (little_endian<std::uint32_t>(content_, 64) == 0 || entries_.empty()) return {};
  MEXBENCH_ASSIGN(const std::string table, chain(little_endian<std::uint32_t>(content_, 60)));
  small_next_ = numbers(table);
  if (entries_.front().start < kLastSector) {
    MEXBENCH_ASSIGN(small_sectors_, chain(entries_.front().start));
  }
  return {};
}

const OleContainer::Entry* OleContainer::find(std::string_view name, std::string_view other_name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.stream && (entry.name == name || (!other_name.empty() && entry.name == other_name));
  });
  return found == entries_.end() ? nullptr : &*found;
}

Result<std::string> OleContainer::read(const Entry& stream) const {
  const bool small = stream.size < kSmallStreamBelow;
  MEXBENCH_ASSIGN(std::string bytes, small ? small_chain(stream.start) : chain(stream.start));
  if (bytes.size() < stream.size) {
    return damaged(file_, fmt::format("stream '{}' has {} bytes, {} are announced", stream.name, bytes.size(), stream.size));
  }
  bytes.resize(stream.size);
  return bytes;
}

Result<std::string> OleContainer::chain(std::uint32_t start) const {
  std::string out;
  std::size_t length = 0;
  for (std::uint32_t at = start; at != kEndOfChain; at = next_[at]) {
    if (at >= next_.size()) return damaged(file_, "a chain of sectors leaves the file");
    if (++length > next_.size()) return damaged(file_, "a chain of sectors runs in circles");
    MEXBENCH_ASSIGN(const std::string_view bytes, sector(at));
    out += bytes;
  }
  return out;
}

Result<std::string> OleContainer::small_chain(std::uint32_t start) const {
  std::string out;
  for (std::uint32_t at = start; at != kEndOfChain; at = small_next_[at]) {
    const std::size_t offset = std::size_t{at} * kSmallSectorBytes;
    if (at >= small_next_.size() || offset >= small_sectors_.size()) return damaged(file_, "a chain of small sectors leaves the file");
    if (out.size() >= kSmallStreamBelow) break;  // longer than any small stream
    out += std::string_view(small_sectors_).substr(offset, kSmallSectorBytes);
  }
  return out;
}

Result<std::string_view> OleContainer::sector(std::uint32_t number) const {
  const std::size_t begin = (std::size_t{number} + 1) * sector_bytes_;  // the header takes the place of one
  if (begin + sector_bytes_ > content_.size()) {
    return damaged(file_, fmt::format("it is cut short: sector {} begins at byte {}, it has {} bytes", number, begin, content_.size()));
  }
  return content_.substr(begin, sector_bytes_);
}

}  // namespace mexbench::data
