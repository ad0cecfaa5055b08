// Run folders in, a report out. Nothing else is read: a report made a year later, on another machine, from the same folders by the same
// mexbench has the same bytes (its dates are those of run.json).
//
//   run folders --load_runs--> ReportData --make_view (view.h)--> ReportView --render.h--> HTML, Markdown, LaTeX, CSV; svg.h: figures
//
// The folders and files are those of docs/file-formats.md. The scores come from metrics.json, after a check that predictions.csv gives
// the same figures, that its clips and truths are those of manifest.lock.json, none missing, and that its folds are as many as were
// sealed; floor.json must be of these clips and folds, and may be absent. A folder that contradicts itself is refused. A run whose state is
// not `complete` is listed with what is missing, and none of its scores is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/audit/run_rules.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/eval/curves.h"
#include "harness/eval/floor.h"
#include "harness/eval/metrics.h"
#include "harness/latency/record.h"

namespace mexbench::reports {

// No training is longer.
inline constexpr std::int64_t kMostEpochs = 1'000'000'000;

struct FailedFold {
  core::FoldId fold;
  std::string reason;
};

// A number from a paper, shown beside ours.
struct PublishedScores {
  std::optional<double> uf1;
  std::optional<double> uar;
  std::optional<double> accuracy;
  friend bool operator==(const PublishedScores&, const PublishedScores&) = default;
};
struct PublishedResult {
  std::string id;
  std::string citation;
  std::string doi;                // "10.1109/..." or the address of one; may be empty
  std::string where;              // "Table II"
  std::string metric_convention;  // pooled | fold_averaged | unknown
  std::string selection_rule;
  bool read_in_full = false;
  std::string model_label;  // the model it belongs beside; empty: none
  std::string note;
  std::map<std::string, PublishedScores> scores;  // scope -> scores
  friend bool operator==(const PublishedResult&, const PublishedResult&) = default;
};

// How the experiment says that models are compared.
struct Statistics {
  std::string family;                                      // name; empty: every pair that can be compared
  std::vector<std::pair<std::string, std::string>> pairs;  // of the family, labels
  double alpha = 0.05;
  double equivalence = 0.01;
  friend bool operator==(const Statistics&, const Statistics&) = default;
};

// Thresholds of the evidence card (evidence.h).
struct EvidenceThresholds {
  double above_chance_by = 0.0;
  double calibration_level = 0.95;
  double latency_ms = 500.0;
  friend bool operator==(const EvidenceThresholds&, const EvidenceThresholds&) = default;
};

// One run: one model with one seed. The first part is run.json; the second is there only when the run is complete.
struct Run {
  std::filesystem::path folder;  // where it was read, for messages; never written into a report

  std::string experiment;
  std::string description;
  std::string label;  // of the model in the experiment
  std::string model;  // of models/
  nlohmann::json params = nlohmann::json::object();
  std::vector<std::string> input_channels;               // empty: as the dataset gives them
  nlohmann::json adaptation = nlohmann::json::object();  // step -> its settings; empty: none
  bool trained = true;                                   // false: loaded weights
  std::string weights;                                   // empty: none
  std::string verified;                                  // fixture | shapes | none
  std::string paper;
  std::optional<std::int64_t> parameters;
  core::Seed seed;
  std::string adapter;
  std::string label_map;
  std::vector<std::string> dataset_notes;
  std::string protocol;
  nlohmann::json protocol_options = nlohmann::json::object();
  nlohmann::json train;       // null: not trained
  std::string engine;         // libtorch | fused; empty: the model is no network, or made before it was recorded
  std::string engine_reason;  // why it is that one; empty: none was given
  std::string science_hash;
  std::string environment_hash;
  nlohmann::json environment = nlohmann::json::object();
  std::string mexbench_version;
  std::string command_redo;
  std::string started;  // UTC, ISO 8601, as recorded; empty: not recorded
  std::string ended;
  std::optional<double> wall_seconds;
  std::string host;
  std::optional<std::int64_t> jobs;
  std::int64_t folds_planned = 0;
  std::int64_t folds_sealed = 0;
  std::vector<FailedFold> folds_failed;
  std::string state;    // complete | incomplete | interrupted
  std::string verdict;  // VALID | INVALID | UNAUDITED; of audit.json when the run is complete
  std::vector<std::string> verdict_reasons;
  std::vector<PublishedResult> published;
  Statistics statistics;
  EvidenceThresholds evidence;

  [[nodiscard]] bool complete() const { return state == "complete"; }
  std::vector<std::string> missing_files;  // of an incomplete run

  std::optional<data::Manifest> manifest;
  std::string manifest_hash;
  eval::Metrics metrics;
  std::optional<eval::Floor> floor;  // nothing: there is no floor.json
  // What choosing each fold's epoch on its test subject would have given; nothing: there is no best_epoch.json.
  std::optional<eval::Metrics> best_epoch;
  std::map<core::FoldId, std::int64_t> recorded_epochs;  // it was chosen from; empty: best_epoch.json is older than this, or not there
  std::optional<eval::Curves> curves;                    // nothing: there is no curves.json
  std::optional<latency::Record> latency;                // nothing: there is no latency.json
  std::vector<eval::Prediction> predictions;
  std::vector<audit::RuleResult> audit_rules;
};

struct ReportData {
  std::vector<Run> runs;  // sorted by experiment, label, seed
};

// Each folder is an experiment folder (`<label>/seed-<n>/` inside), one model's (`seed-<n>/`) or one run's; a run reached twice counts
// once. Fails with kData when a folder holds no run or a file of it is missing, malformed or contradicts another (all problems at once,
// each naming its file), with kUsage when two folders hold the same experiment, model and seed.
[[nodiscard]] core::Result<ReportData> load_runs(std::span<const std::filesystem::path> folders);

struct WrittenReport {
  std::vector<std::filesystem::path> files;    // in the order they were written
  std::vector<std::filesystem::path> removed;  // figures that an earlier report left in the folder and this one does not have
};

// Writes into `out`, which is created when missing:
//   index.html  report.md  table.tex  summary.csv  scores.svg  subjects-<label>.svg  confusion-<label>@seed-<n>@<scope>.svg
//   pairs.svg, ranks.svg: of several models on the same clips; with several such groups pairs-1.svg ...
//   latency.svg, latency.csv, latency.tex: where a run was timed; of runs that can't be compared further figures (latency-2.svg)
//   selection.svg: of trained models; where they trained on different folds or clips, further ones (selection-2.svg)
// With several experiments `<label>` becomes `<experiment>@<label>`; where runs of a label are no seeds of one model (view.h),
// subjects-<label> becomes subjects-<label>@seed-<n>. Bytes of names that are no letter, digit or one of ._=+- are written as %XX, so
// '@' only ever stands between parts; a name above 180 bytes ends in a digest. A report without a complete run has no SVG files.
[[nodiscard]] core::Result<WrittenReport> write_report(const ReportData& data, const std::filesystem::path& out);

}  // namespace mexbench::reports
