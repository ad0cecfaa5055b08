// The official ground truth of the MEGC 2019 composite: one row per clip, `dataset,subject,clip,label` (0 negative, 1 positive,
// 2 surprise), and the spellings of its subjects and clips.
//
// Copies of the file differ. Read are: with a header (columns by name: data or dataset, subject, clip, label) or without (first four
// columns), LF or CRLF, rows of commas only, SMIC unpadded (s1, s1_ne_01), SAMM's subject padded or not (006, 6), further columns.
//
// One subject has one id, the release's folder form: casme2/sub01, smic/s01, samm/006. SMIC's clips carry their subject and are padded
// with it (s1_ne_01 -> s01_ne_01).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::datasets::megc2019_flow {

// The three corpora of the composite, sorted.
[[nodiscard]] const std::vector<std::string>& composite_datasets();

struct CompositeKey {
  core::DatasetId dataset;
  core::SubjectId subject;
  std::string clip;
  [[nodiscard]] core::ClipId id() const { return core::make_clip_id(subject, clip); }
};

// The key of a clip in any of its spellings, or nothing when subject or clip has no form known for that dataset: casme2 sub01, 01, 1 with
// any clip name; smic s01, s1, 1 with s<same number>_<rest>; samm 006, 6 with 006_<rest>.
[[nodiscard]] std::optional<CompositeKey> composite_key(std::string_view dataset, std::string_view subject, std::string_view clip);

// Dataset and subject of a fold folder: sub01 -> casme2/sub01, s01 or s1 -> smic/s01, 006 -> samm/006.
[[nodiscard]] std::optional<core::SubjectId> subject_of_fold(std::string_view folder);

struct LabelledClip {
  CompositeKey key;
  std::string label;  // "0", "1" or "2"
  std::size_t line = 0;
};

struct GroundTruth {
  std::filesystem::path file;
  std::map<core::ClipId, LabelledClip> clips;
};

// `given`, or when that is empty the first of combined_3class_gt.csv and combined_3_class_gt.csv in root, then in
// root/../datasets/annotations. Fails with kData: no such file (saying where was looked), malformed rows, a clip twice; all at once.
[[nodiscard]] core::Result<GroundTruth> read_ground_truth(const std::filesystem::path& given, const std::filesystem::path& root);

}  // namespace mexbench::datasets::megc2019_flow
