// A dataset adapter turns one released corpus on disk into a manifest. It lists and digests files and joins annotations; it decodes
// no pixels (harness/preprocess does) and so links neither OpenCV nor torch. Concrete adapters live in datasets/.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::data {

struct AdapterRequest {
  std::filesystem::path root;                         // the corpus's folder; empty for adapters that need none
  std::string label_map;                              // id of the label map, one of the adapter's or of `labels`
  std::vector<std::string> only;                      // dataset ids to keep; empty: all
  nlohmann::json labels = nullptr;                    // a label map of the experiment's own (datasets/labels.h); null: none
  nlohmann::json options = nlohmann::json::object();  // the adapter's own options, checked and with defaults filled in
};

// What a request settles whatever clips there are: what can be said of a corpus that is not there yet.
struct CorpusOutline {
  LabelMap label_map;
  InputRecipe input;
};

class DatasetAdapter {
 public:
  DatasetAdapter() = default;
  DatasetAdapter(const DatasetAdapter&) = delete;
  DatasetAdapter& operator=(const DatasetAdapter&) = delete;
  virtual ~DatasetAdapter() = default;

  // Of the manifest of the same request. Reads nothing. Fails with kUsage when options or label map are wrong.
  [[nodiscard]] virtual core::Result<CorpusOutline> outline(const AdapterRequest& request) const = 0;

  // Fails with kData: missing root, missing or surplus files, labels that disagree; one diagnostic per problem, naming the file.
  [[nodiscard]] virtual core::Result<Manifest> manifest(const AdapterRequest& request) const = 0;
};

}  // namespace mexbench::data
