// The rules of an audit, and the verdict on a run. Everything is found again from what the folds' workers recorded (clip ids, digests,
// scores), from the locked manifest and from the files beside them; nothing is taken from what a run says of its own honesty.
// docs/audit.md tells for each rule what it can't see. In the order of audit.json:
//
//   subject-overlap        a person is on both sides of a fold: the model has seen whom it is tested on
//   shared-recordings      datasets that recorded the same people (data::share_recordings) are on both sides of a fold with the same
//                          person's number
//   id-collision           one subject's name is that of people of several corpora, or one person or clip has several ids that differ only
//                          in spelling
//   image-duplicates       the same picture (the same bytes) is under two subjects, or on both sides of a fold
//   augmented-clips        a clip that augmentation made has a parent that was not to be trained on: a test clip, one held out while an
//                          epoch was selected, or no training clip at all
//   fitted-statistics      a step of the input that learns was fitted on a clip that was not to be trained on
//   selected-on-test       the epoch was chosen on a person that is tested, or the sealed scores are not those of the epoch that the recipe
//                          gives
//   class-absent           a fold was trained without a clip of a class, though the corpus has some of people that it does not test: the
//                          fold was trained on another task than the others
//   pretraining-overlap    loaded weights or starting values have seen the corpora that are tested, as far as the model's card declares
//   clip-missing           a clip the protocol tests was tested by no fold
//   clip-duplicate         a clip was tested more than once: it counts twice in pooled metrics
//   clip-extra             a fold names a clip that is not in the manifest, or tests one the protocol does not test
//   label-disagrees        a fold was sealed with another truth than the manifest's
//   joined-by-order        predictions.csv gives a clip other scores, truth or fold than its seal: those of other clips, when it was joined
//                          by the order of rows
//   metrics-disagree       metrics.json is not what the predictions give
//   manifest-hash          the folds were not made under one science hash, or it is not that of the settings and the manifest beside them
//
// Imported predictions have rules of their own besides these (import_rules.h); plans are held to the first four and class-absent before
// anything is trained (plan_rules.h).
//
// image-duplicates has no exemption for pictures of one grey: of the 442 images of the MEGC2019 composite no two are equal, and each of
// their channels has a value of 0 and one of 255. A corpus that does have one picture under two people can't tell them apart there.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "harness/audit/records.h"
#include "harness/audit/verdict.h"
#include "harness/data/manifest.h"

namespace mexbench::audit {

// The order in which rules are listed wherever runs and imports stand together: that above, those of imports alone among them.
inline constexpr std::array<std::string_view, 18> kRuleOrder{
    "subject-overlap",   "shared-recordings", "id-collision",   "image-duplicates",    "augmented-clips",
    "fitted-statistics", "selected-on-test",  "class-absent",   "pretraining-overlap", "clip-missing",
    "clip-duplicate",    "clip-extra",        "fold-disagrees", "label-disagrees",     "truth-prediction-exchanged",
    "joined-by-order",   "metrics-disagree",  "manifest-hash"};

[[nodiscard]] Audit audit_run(std::span<const FoldRecord> folds, const data::Manifest& manifest, const RunFacts& facts = {});

}  // namespace mexbench::audit
