#include "harness/data/image_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "harness/data/png.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

Error problem(std::string_view name, std::string message) {
  return Error::in_file(ErrorCode::kData, std::string(name), std::move(message));
}

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned big_endian_16(std::string_view bytes, std::size_t at) { return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1); }
std::uint32_t little_endian_32(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2) << 16U | byte_at(bytes, at + 3) << 24U;
}

// Markers that frame a JPEG stream; the others begin segments, whose length follows.
constexpr unsigned kStart = 0xD8;
constexpr unsigned kEnd = 0xD9;
constexpr unsigned kScan = 0xDA;
bool stands_alone(unsigned marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= kEnd); }
// Start of frame, of any process; DHT, JPG and DAC lie among them.
bool is_frame(unsigned marker) { return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC; }

// Where the next marker is behind the data of a scan: 0xFF followed by neither 0 (a stuffed byte), a fill byte nor a restart marker.
std::size_t end_of_scan(std::string_view bytes, std::size_t at) {
  for (; at + 1 < bytes.size(); ++at) {
    if (byte_at(bytes, at) != 0xFF) continue;
    const unsigned next = byte_at(bytes, at + 1);
    if (next != 0x00 && next != 0xFF && (next < 0xD0 || next > 0xD7)) return at;
  }
  return bytes.size();
}

Result<ImageHeader> inspect_jpeg(std::string_view bytes, std::string_view name) {
  const auto cut = [&] {
    return problem(name, fmt::format("is cut short: it ends after {} bytes, before the end of the JPEG image", bytes.size()));
  };
  ImageHeader header{.format = ImageFormat::kJpeg, .width = 0, .height = 0};
  bool has_scan = false;
  for (std::size_t at = 2;;) {
    while (at + 1 < bytes.size() && byte_at(bytes, at) == 0xFF && byte_at(bytes, at + 1) == 0xFF) ++at;  // fill bytes
    if (at + 2 > bytes.size()) return cut();
    if (byte_at(bytes, at) != 0xFF) return problem(name, fmt::format("is damaged: byte {} begins no JPEG marker", at));
    const unsigned marker = byte_at(bytes, at + 1);
    at += 2;
    if (marker == kEnd) break;
    if (stands_alone(marker)) continue;
    if (at + 2 > bytes.size()) return cut();
    const std::size_t length = big_endian_16(bytes, at);
    if (length < 2) return problem(name, fmt::format("is damaged: the JPEG segment at byte {} has {} bytes", at - 2, length));
    if (bytes.size() - at < length) return cut();
    if (is_frame(marker)) {
      if (length < 7) return problem(name, "is damaged: its JPEG frame header is too short");
      header.height = big_endian_16(bytes, at + 3);
      header.width = big_endian_16(bytes, at + 5);
    }
    at += length;
    if (marker == kScan) {
      has_scan = true;
      at = end_of_scan(bytes, at);
    }
  }
  if (!has_scan || header.width == 0 || header.height == 0) return problem(name, "has no image data (no JPEG frame or scan)");
  return header;
}

// How the pixels of a BMP image are stored.
enum class BmpCoding : std::uint32_t { kPlain = 0, kRuns8 = 1, kRuns4 = 2, kMasks = 3, kMasksAlpha = 6 };

// Where run-length coded pixels end, behind their end mark, or nothing when they end before it. A pair is a run, or begins with 0: end of
// line, end of the image, a move by two more bytes, or so many pixels as they are, filled up to an even number of bytes.
std::optional<std::size_t> end_of_runs(std::string_view bytes, std::size_t at, BmpCoding coding) {
  constexpr unsigned kEndOfImage = 1;
  constexpr unsigned kMove = 2;
  while (at + 2 <= bytes.size()) {
    const unsigned count = byte_at(bytes, at);
    const unsigned what = byte_at(bytes, at + 1);
    at += 2;
    if (count > 0 || what == 0) continue;
    if (what == kEndOfImage) return at;
    const unsigned pixel_bytes = coding == BmpCoding::kRuns8 ? what : (what + 1) / 2;
    at += what == kMove ? 2 : pixel_bytes + pixel_bytes % 2;
  }
  return std::nullopt;
}

// BITMAPFILEHEADER and a BITMAPINFOHEADER or a later one. Cameras write pixels as they are, drawing programs run-length coded ones too.
Result<ImageHeader> inspect_bmp(std::string_view bytes, std::string_view name) {
  constexpr std::size_t kHeaders = 54;
  if (bytes.size() < kHeaders)
    return problem(name, fmt::format("is cut short: a BMP image has headers of {} bytes, it ends after {}", kHeaders, bytes.size()));
  const std::uint32_t data = little_endian_32(bytes, 10);
  const auto width = static_cast<std::int32_t>(little_endian_32(bytes, 18));
  const auto height = static_cast<std::int64_t>(static_cast<std::int32_t>(little_endian_32(bytes, 22)));  // negative: the top row first
  const unsigned bits = byte_at(bytes, 28) | byte_at(bytes, 29) << 8U;
  const auto coding = static_cast<BmpCoding>(little_endian_32(bytes, 30));
  const std::int64_t rows = height < 0 ? -height : height;
  if (width <= 0 || rows == 0 || bits == 0 || bits > 32) return problem(name, "is damaged: its BMP header has no size");
  const std::uint64_t row_bytes = (static_cast<std::uint64_t>(width) * bits + 31) / 32 * 4;
  std::uint64_t wanted = data;
  switch (coding) {
    case BmpCoding::kPlain:
    case BmpCoding::kMasks:
    case BmpCoding::kMasksAlpha:
      wanted += row_bytes * static_cast<std::uint64_t>(rows);
      break;
    case BmpCoding::kRuns8:
    case BmpCoding::kRuns4:
      wanted += little_endian_32(bytes, 34);  // bytes of the coded pixels; may be 0
      if (bytes.size() >= wanted && !end_of_runs(bytes, data, coding))
        return problem(name, fmt::format("is cut short: it ends after {} bytes, before the end of the BMP image", bytes.size()));
      break;
    default:
      return problem(name, fmt::format("is a BMP image with compression {}, plain or run-length coded pixels are wanted",
                                       static_cast<std::uint32_t>(coding)));
  }
  if (bytes.size() < wanted)
    return problem(name, fmt::format("is cut short: its BMP header announces {} bytes, it ends after {}", wanted, bytes.size()));
  return ImageHeader{.format = ImageFormat::kBmp, .width = static_cast<std::uint32_t>(width), .height = static_cast<std::uint32_t>(rows)};
}

}  // namespace

Result<ImageHeader> inspect_image(std::string_view content, std::string_view name) {
  if (content.empty()) return problem(name, "is empty (0 bytes), an image is wanted");
  if (content.size() >= 2 && byte_at(content, 0) == 0xFF && byte_at(content, 1) == kStart) return inspect_jpeg(content, name);
  if (content.starts_with("BM")) return inspect_bmp(content, name);
  if (content.starts_with("\x89PNG")) {
    MEXBENCH_ASSIGN(const PngHeader header, inspect_png(content, name));
    return ImageHeader{.format = ImageFormat::kPng, .width = header.width, .height = header.height};
  }
  return problem(name, "is no PNG, JPEG or BMP image, by its first bytes");
}

}  // namespace mexbench::data
