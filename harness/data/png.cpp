#include "harness/data/png.h"

#include <fmt/format.h>

#include <array>

namespace mexbench::data {
namespace {

// CRC-32 with the polynomial of the PNG specification, annex D: one table entry per byte value.
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
    table[byte] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = make_crc_table();

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (const char c : bytes) value = kCrcTable[(value ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (value >> 8U);
  return value ^ 0xFFFFFFFFU;
}

std::uint32_t big_endian(std::string_view four) {
  std::uint32_t value = 0;
  for (const char c : four.substr(0, 4)) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

core::Result<PngHeader> inspect_png(std::string_view content, std::string_view name) {
  const auto fail = [&](std::string message) {
    return core::Error::in_file(core::ErrorCode::kData, std::string(name), std::move(message));
  };
  constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
  constexpr std::size_t kFrame = 12;  // length, type and checksum of a chunk
  if (content.empty()) return fail("is empty (0 bytes), a PNG image is wanted");
  if (content.substr(0, kSignature.size()) != kSignature) return fail("is not a PNG image: it does not begin with the PNG signature");

  PngHeader header;
  bool has_data = false;
  for (std::size_t at = kSignature.size();;) {
    if (content.size() - at < kFrame)
      return fail(fmt::format("is cut short: it ends after {} bytes, before the IEND chunk", content.size()));
    const std::size_t length = big_endian(content.substr(at));
    const std::string_view type = content.substr(at + 4, 4);
    for (const char c : type) {
      if (!is_letter(c)) return fail(fmt::format("is damaged: byte {} begins no PNG chunk", at));
    }
    if (content.size() - at - kFrame < length) {
      return fail(fmt::format("is cut short: chunk {} wants {} bytes, {} are left", type, length, content.size() - at - kFrame));
    }
    const std::string_view body = content.substr(at + 8, length);
    if (crc32(content.substr(at + 4, length + 4)) != big_endian(content.substr(at + 8 + length))) {
      return fail(fmt::format("is damaged: the checksum of chunk {} does not hold", type));
    }
    if (at == kSignature.size()) {
      if (type != "IHDR" || length != 13) return fail(fmt::format("begins with chunk {} of {} bytes, IHDR of 13 is wanted", type, length));
      header = {.width = big_endian(body),
                .height = big_endian(body.substr(4)),
                .bit_depth = static_cast<unsigned char>(body[8]),
                .colour_type = static_cast<unsigned char>(body[9])};
    }
    has_data = has_data || type == "IDAT";
    if (type == "IEND") break;
    at += kFrame + length;
  }
  if (!has_data) return fail("has no image data (no IDAT chunk)");
  return header;
}

std::string describe(const PngHeader& header) {
  constexpr std::array<std::string_view, 7> kColours = {"grey", "?", "RGB", "palette", "grey with alpha", "?", "RGB with alpha"};
  const auto type = static_cast<std::size_t>(header.colour_type);
  const std::string_view colour = type < kColours.size() ? kColours[type] : std::string_view("?");
  return fmt::format("{}-bit {}", header.bit_depth, colour);
}

}  // namespace mexbench::data
