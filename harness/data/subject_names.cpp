#include "harness/data/subject_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/core/text.h"

namespace mexbench::data {
namespace {

struct NameRule {
  std::string_view dataset;
  std::string_view prefix;  // of the folder form; in accepted spellings it may be missing or in capitals
  std::size_t digits;       // the number is padded with zeros to this width
  bool clip_has_subject;    // clip names begin with the subject and an underscore
};
constexpr std::array kRules{
    NameRule{"casme2", "sub", 2, false},
    NameRule{"smic", "s", 2, true},
    NameRule{"samm", "", 3, true},
};

const NameRule* rule_of(std::string_view dataset) {
  const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const NameRule& rule) { return rule.dataset == dataset; });
  return found == kRules.end() ? nullptr : &*found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view without_dataset(std::string_view dataset, std::string_view text) {
  if (text.size() > dataset.size() && text.substr(0, dataset.size()) == dataset && text[dataset.size()] == '/') {
    return text.substr(dataset.size() + 1);
  }
  return text;
}

// The folder form of a whole subject spelling, or nothing when the text does not follow the rule.
std::optional<std::string> folder_form(const NameRule& rule, std::string_view text) {
  const bool prefixed = text.size() > rule.prefix.size() &&
                        std::equal(rule.prefix.begin(), rule.prefix.end(), text.begin(), [](char a, char b) { return a == lower(b); });
  if (prefixed) text.remove_prefix(rule.prefix.size());
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  const std::size_t zeros = rule.digits > text.size() ? rule.digits - text.size() : 0;
  return fmt::format("{}{}{}", rule.prefix, std::string(zeros, '0'), text);
}

}  // namespace

std::string canonical_subject(std::string_view dataset, std::string_view text) {
  text = without_dataset(dataset, core::trim(text));
  if (const NameRule* rule = rule_of(dataset); rule != nullptr) {
    if (auto form = folder_form(*rule, text)) return *std::move(form);
  }
  return std::string(text);
}

std::string canonical_clip(std::string_view dataset, std::string_view text) {
  text = core::trim(text);
  if (const std::string_view rest = without_dataset(dataset, text); rest.size() != text.size()) {
    const std::size_t slash = rest.find('/');
    text = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
  }
  if (const NameRule* rule = rule_of(dataset); rule != nullptr && rule->clip_has_subject) {
    if (const std::size_t end = text.find('_'); end != std::string_view::npos) {
      if (auto form = folder_form(*rule, text.substr(0, end))) return *std::move(form) + std::string(text.substr(end));
    }
  }
  return std::string(text);
}

core::SubjectId canonical_subject_id(std::string_view dataset, std::string_view text) {
  return core::make_subject_id(core::DatasetId(std::string(dataset)), canonical_subject(dataset, text));
}

core::ClipId canonical_clip_id(std::string_view dataset, std::string_view subject, std::string_view clip) {
  return core::make_clip_id(canonical_subject_id(dataset, subject), canonical_clip(dataset, clip));
}

}  // namespace mexbench::data
