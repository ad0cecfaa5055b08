// Corrections of a release's frames and labels: never applied unless an experiment names them, and told wherever they were. A corpus's
// known ones stand in datasets/<id>/corrections.yaml; an experiment may bring its own:
//
//   corrections: [slstt, {clip: 032/032_3_1, set: {apex: 4930}, reason: "a slip of the pen"}]
//
// A correction is keyed by clip, says why, and sets onset, apex, offset or label. Where a corpus has several movements under one clip
// name, `onset` tells which is meant.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::datasets {

struct Correction {
  std::string name;                // shared by corrections of one source; empty: the experiment's own
  std::string clip;                // subject/clip in the release's folder form: sub04/EP12_01f
  std::optional<std::int64_t> at;  // the onset as the sheet gives it, where the clip's name is not unique
  std::optional<std::int64_t> onset, apex, offset;
  std::optional<std::string> label;
  std::string reason;  // and source

  // "correction 'slstt' of sub04/EP12_01f: apex 303 (reason)"
  [[nodiscard]] std::string in_words() const;
};

// Those of a corpus, from datasets/<folder>/corrections.yaml; none when it has no such file.
[[nodiscard]] std::vector<Correction> known_corrections(std::string_view dataset);
[[nodiscard]] std::vector<std::string> correction_names(std::string_view dataset);

// What an option `corrections` asks for. Fails with kUsage: an unknown name, an own one without clip, reason or anything set, two that set
// the same of one clip.
[[nodiscard]] core::Result<std::vector<Correction>> chosen_corrections(std::string_view dataset, const nlohmann::json& option);

}  // namespace mexbench::datasets
