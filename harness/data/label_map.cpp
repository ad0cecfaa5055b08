#include "harness/data/label_map.h"

namespace mexbench::data {

std::optional<std::size_t> LabelMap::class_index(std::string_view class_name) const {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] == class_name) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> LabelMap::index_of_native(std::string_view native) const {
  for (const auto& [from, to] : rules) {
    if (from == native) return class_index(to);
  }
  return std::nullopt;
}

LabelMap megc2019_label_map() {
  return {.id = "megc2019",
          .version = 1,
          .classes = {"negative", "positive", "surprise"},
          .rules = {{"0", "negative"}, {"1", "positive"}, {"2", "surprise"}}};
}

}  // namespace mexbench::data
