#include "harness/preprocess/flow_file.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>

namespace mexbench::preprocess {
namespace {

using core::Error;
using core::ErrorCode;

constexpr float kMagic = 202021.25F;  // reads "PIEH" as text
constexpr std::uint32_t kMostSide = 16384;
constexpr std::size_t kHeader = 12;

void append(std::string& out, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((word >> shift) & 0xFFU);
}

std::uint32_t word_at(std::string_view content, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word |= static_cast<std::uint32_t>(static_cast<unsigned char>(content[offset + i])) << (8 * i);
  return word;
}

}  // namespace

std::string flo_bytes(const FlowField& field) {
  std::string out;
  out.reserve(kHeader + 8 * field.u.size());
  append(out, std::bit_cast<std::uint32_t>(kMagic));
  append(out, static_cast<std::uint32_t>(field.width));
  append(out, static_cast<std::uint32_t>(field.height));
  for (std::size_t i = 0; i < field.u.size(); ++i) {
    append(out, std::bit_cast<std::uint32_t>(field.u[i]));
    append(out, std::bit_cast<std::uint32_t>(field.v[i]));
  }
  return out;
}

core::Result<FlowField> parse_flo(std::string_view content, std::string_view name) {
  const auto wrong = [&](std::string message) { return Error::in_file(ErrorCode::kData, std::string(name), std::move(message)); };
  if (content.size() < kHeader || std::bit_cast<float>(word_at(content, 0)) != kMagic) return wrong("is no .flo file");
  const std::uint32_t width = word_at(content, 4);
  const std::uint32_t height = word_at(content, 8);
  if (width < 1 || height < 1 || width > kMostSide || height > kMostSide)
    return wrong(fmt::format("is {} x {} pixels, 1 to {} are wanted", width, height, kMostSide));
  const std::size_t pixels = static_cast<std::size_t>(width) * height;
  if (content.size() != kHeader + 8 * pixels)
    return wrong(fmt::format("has {} bytes, {} x {} pixels take {}", content.size(), width, height, kHeader + 8 * pixels));
  FlowField field{.width = static_cast<int>(width), .height = static_cast<int>(height), .u = {}, .v = {}};
  field.u.reserve(pixels);
  field.v.reserve(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    field.u.push_back(std::bit_cast<float>(word_at(content, kHeader + 8 * i)));
    field.v.push_back(std::bit_cast<float>(word_at(content, kHeader + 8 * i + 4)));
  }
  return field;
}

}  // namespace mexbench::preprocess
