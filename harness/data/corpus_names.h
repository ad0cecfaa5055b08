// What a corpus is called in papers, cards and experiments, and which dataset ids that stands for. A card says `pretraining: [MEGC2019]`
// or `[CAS(ME)^2]`; the audit compares datasets.
//
// Case, blanks, hyphens and underscores don't count, so `CASME II`, `casme-ii` and `CASMEII` are one name. Brackets and powers do where
// they tell corpora apart: `CASME 2` is casme2, `CAS(ME)2` and `CAS(ME)^2` are casme_sq. Roman numerals of one sign and letters of full
// width count as what they look like; a name with other signs beyond ASCII is never exact. The table is in corpus_names.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::data {

// The ids of the datasets that a name stands for, sorted: {"smic"} for `SMIC-HS`, all three for `MEGC2019` or the adapter
// `megc2019-flow`. Empty when it is not the exact name of a corpus of micro-expressions (`ImageNet`).
[[nodiscard]] std::vector<std::string> datasets_named(std::string_view name);

// For a name that datasets_named() does not know: the corpus it may stand for all the same, because it is a slip away from one of its
// names or has it in a word (`CASME II cropped`, `samm2`, `preCASME2`). `more`: further dataset ids to compare with. Nothing for other
// names.
[[nodiscard]] std::optional<std::string> corpus_resembled(std::string_view name, std::span<const std::string> more = {});

// Whether two spellings are one name, by the rule above.
[[nodiscard]] bool same_corpus_name(std::string_view one, std::string_view other);

// Whether two datasets recorded the same people at the same moments: SMIC's three cameras; SAMM and its long videos. A dataset does with
// itself.
[[nodiscard]] bool share_recordings(std::string_view one, std::string_view other);

}  // namespace mexbench::data
