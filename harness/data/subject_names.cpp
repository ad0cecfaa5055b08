#include "harness/data/subject_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const NameRule* rule_of(std::string_view dataset) {
  const auto same = [](char written, char wanted) { return lower(written) == wanted; };
  for (const NameRule& rule : kRules) {
    if (std::equal(dataset.begin(), dataset.end(), rule.dataset.begin(), rule.dataset.end(), same)) return &rule;
  }
  return nullptr;
}

std::string_view without_dataset(std::string_view dataset, std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || canonical_dataset(text.substr(0, slash)) != canonical_dataset(dataset)) return text;
  return text.substr(slash + 1);
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

std::string canonical_dataset(std::string_view text) {
  text = core::trim(text);
  const NameRule* rule = rule_of(text);
  return std::string(rule != nullptr ? rule->dataset : text);
}

std::string canonical_subject(std::string_view dataset, std::string_view text) {
  text = core::trim(without_dataset(dataset, core::trim(text)));
  if (const NameRule* rule = rule_of(dataset); rule != nullptr) {
    if (auto form = folder_form(*rule, text)) return *std::move(form);
  }
  return std::string(text);
}

std::string canonical_clip(std::string_view dataset, std::string_view text) {
  text = core::trim(text);
  if (const std::string_view rest = without_dataset(dataset, text); rest.size() != text.size()) {
    const std::size_t slash = rest.find('/');
    text = core::trim(slash == std::string_view::npos ? rest : rest.substr(slash + 1));
  }
  if (const auto subject = subject_in_clip(dataset, text)) return *subject + std::string(text.substr(text.find('_')));
  return std::string(text);
}

std::optional<std::string> subject_in_clip(std::string_view dataset, std::string_view clip) {
  const NameRule* rule = rule_of(dataset);
  const std::size_t end = clip.find('_');
  if (rule == nullptr || !rule->clip_has_subject || end == std::string_view::npos) return std::nullopt;
  return folder_form(*rule, clip.substr(0, end));
}

core::SubjectId canonical_subject_id(std::string_view dataset, std::string_view text) {
  return core::make_subject_id(core::DatasetId(canonical_dataset(dataset)), canonical_subject(dataset, text));
}

core::SubjectId canonical_subject_id(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return core::SubjectId(std::string(text));
  return canonical_subject_id(text.substr(0, slash), text.substr(slash + 1));
}

core::ClipId canonical_clip_id(std::string_view dataset, std::string_view subject, std::string_view clip) {
  return core::make_clip_id(canonical_subject_id(dataset, subject), canonical_clip(dataset, clip));
}

core::FoldId canonical_fold_id(std::string_view text) {
  if (text.find('/') == std::string_view::npos) return core::FoldId(canonical_dataset(text));
  return core::FoldId(canonical_subject_id(text).text());
}

}  // namespace mexbench::data
