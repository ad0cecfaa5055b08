// Joins predictions to a manifest by clip id. A score is about a corpus and a protocol only if every clip that is to be tested was
// predicted once, no other was, and the truth the predictions were made against is the corpus's own. Rules:
//
//   clip-missing                 a clip that is to be tested has no prediction
//   clip-duplicate               a clip has several predictions
//   clip-extra                   a prediction is of no clip of the manifest, or of one that the protocol does not test
//   fold-disagrees               a prediction is of another fold than the one that tests its clip
//   label-disagrees              the truth beside a prediction is not the manifest's
//   joined-by-order              stands for label-disagrees when the file names no clips, so that its numbers went to the manifest's clips
//   by
//                                their order, and every subject has as many of each class as in the manifest: the orders differ
//   id-collision                 stands for clip-extra when a prediction's dataset is none of the manifest's and its subject and clip are
//                                those of several of them
//   truth-prediction-exchanged   stands for label-disagrees when the predictions, read as truth, are the manifest's labels throughout:
//                                the file has its two columns the wrong way round, which turns recall into precision
//
// A model of another fold may have been trained on the clip.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/audit/verdict.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"

namespace mexbench::audit {

struct BrokenRule {
  std::string rule;
  std::size_t count = 0;              // clips
  std::vector<std::string> examples;  // ids of the first of them, sorted, at most kMostExamples
  std::string detail;                 // one sentence that says what is wrong, with the count
  std::string hint;                   // how to mend it, or empty
};

struct Joined {
  eval::PredictionSet predictions;  // when nothing is broken: the manifest's ids, truth and classes, sorted; else empty
  std::vector<BrokenRule> broken;
};

// `planned_tests`: the clips the protocol tests; empty: all of the manifest. `test_folds`: the fold that tests each of them; empty: folds
// are not compared. A prediction that names no fold agrees with any; a fold of one subject may be called by the subject alone. Class names
// are those of the manifest's label map; names that are all integers are places in it. Fails with kData when the two lists of classes can't
// be matched one to one. Read the predictions with ReadOptions::keep_duplicates, so that duplicates come here as a rule.
[[nodiscard]] core::Result<Joined> check_join(const eval::PredictionSet& predictions, const data::Manifest& manifest,
                                              const std::string& file, std::span<const core::ClipId> planned_tests = {},
                                              const std::map<core::ClipId, core::FoldId>& test_folds = {});

// kAudit with one diagnostic per broken rule.
[[nodiscard]] core::Status check_unbroken(const Joined& joined, const std::string& file);

// The joined predictions, or kAudit with one diagnostic per broken rule.
[[nodiscard]] core::Result<eval::PredictionSet> join_manifest(const eval::PredictionSet& predictions, const data::Manifest& manifest,
                                                              const std::string& file, std::span<const core::ClipId> planned_tests = {},
                                                              const std::map<core::ClipId, core::FoldId>& test_folds = {});

}  // namespace mexbench::audit
