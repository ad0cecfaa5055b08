// What a rendered corpus says of itself: a small JSON file at its root that tells of which kind it is, with which options it was drawn,
// and the digest of its table of clips. The renderer leaves the same corpus alone and overwrites nothing else.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::data {

struct CorpusMarker {
  std::string file;     // "synth.json"
  std::string schema;   // "mexbench.synth/1"
  std::string title;    // of the kind: "synthetic corpus"
  int version = 0;      // of the renderer's numbers
  std::string table;    // the table of clips: "annotations.csv"
  std::string digest;   // the key of its digest: "annotations_sha256"
  std::string command;  // that renders such a corpus: "mexbench synth --out ROOT"
};

// {"schema", "version", "options", <digest>}.
[[nodiscard]] std::string marker_json(const CorpusMarker& marker, const nlohmann::json& options, std::string_view table);

// True: root holds this very corpus. False: root is missing, or an empty folder, and may be rendered into. Fails with kData when root
// holds another corpus (saying which options differ), other files, or a table that was changed after rendering.
[[nodiscard]] core::Result<bool> is_rendered(const CorpusMarker& marker, const nlohmann::json& options, const std::filesystem::path& root);

// A problem with a file of such a corpus: kData, with the command that renders it again.
[[nodiscard]] core::Error broken_corpus(const CorpusMarker& marker, const std::filesystem::path& file, std::string message);

}  // namespace mexbench::data
