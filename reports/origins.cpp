#include "reports/origins.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <numeric>
#include <set>

namespace mexbench::reports {
namespace {

constexpr std::string_view kSeveral = "runs-";

Runs sorted(const std::set<std::size_t>& places) { return {places.begin(), places.end()}; }

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// What may not stand beside a name: it would be part of a longer word. Bytes beyond ASCII are letters here.
bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80 || c == '-' || c == '_' || c == '/';
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  return (at == 0 || !in_word(text[at - 1])) && (at + size == text.size() || !in_word(text[at + size]));
}

// The number from which `text` on starts with digits, removed from it; nothing when it does not, or the number is 0.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// The number in a word without blanks, or an empty place. Brackets and signs before it belong to it, a closing bracket behind it too.
NumberPlace number_in_word(std::string_view word) {
  constexpr std::array<std::string_view, 4> kBefore{"[", "(", "+", "\xE2\x88\x92"};
  NumberPlace place{.begin = 0, .end = word.size()};
  std::size_t digits = 0;
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view mark : kBefore) {
      if (!word.substr(digits).starts_with(mark)) continue;
      digits += mark.size();
      if (mark == "(") place.begin = digits;
      more = true;
    }
  }
  while (place.end > digits && std::string_view(".,;:)").find(word[place.end - 1]) != std::string_view::npos) --place.end;
  std::size_t last = place.end;
  if (last > digits && word[last - 1] == ']') --last;
  const std::string_view number = word.substr(digits, last - digits);
  if (number.empty() || !is_digit(number.front())) return {};
  return std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || c == '.' || c == ','; }) ? place : NumberPlace{};
}

}  // namespace

Runs all_runs(const ReportView& view) {
  Runs runs(view.runs.size());
  std::iota(runs.begin(), runs.end(), std::size_t{0});
  return runs;
}

Runs runs_of_models(const ReportView& view, std::span<const std::size_t> models) {
  std::set<std::size_t> places;
  for (const std::size_t model : models) places.insert(view.models[model].runs.begin(), view.models[model].runs.end());
  return sorted(places);
}

Runs runs_of_pair(const ReportView& view, std::size_t first, std::size_t second) { return runs_of_models(view, std::array{first, second}); }

Runs runs_in(const ReportView& view, const ScopeGroup& group) {
  Runs runs;
  for (std::size_t place = 0; place < view.runs.size(); ++place) {
    if (group.has(view.runs[place].datasets)) runs.push_back(place);
  }
  return runs;
}

Runs runs_told(const ReportView& view, std::string_view sentence) {
  std::vector<std::size_t> longest_first(view.models.size());
  std::iota(longest_first.begin(), longest_first.end(), std::size_t{0});
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [&](std::size_t a, std::size_t b) { return view.models[a].name.size() > view.models[b].name.size(); });
  std::string left(sentence);
  std::vector<std::size_t> told;
  for (const std::size_t model : longest_first) {
    const std::string& name = view.models[model].name;
    if (name.empty()) continue;
    for (std::size_t at = 0; (at = left.find(name, at)) != std::string::npos; at += name.size()) {
      if (!stands_alone(left, at, name.size())) continue;
      left.replace(at, name.size(), name.size(), '\0');
      told.push_back(model);
    }
  }
  return told.empty() ? all_runs(view) : runs_of_models(view, told);
}

std::string anchor_of(const Runs& runs) {
  if (runs.size() == 1) return fmt::format("run-{}", runs.front() + 1);
  std::string out(kSeveral);
  for (std::size_t i = 0; i < runs.size();) {
    std::size_t last = i;
    while (last + 1 < runs.size() && runs[last + 1] == runs[last] + 1) ++last;
    out += fmt::format("{}{}", i == 0 ? "" : "-", runs[i] + 1);
    if (last > i) out += fmt::format(".{}", runs[last] + 1);
    i = last + 1;
  }
  return out;
}

std::optional<Runs> runs_at(std::string_view anchor) {
  if (!anchor.starts_with(kSeveral)) return std::nullopt;
  anchor.remove_prefix(kSeveral.size());
  Runs runs;
  while (true) {
    const auto first = take_number(anchor);
    if (!first) return std::nullopt;
    std::optional<std::size_t> last = first;
    if (anchor.starts_with('.')) {
      anchor.remove_prefix(1);
      last = take_number(anchor);
    }
    if (!last || *last < *first) return std::nullopt;
    for (std::size_t run = *first; run <= *last; ++run) runs.push_back(run - 1);
    if (anchor.empty()) return runs;
    if (!anchor.starts_with('-')) return std::nullopt;
    anchor.remove_prefix(1);
  }
}

std::vector<NumberPlace> numbers_in(std::string_view sentence) {
  std::vector<NumberPlace> out;
  bool joins = false;  // the word before was a number with nothing but a comma behind it
  for (std::size_t begin = 0; begin < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', begin), sentence.size());
    NumberPlace place = number_in_word(sentence.substr(begin, end - begin));
    const bool found = place.end > place.begin;
    if (found) {
      place = {.begin = place.begin + begin, .end = place.end + begin};
      const bool opens = sentence[place.begin] == '[';
      if (joins && place.begin == begin && (opens || sentence[place.end - 1] == ']')) {
        out.back().end = place.end;
      } else {
        out.push_back(place);
      }
    }
    joins = found && (place.end == end || sentence.substr(place.end, end - place.end) == ",");
    begin = end + 1;
  }
  return out;
}

}  // namespace mexbench::reports
