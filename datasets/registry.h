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
  bool own_label_maps = false;          // an experiment may bring its own (labels.h)
  std::vector<OptionDef> options;       // keys beside `adapter` and `root` in an experiment's `dataset`
  std::function<std::unique_ptr<data::DatasetAdapter>()> create;
  // What of the corpus lies in a folder, in words, from names alone; fails as the adapter would. Empty: it has no place of its own.
  std::function<core::Result<std::string>(const std::filesystem::path& folder)> look = {};
};

// Sorted by id.
[[nodiscard]] std::span<const AdapterInfo> registry();

// Fails with kUsage, suggesting the nearest id and listing all.
[[nodiscard]] core::Result<const AdapterInfo*> find_adapter(std::string_view id);

// `given` with every default filled in. Fails with kUsage: unknown key, wrong type, out of range; all problems at once.
[[nodiscard]] core::Result<nlohmann::json> complete_options(const AdapterInfo& adapter, const nlohmann::json& given);

// What every adapter asks of a request: a label map it knows, and in `only` datasets it has. Fails with kUsage, all problems at once.
[[nodiscard]] core::Status check_request(const AdapterInfo& adapter, const data::AdapterRequest& request);

}  // namespace mexbench::datasets
