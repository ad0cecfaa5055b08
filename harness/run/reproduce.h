// Published figures against ours: `mexbench reproduce NAME`. A reproduction is a YAML file that names an experiment, where the
// predictions come from (running it, or a published log), and every figure that was published.
//
// What is checked, each a Figure of the result:
//   <scope>.<metric>                 a published number: ours agrees to the decimals it was printed with
//   weights.sha256                   weight files whose digest is the pinned one
//   log.predictions, log.truth       predictions and ground truth equal to those of a published log, position by position
//   log.uf1, log.uar                 the log's running figures after each fold
//   log.final_uf1, log.final_uar     the log's last line
// A figure that was not printed, or that ours is missing for (folds failed, no clips), is not checkable: never confirmed.
// When a published UAR is not ours but that of exchanged columns, the figure says so: exchanging truth and prediction turns the mean
// recall into the mean precision.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/config/load.h"
#include "harness/core/result.h"
#include "harness/eval/import.h"
#include "harness/eval/metrics.h"
#include "harness/run/catalogue.h"
#include "harness/run/run_plan.h"
#include "harness/run/runner.h"

namespace mexbench::run {

struct PublishedFigure {
  std::string scope;   // all, casme2, ...
  std::string metric;  // uf1 | uar | accuracy
  double published = 0.0;
  int decimals = 4;  // as printed
  std::string source;
};

struct ReproductionSpec {
  std::string name;
  std::string title;
  std::filesystem::path experiment;
  std::optional<std::filesystem::path> predictions;  // a published log to score; none: run the experiment
  std::optional<std::filesystem::path> log;          // a published fold log to compare with
  std::vector<PublishedFigure> figures;
};
[[nodiscard]] core::Result<ReproductionSpec> load_reproduction(const std::filesystem::path& file);

struct Figure {
  std::string name;
  std::optional<double> published;  // nothing: `detail` says why
  std::optional<double> ours;       // likewise
  double tolerance = 0.0;
  std::string status;  // confirmed | not_confirmed | not_checkable
  std::string detail;
  std::string source;
  bool is_count = false;  // of files, clips or folds, not a score
};

struct Reproduction {
  std::string name;
  std::vector<Figure> figures;
  std::filesystem::path folder;
  std::vector<core::Diagnostic> warnings;
  bool interrupted = false;
  [[nodiscard]] bool all_confirmed() const;
};

struct ReproduceOptions {
  std::filesystem::path out = "runs";
  std::size_t jobs = 1;
  bool pins = true;
  bool fresh = false;
  std::vector<std::string> overrides;  // of the experiment
  std::string redo;
};

// Figures that do not come out are no failure of this function: they are in the result. Fails before anything runs when a published log
// can't be read (kData) or the experiment makes several runs (kUsage). Writes reproduction.json, and for a scored log predictions.csv and
// metrics.json, below <out>.
[[nodiscard]] core::Result<Reproduction> reproduce(const ReproductionSpec& spec, const config::Vocabulary& vocabulary,
                                                   const Catalogue& catalogue, const ReproduceOptions& options);

[[nodiscard]] nlohmann::json to_json(const Reproduction& reproduction);

// The parts, for tests.
[[nodiscard]] std::vector<Figure> check_figures(std::span<const PublishedFigure> published, const eval::PredictionSet& predictions);
[[nodiscard]] std::vector<Figure> check_log(const eval::FoldLogFile& log, const eval::PredictionSet& predictions,
                                            const data::Manifest& manifest);

}  // namespace mexbench::run
