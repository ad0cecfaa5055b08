// One spelling for one person. Annotation tables, logs and predictions made elsewhere write the same subject as `6`, `006`, `s1`,
// `sub1` or `casme2/sub01`; ids use the folder form of the release:
//
//   dataset   subject   accepted                        clip
//   casme2    sub01     1, 01, sub1, sub01, SUB01       as written
//   smic      s01       1, 01, s1, s01, S01             s1_ne_01 = s01_ne_01
//   samm      006       6, 06, 006                      6_1_2 = 006_1_2
//
// Any of them may have the dataset in front (`casme2/sub01`), and these datasets may be written in capitals (`SAMM`). Blanks at the ends
// are dropped. Text that does not follow the dataset's rule, and all text of other datasets, stays as it is: two spellings are never
// joined by a guess.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/ids.h"

namespace mexbench::data {

// `samm` for `SAMM`.
[[nodiscard]] std::string canonical_dataset(std::string_view text);

// The raw part of the subject's id: `sub01`. Empty when the text names nobody (`casme2/`).
[[nodiscard]] std::string canonical_subject(std::string_view dataset, std::string_view text);

// The clip's name without subject: `EP02_01f`, `s01_ne_01`, `006_1_2`. A whole clip id (`smic/s1/s1_ne_01`) gives its last part.
[[nodiscard]] std::string canonical_clip(std::string_view dataset, std::string_view text);

// The raw subject a clip's name begins with, where a dataset's clip names do: `s01` for smic's `s1_ne_01`.
[[nodiscard]] std::optional<std::string> subject_in_clip(std::string_view dataset, std::string_view clip);

// `casme2/sub01`
[[nodiscard]] core::SubjectId canonical_subject_id(std::string_view dataset, std::string_view text);
// From `casme2/1`; text without a slash stays as it is.
[[nodiscard]] core::SubjectId canonical_subject_id(std::string_view text);

// `casme2/sub01/EP02_01f`
[[nodiscard]] core::ClipId canonical_clip_id(std::string_view dataset, std::string_view subject, std::string_view clip);

// `casme2/sub01` for `CASME2/1`, `samm` for `SAMM`; `fold-03` and `holdout` stay.
[[nodiscard]] core::FoldId canonical_fold_id(std::string_view text);

}  // namespace mexbench::data
