// Truth is a type of its own. Today it is one class of a label map; sets of action units are to come. Nothing outside harness/eval
// may assume one integer per clip: rooms that carry truth copy it, and eval turns it into targets, counts and text.
#pragma once

#include <cstddef>
#include <optional>
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
