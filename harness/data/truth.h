// Truth is a type of its own. Today it is one class of a label map; sets of action units are to come. Nothing outside harness/eval
// may assume one integer per clip: rooms that carry truth copy it, eval turns it into targets and counts, and its text is made here.
// A further kind is a further member of `value_`: every function that must know it stops compiling.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mexbench::data {

class Truth {
 public:
  // One class of the manifest's label map, by its place in LabelMap::classes.
  static Truth one_class(std::size_t index) { return Truth(OneClass{index}); }

  // The class when this truth is a single class; nothing for other kinds. For harness/eval.
  [[nodiscard]] std::optional<std::size_t> single_class() const {
    if (const auto* one = std::get_if<OneClass>(&value_)) return one->index;
    return std::nullopt;
  }

  // How it is written in every file: the class's name. It must fit the classes.
  [[nodiscard]] std::string text(std::span<const std::string> classes) const;
  // Nothing when the text is no truth over these classes.
  [[nodiscard]] static std::optional<Truth> parse(std::span<const std::string> classes, std::string_view text);
  // Whether it names only classes that a list of this many has.
  [[nodiscard]] bool fits(std::size_t classes) const;

  friend bool operator==(const Truth&, const Truth&) = default;

 private:
  struct OneClass {
    std::size_t index = 0;
    friend bool operator==(const OneClass&, const OneClass&) = default;
  };
  explicit Truth(OneClass value) : value_(value) {}
  std::variant<OneClass> value_;
};

}  // namespace mexbench::data
