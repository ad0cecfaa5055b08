// Label maps of corpora: which of a release's labels are classes of a run, and which clips and labels are left out. They are data, in the
// card of a corpus or in an experiment, in one form:
//
//   {id: my-3, by: emotion, classes: [negative, positive, surprise],
//    rules: {disgust: negative, happiness: positive, surprise: surprise}, drop: [others], exclude: [sub05/EP09_05f]}
//
//   by        the column labels are of: emotion (default) | objective_class | type
//   classes   in the order of score columns
//   rules     native label -> class
//   drop      native labels that are of no class. A label that is in neither is an error: nothing is dropped in silence
//   exclude   clips that are left out, as subject/clip in the release's folder form
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/annotation.h"
#include "harness/data/label_map.h"

namespace mexbench::datasets {

struct CorpusLabels {
  data::LabelMap map;
  data::Field by = data::Field::kEmotion;
  std::set<std::string> no_class;  // native labels
  std::set<std::string> excluded;  // keys of clips
  bool own = false;                // of the experiment
};

// Fails with kUsage, all problems at once: no id, fewer than two classes, a class twice or without a rule, a rule to no class, a label that
// is both mapped and dropped.
[[nodiscard]] core::Result<CorpusLabels> labels_from_json(const nlohmann::json& source);

// For corpora that tell one label of a clip: fails with kUsage when the map is of another column.
[[nodiscard]] core::Status require_emotion(const CorpusLabels& labels, std::string_view corpus);

// The native label of a row under a label map.
[[nodiscard]] const std::string& native_label(const data::AnnotationRow& row, data::Field by);

}  // namespace mexbench::datasets
