#include "harness/data/annotation_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/core/names.h"
#include "harness/core/text.h"

namespace mexbench::data {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Blanks that core::plain_name does not know; an entry is taken out wherever it stands.
constexpr std::array<std::string_view, 4> kWideBlanks{
    "\xC2\xA0",           // no-break
    "\xE3\x80\x80",       // full-width
    "\xE2\x80\x8B",       // of no width
    core::kByteOrderMark  // of no width, no-break
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

bool is_month(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths{"january", "february", "march",     "april",   "may",      "june",
                                                     "july",    "august",   "september", "october", "november", "december"};
  return word.size() >= 3 && std::any_of(kMonths.begin(), kMonths.end(), [&](std::string_view month) { return month.starts_with(word); });
}

// A year, or a day or month in at most two digits.
bool is_part(std::string_view text) { return all_digits(text) && (text.size() <= 2 || text.size() == 4); }

}  // namespace

std::string without_full_width(std::string_view text) {
  std::string out;
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[at])) : 0U; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned code = 0xF000U | ((byte(i + 1) & 0x3FU) << 6U) | (byte(i + 2) & 0x3FU);
    if (byte(i) == 0xEF && code >= 0xFF01 && code <= 0xFF5E) {
      out += static_cast<char>(code - 0xFF00 + 0x20);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string column_name(std::string_view written) {
  std::string text = without_full_width(written);
  for (const std::string_view blank : kWideBlanks) text = replaced(std::move(text), blank, "");
  return core::plain_name(text);
}

std::optional<std::string> whole_number(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const std::string_view zeros = text.substr(point + 1);
  const bool whole = all_digits(text.substr(0, point)) && !zeros.empty() && zeros.find_first_not_of('0') == std::string_view::npos;
  return whole ? std::optional(std::string(text.substr(0, point))) : std::nullopt;
}

bool is_total(std::string_view text) {
  constexpr std::array<std::string_view, 16> kWords{"total", "totals", "subtotal", "sum", "sums",  "mean", "means", "average",
                                                    "avg",   "median", "count",    "std", "stdev", "min",  "max",   "overall"};
  constexpr std::array<std::string_view, 4> kBegin{"\xE5\x90\x88\xE8\xAE\xA1", "\xE6\x80\xBB\xE8\xAE\xA1", "\xE5\xB9\xB3\xE5\x9D\x87",
                                                   "\xCE\xA3"};  // 合计, 总计, 平均, Σ
  const std::string lower = core::lower(text);
  const std::size_t end = std::min(lower.size(), lower.find_first_of(" \t:=,.(_-"));
  const std::string_view word = std::string_view(lower).substr(0, end);
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end() ||
         std::any_of(kBegin.begin(), kBegin.end(), [&](std::string_view begin) { return text.starts_with(begin); });
}

bool is_date(std::string_view text) {
  std::string plain = core::lower(text);
  for (const std::string_view sign : {"\xE5\xB9\xB4", "\xE6\x9C\x88"}) plain = replaced(std::move(plain), sign, "/");  // year, month
  const bool day_sign = plain.ends_with("\xE6\x97\xA5");
  if (day_sign) plain.resize(plain.size() - 3);
  if (const std::size_t time = plain.find(' '); time != std::string::npos) {
    if (plain.find_first_not_of("0123456789:. ", time) != std::string::npos) return false;
    plain.resize(time);  // 2014-05-08 00:00:00
  }
  const char separator = plain.find('-') != std::string::npos ? '-' : '/';
  const std::vector<std::string> parts = core::split(plain, separator);
  if (parts.size() != 2 && parts.size() != 3) return false;
  const auto months = std::count_if(parts.begin(), parts.end(), [](const std::string& part) { return is_month(part); });
  const auto numbers = std::count_if(parts.begin(), parts.end(), [](const std::string& part) { return is_part(part); });
  if (static_cast<std::size_t>(months + numbers) != parts.size() || months > 1) return false;
  if (months == 1 || day_sign) return true;
  // Numbers alone are a date when one of three is a year: 1-2 is what a name may be.
  return parts.size() == 3 && (parts.front().size() == 4 || parts.back().size() == 4);
}

}  // namespace mexbench::data
