// The card of a corpus (datasets/<folder>/card.yaml): what the release should have, which of its rows are known not to be plain, the label
// maps it is used with, licence and citation. What a card says is data; no adapter repeats it.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/labels.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::datasets {

// The text of a card, or nothing. `id` is the adapter's or the dataset's.
[[nodiscard]] std::optional<std::string_view> card(std::string_view id);

// A YAML file of a corpus's folder as JSON, scalars as text; null when there is none.
[[nodiscard]] nlohmann::json card_file(std::string_view id, std::string_view file);

// `expected` of the card under a label map: scope (`all` or a dataset id) -> clips, subjects and clips of each class, by name. Empty when
// the card says nothing of that map. The card must be there.
[[nodiscard]] std::map<std::string, std::map<std::string, std::int64_t>> expected_counts(std::string_view id, std::string_view label_map);

// `irregular` of the card: rows of the release's sheet that are known not to be plain, as key (`sub04/EP12_01f`) and rule
// (data::Irregularity). The key `*` is of every clip: such rows are known to occur, not which they are.
class ListedIrregularities {
 public:
  void add(std::string clip, std::string rule) { listed_.emplace(std::move(clip), std::move(rule)); }
  [[nodiscard]] bool contains(const std::string& clip, const std::string& rule) const {
    return listed_.contains({clip, rule}) || listed_.contains({"*", rule});
  }

 private:
  std::set<std::pair<std::string, std::string>> listed_;
};
[[nodiscard]] ListedIrregularities listed_irregularities(std::string_view id);

// `label_maps` of the card, the usual one first.
[[nodiscard]] std::vector<CorpusLabels> card_label_maps(std::string_view id);

// Compares the manifest of a found corpus with its card, the datasets of `only` (empty: all). A dataset whose counts differ is a note and
// a warning of the manifest: a part of a corpus is a corpus too, but scores on it are about that part.
void note_differences_from_card(data::Manifest& manifest, const std::vector<std::string>& only);

}  // namespace mexbench::datasets
