#include "reports/text.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <set>

namespace mexbench::reports {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("._=+-").find(c) != std::string_view::npos;
}

// The bytes of the UTF-8 character at `at`, and its code point. A byte that begins none is one of its own.
struct Character {
  std::size_t bytes = 1;
  char32_t code = 0;
};
Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t bytes = first < 0xC0U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
  if (bytes == 1 || at + bytes > text.size()) return {.bytes = 1, .code = first};
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (byte(at + i) & 0x3FU);
  return {.bytes = bytes, .code = code};
}

// Embeddings, overrides and isolates of text direction: one that is not closed turns around what stands behind the name.
bool turns_text(char32_t code) { return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069); }

// The text with U+FFFD for every character that turns its surroundings.
std::string straight(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (turns_text(character.code)) {
      out += kReplacement;
    } else {
      out += text.substr(at, character.bytes);
    }
    at += character.bytes;
  }
  return out;
}

// Characters beyond ASCII that pdfLaTeX prints in its default encoding.
bool prints_in_latex(char32_t code) {
  constexpr std::u32string_view kOthers =
      U"\u0106\u0107\u010C\u010D\u011E\u011F\u0131\u0141\u0142\u0143\u0144\u0152\u0153\u0158\u0159\u015A\u015B\u015E\u015F\u0160\u0161"
      U"\u017B\u017C\u017D\u017E\u2013\u2014\u2018\u2019\u201C\u201D\u2026";
  constexpr std::u32string_view kNeedsAnotherEncoding = U"\u00AB\u00BB\u00D0\u00DE\u00F0\u00FE";
  return (code >= 0xA0 && code <= 0xFF && kNeedsAnotherEncoding.find(code) == std::u32string_view::npos) ||
         kOthers.find(code) != std::u32string_view::npos;
}

std::string escape_markup(std::string_view given) {
  const std::string text = straight(given);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\n':
      case '\r':
      case '\t':
        out += ' ';
        break;
      default:
        if (is_control(c)) {
          out += kReplacement;
        } else {
          out += c;
        }
    }
  }
  return out;
}

}  // namespace

std::string escape_html(std::string_view text) { return escape_markup(text); }
std::string escape_svg(std::string_view text) { return escape_markup(text); }

std::string escape_markdown(std::string_view text) {
  const std::string straightened = straight(text);
  text = straightened;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view before = text.substr(0, i);
    if (is_control(c)) {
      out += ' ';
      continue;
    }
    const bool markup = std::string_view("\\`*_[]<>|&#~$").find(c) != std::string_view::npos;
    const bool address = (c == ':' && text.substr(i + 1, 2) == "//") || (c == '.' && before.ends_with("www")) || c == '@';
    // What would open a list or a rule at the start of a line.
    const bool opens = (before.empty() && std::string_view("+-=").find(c) != std::string_view::npos) ||
                       ((c == '.' || c == ')') && !before.empty() && before.find_first_not_of("0123456789") == std::string_view::npos &&
                        text.substr(i + 1, 1) == " ");
    if (markup || address || opens) out += '\\';
    out += c;
  }
  return out;
}

std::string escape_latex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '\\':
        out += "\\textbackslash{}";
        break;
      case '{':
        out += "\\{";
        break;
      case '}':
        out += "\\}";
        break;
      case '$':
        out += "\\$";
        break;
      case '&':
        out += "\\&";
        break;
      case '#':
        out += "\\#";
        break;
      case '_':
        out += "\\_";
        break;
      case '%':
        out += "\\%";
        break;
      case '~':
        out += "\\textasciitilde{}";
        break;
      case '^':
        out += "\\textasciicircum{}";
        break;
      case '<':
        out += "\\textless{}";
        break;
      case '>':
        out += "\\textgreater{}";
        break;
      case '|':
        out += "\\textbar{}";
        break;
      case '"':
        out += "\\char34{}";
        break;
      // Behind the \\ of the row before, a bracket or a star would be its argument.
      case '[':
        out += "{[}";
        break;
      case '*':
        out += "{*}";
        break;
      // Keeps TeX from joining them into dashes and quotes.
      case '-':
        out += i > 0 && text[i - 1] == '-' ? "{}-" : "-";
        break;
      case '\'':
        out += i > 0 && text[i - 1] == '\'' ? "{}'" : "'";
        break;
      case '`':
        out += "\\char96{}";
        break;
      default: {
        const Character character = character_at(text, i);
        if (character.code < 0x80) {
          out += is_control(c) ? ' ' : c;
        } else if (prints_in_latex(character.code)) {
          out += text.substr(i, character.bytes);
        } else {
          out += fmt::format("U+{:04X}", static_cast<std::uint32_t>(character.code));
        }
        i += character.bytes - 1;
      }
    }
  }
  return out;
}

std::string file_name_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::optional<std::string> doi_identifier(std::string_view doi) {
  for (const std::string_view prefix : {"https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"}) {
    if (doi.starts_with(prefix)) doi.remove_prefix(prefix.size());
  }
  const std::size_t slash = doi.find('/');
  if (!doi.starts_with("10.") || slash == std::string_view::npos || slash < 7 || slash + 1 == doi.size()) return std::nullopt;
  for (const char c : doi.substr(3, slash - 3)) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '.') return std::nullopt;
  }
  for (const char c : doi) {
    if (is_control(c) || c == ' ') return std::nullopt;
  }
  return std::string(doi);
}

std::string doi_path(std::string_view identifier) {
  std::string out;
  for (const char c : identifier) {
    if ((is_plain(c) && c != '+') || c == '/' || c == '(' || c == ')' || c == ':' || c == ';') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::size_t length_of(std::string_view text) {
  std::size_t characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return characters;
}

std::string shorten(std::string_view text, std::size_t most) {
  const std::size_t length = length_of(text);
  if (length <= most) return std::string(text);
  // Where the character with this number begins.
  const auto place = [&](std::size_t number) {
    std::size_t at = 0;
    for (std::size_t characters = 0; at < text.size(); ++at) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && characters++ == number) break;
    }
    return at;
  };
  const std::size_t behind = (most - 1) / 2;
  const std::size_t before = most - 1 - behind;
  return std::string(text.substr(0, place(before))) + "\xE2\x80\xA6" + std::string(text.substr(place(length - behind)));
}

std::vector<std::string> shorten_apart(std::span<const std::string> names, std::size_t most) {
  const std::set<std::string_view> different(names.begin(), names.end());
  while (true) {
    std::vector<std::string> out;
    out.reserve(names.size());
    for (const std::string& name : names) out.push_back(shorten(name, most));
    if (std::set<std::string_view>(out.begin(), out.end()).size() == different.size()) return out;
    ++most;
  }
}

std::string four_decimals(double value) {
  std::string text = fmt::format("{:.4f}", value);
  return text == "-0.0000" ? "0.0000" : text;
}

std::string signed_four_decimals(double value) {
  std::string text = four_decimals(std::fabs(value));
  if (text == "0.0000") return text;
  return (value < 0 ? "\xE2\x88\x92" : "+") + text;
}

std::string bounds(double low, double high) {
  const auto three = [](double value) {
    const std::string text = fmt::format("{:.3f}", std::fabs(value));
    return value < 0 && text != "0.000" ? "\xE2\x88\x92" + text : text;
  };
  return fmt::format("[{}, {}]", three(low), three(high));
}

std::string p_value(double p) {
  if (p < 0.0001) return "< 0.0001";
  return p < 0.1 ? fmt::format("{:.4f}", p) : fmt::format("{:.3f}", p);
}

std::string percent(double share) { return fmt::format("{:.1f}", 100.0 * share); }

std::string counted(std::int64_t count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

std::string thousands(std::int64_t count) {
  const std::string digits = fmt::format("{}", count);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    out += digits[i];
    const std::size_t left = digits.size() - 1 - i;
    if (left > 0 && left % 3 == 0 && digits[i] != '-') out += ',';
  }
  return out;
}

std::string listed(std::span<const std::string> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

std::string duration(double seconds) {
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min {:02} s", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string moment(std::string_view iso) {
  if (iso.size() == 20 && iso[10] == 'T' && iso[19] == 'Z') return fmt::format("{} {} UTC", iso.substr(0, 10), iso.substr(11, 8));
  return std::string(iso);
}

std::string apex_words(const std::string& sources) {
  if (sources.empty()) return sources;
  return sources == "none" ? "no apex" : "apex " + sources;
}

}  // namespace mexbench::reports
