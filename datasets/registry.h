// The corpora mexbench can read: one explicit list. An entry tells everything a configuration checker needs (options with type, default
// and range; label maps) and makes the adapter. Adding a corpus is one folder beside this file and one line in registry.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/adapter.h"
#include "harness/data/option.h"

namespace mexbench::datasets {

using data::OptionDef;
using data::OptionType;

struct AdapterInfo {
  std::string id;       // "megc2019-flow"
  std::string summary;  // one line, lower case
  bool needs_root = true;
  std::vector<std::string> datasets;    // ids the clips may carry, sorted
  std::vector<std::string> label_maps;  // ids it knows; the first is the usual one
  std::vector<OptionDef> options;       // keys beside `adapter` and `root` in an experiment's `dataset`
  std::function<std::unique_ptr<data::DatasetAdapter>()> create;
};

// Sorted by id.
[[nodiscard]] std::span<const AdapterInfo> registry();

// Fails with kUsage, suggesting the nearest id and listing all.
[[nodiscard]] core::Result<const AdapterInfo*> find_adapter(std::string_view id);

// `given` with every default filled in. Fails with kUsage: unknown key, wrong type, out of range; all problems at once.
[[nodiscard]] core::Result<nlohmann::json> complete_options(const AdapterInfo& adapter, const nlohmann::json& given);

// What every adapter asks of a request: a label map it knows, and in `only` datasets it has. Fails with kUsage, all problems at once.
[[nodiscard]] core::Status check_request(const AdapterInfo& adapter, const data::AdapterRequest& request);

// The card of a corpus (datasets/<folder>/card.yaml: expected counts, licence, citation), or nothing. `id` is the adapter's.
[[nodiscard]] std::optional<std::string_view> card(std::string_view id);

// `expected` of the card under a label map: scope (`all` or a dataset id) -> clips, subjects and clips of each class, by name. The card
// must be there.
[[nodiscard]] std::map<std::string, std::map<std::string, std::int64_t>> expected_counts(std::string_view id, std::string_view label_map);

// `irregular` of the card: the rows of the release's sheet that are known not to be plain, as key (`sub04/EP12_01f`) and rule
// (data::Irregularity). Empty when the card lists none.
[[nodiscard]] std::set<std::pair<std::string, std::string>> listed_irregularities(std::string_view id);

// Compares the manifest of a found corpus with its card, the datasets of `only` (empty: all). A dataset whose counts differ is a note and
// a warning of the manifest: a part of a corpus is a corpus too, but scores on it are about that part.
void note_differences_from_card(data::Manifest& manifest, const std::vector<std::string>& only);

}  // namespace mexbench::datasets
