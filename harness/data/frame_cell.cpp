#include "harness/data/frame_cell.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "harness/core/names.h"
#include "harness/core/text.h"

namespace mexbench::data {
namespace {

// A year at 200 fps has 6.3e9 frames; SMIC's camera counters have eight digits.
constexpr double kLast = 1e12;

// What stands for "none" in the sheets of the corpora.
constexpr std::array<std::string_view, 12> kMarks{"/", "\\", "-", "--", "?", "n/a", "na", "nan", "null", "none", "x", "."};

bool is_mark(std::string_view text) { return std::find(kMarks.begin(), kMarks.end(), core::lower(text)) != kMarks.end(); }

// Digits with one point and a sign: no exponent, no inf.
std::optional<double> plain_number(std::string_view text) {
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  return core::parse_double(text);
}

}  // namespace

FrameCell read_frame(const SheetCell& cell, std::int64_t first) {
  const std::string text = cell.text();
  if (text.empty() || is_mark(text)) return {};
  const std::optional<double> number = cell.is_number() ? std::get<double>(cell.value) : plain_number(text);
  if (!number || !std::isfinite(*number) || std::abs(*number) > kLast) return {.reading = FrameReading::kUnreadable, .frame = {}};
  const auto nearest = static_cast<std::int64_t>(std::llround(*number));
  if (nearest < first) return {};
  // 566.4 may be stored as 566.4000000000001, and 46 as 46.00000000000001.
  const bool whole = std::abs(*number - static_cast<double>(nearest)) < 1e-6;
  return {.reading = whole ? FrameReading::kFrame : FrameReading::kFraction, .frame = nearest};
}

}  // namespace mexbench::data
