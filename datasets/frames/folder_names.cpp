#include "datasets/frames/folder_names.h"

#include <algorithm>

namespace mexbench::datasets::frames {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool is_numbered(std::string_view text, std::string_view prefix, std::size_t least, std::size_t most) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return text.size() >= least && text.size() <= most && is_number(text);
}

std::string number_in(std::string_view text) {
  const auto* const from = std::find_if(text.begin(), text.end(), is_digit);
  const auto* const to = std::find_if_not(from, text.end(), is_digit);
  std::string digits(from, to);
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.empty() ? 0 : digits.size() - 1);
  return digits.substr(first);
}

std::string_view last_part(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace mexbench::datasets::frames
