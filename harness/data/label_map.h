// A label map is the versioned rule that turns a corpus's native labels into the classes of a run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mexbench::data {

struct LabelMap {
  std::string id;                                          // "megc2019"
  int version = 1;                                         // raised when the rule changes; part of the science hash
  std::vector<std::string> classes;                        // in score-column order: negative, positive, surprise
  std::vector<std::pair<std::string, std::string>> rules;  // native label -> class name, sorted by native label

  [[nodiscard]] std::optional<std::size_t> class_index(std::string_view class_name) const;
  [[nodiscard]] std::optional<std::size_t> index_of_native(std::string_view native) const;
  friend bool operator==(const LabelMap&, const LabelMap&) = default;
};

// MEGC 2019 (See et al., FG 2019): 0 negative, 1 positive, 2 surprise.
[[nodiscard]] LabelMap megc2019_label_map();

}  // namespace mexbench::data
