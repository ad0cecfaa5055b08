#include "harness/data/frame_cell.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/annotation_text.h"

namespace mexbench::data {
namespace {

// A year at 200 fps has 6.3e9 frames; SMIC's camera counters have eight digits.
constexpr double kLast = 1e12;

// What stands for "none" in the sheets of the corpora.
constexpr std::array<std::string_view, 15> kMarks{"/",    "\\",   "-", "--", "?",      "n/a",    "na",    "nan",
                                                  "null", "none", "x", ".",  "\u2013", "\u2014", "\u2212"};  // dashes, minus

bool is_mark(std::string_view text) { return std::find(kMarks.begin(), kMarks.end(), core::lower(text)) != kMarks.end(); }

// Digits with one point and a sign: no exponent, no inf.
std::optional<double> plain_number(std::string_view text) {
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  return core::parse_double(text);
}

// The number without its commas, when they part groups of three digits.
std::optional<std::string> without_groups(std::string_view text) {
  const std::vector<std::string> groups = core::split(text, ',');
  const auto digits = [](std::string_view group) { return group.find_first_not_of("0123456789") == std::string_view::npos; };
  if (groups.size() < 2 || groups.front().empty() || groups.front().size() > 3 || !digits(groups.front())) return std::nullopt;
  if (!std::all_of(groups.begin() + 1, groups.end(), [&](const std::string& group) { return group.size() == 3 && digits(group); }))
    return std::nullopt;
  return core::join(groups, "");
}

}  // namespace

FrameCell read_frame(const SheetCell& cell, std::int64_t first) {
  std::string text = without_full_width(cell.text());
  if (text.empty() || is_mark(text)) return {};
  const std::optional<std::string> ungrouped = without_groups(text);
  if (ungrouped) text = *ungrouped;
  const std::optional<double> number = cell.is_number() ? std::get<double>(cell.value) : plain_number(text);
  if (!number || !std::isfinite(*number) || std::abs(*number) > kLast)
    return {.reading = FrameReading::kUnreadable, .frame = {}, .grouped = false};
  const auto nearest = static_cast<std::int64_t>(std::llround(*number));
  if (nearest < first) return {};
  // 566.4 may be stored as 566.4000000000001, and 46 as 46.00000000000001.
  const bool whole = std::abs(*number - static_cast<double>(nearest)) < 1e-6;
  return {.reading = whole ? FrameReading::kFrame : FrameReading::kFraction, .frame = nearest, .grouped = ungrouped.has_value()};
}

}  // namespace mexbench::data
