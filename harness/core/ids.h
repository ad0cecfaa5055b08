// Identities are text with a type: a SubjectId can't be handed where a ClipId is wanted, and none of them is ever a number
// (SAMM's subject `006` is not 6, and CASME II's `sub01` is not SMIC's `s01`).
//
//   DatasetId   casme2                       a released corpus
//   SubjectId   casme2/sub01                 one person: dataset and the release's folder form
//   ClipId      casme2/sub01/EP02_01f        one labelled sequence
//   FoldId      casme2/sub01 | casme2 | fold-03 | holdout
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace mexbench::core {

template <typename Tag>
class TextId {
 public:
  TextId() = default;
  explicit TextId(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend auto operator<=>(const TextId&, const TextId&) = default;
  friend std::ostream& operator<<(std::ostream& out, const TextId& id) { return out << id.text_; }

 private:
  std::string text_;
};

using DatasetId = TextId<struct DatasetTag>;
using SubjectId = TextId<struct SubjectTag>;
using ClipId = TextId<struct ClipTag>;
using FoldId = TextId<struct FoldTag>;

[[nodiscard]] inline SubjectId make_subject_id(const DatasetId& dataset, std::string_view raw) {
  return SubjectId(dataset.text() + "/" + std::string(raw));
}
[[nodiscard]] inline ClipId make_clip_id(const SubjectId& subject, std::string_view name) {
  return ClipId(subject.text() + "/" + std::string(name));
}
// The part behind the dataset: `sub01` of `casme2/sub01`.
[[nodiscard]] inline std::string_view raw_subject(const SubjectId& subject) {
  const std::string_view text = subject.text();
  const std::size_t slash = text.find('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}
// Folder name of a fold: `casme2/sub01` -> `casme2__sub01`.
[[nodiscard]] inline std::string folder_name(const FoldId& fold) {
  std::string out;
  for (const char c : fold.text()) {
    if (c == '/') {
      out += "__";
    } else {
      out += c;
    }
  }
  return out;
}

// The number a run's random streams derive from.
struct Seed {
  std::uint64_t value = 0;
  friend auto operator<=>(const Seed&, const Seed&) = default;
};

}  // namespace mexbench::core

template <typename Tag>
struct std::hash<mexbench::core::TextId<Tag>> {
  std::size_t operator()(const mexbench::core::TextId<Tag>& id) const noexcept { return std::hash<std::string>{}(id.text()); }
};
