// Prediction files that mexbench did not write. The format is told by the content, never by the file's name:
//
//   table       comma-separated with a header line; our own predictions.csv is one of these (see parse_predictions)
//   clip log    STSTNet's MATLAB log: a line `<dataset> <subject>`, then one line `<clip> <truth> <prediction>` per clip
//   fold log    STSTNet's Python log: `Subject: <s>`, `Predicted   : [..]`, `Ground Truth: [..]`, `UF1: a | UAR: b` per fold; it names no
//               clips, so the numbers are attached to a manifest's clips by their order
//
// Both logs are of Liong et al., "Shallow Triple Stream Three-dimensional CNN (STSTNet)", FG 2019, and were checked against it. In the
// clip log the second column is the truth; the paper's UAR comes out only when the two are exchanged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/text_problems.h"
#include "harness/data/manifest.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {

enum class PredictionFormat { kTable, kClipLog, kFoldLog };

// "a table with a header", for the line that says what was read.
[[nodiscard]] std::string_view describe(PredictionFormat format);

// From the first line that is not blank. Fails with kData when it is none of the three.
[[nodiscard]] core::Result<PredictionFormat> detect_format(std::string_view content, const std::string& file);

// One fold of a fold log, its clips in the log's order.
struct FoldLog {
  std::size_t line = 0;  // of `Subject:`
  std::string subject;   // as written: sub01, s01, 006
  std::vector<std::string> truth;
  std::vector<std::string> predicted;
  // The figures the log prints behind this fold: pooled over the folds so far, rounded; nan while a class had not occurred.
  std::optional<double> uf1_so_far;
  std::optional<double> uar_so_far;
  // Places of the entries of `truth` and `predicted`, for messages.
  std::vector<core::TextSpan> truth_spans{};
  std::vector<core::TextSpan> predicted_spans{};
};

struct FoldLogFile {
  std::vector<FoldLog> folds;
  // Behind `Final Evaluation:`; nothing when the log ends without it.
  std::optional<double> final_uf1;
  std::optional<double> final_uar;
};

// Strict, all problems at once, kData: a list that is missing or of another length than its fellow, figures that occur twice, a subject
// that occurs twice, a line that is none of the above. `Final Evaluation:` with its one line of figures must end the log if it is there.
[[nodiscard]] core::Result<FoldLogFile> parse_fold_log(std::string_view content, const std::string& file);

struct ImportedPredictions {
  PredictionFormat format = PredictionFormat::kTable;
  PredictionSet predictions;
};

// Detects and reads any of the formats; all must pass core::check_text(). `manifest` may be null; a fold log needs it (kUsage without) and
// takes a fold's clips in the manifest's order. When a manifest is given and `options` names no classes, the classes are those of its label
// map.
[[nodiscard]] core::Result<ImportedPredictions> import_predictions(const std::string& content, const std::string& file,
                                                                   const ReadOptions& options, const data::Manifest* manifest);

}  // namespace mexbench::eval
