// The typed form of an experiment file. Everything that runs is one of these structs: checked, with defaults filled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/latency.h"
#include "harness/config/problems.h"
#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::config {

struct DatasetSpec {
  std::string adapter;
  std::filesystem::path root;       // ${NAME} expanded, absolute (relative paths resolve against the file that holds them); may be empty
  std::string label_map;            // its id
  nlohmann::json labels = nullptr;  // the label map where the experiment writes it out; null: it is named
  std::vector<std::string> only;    // dataset ids; empty: all
  nlohmann::json options = nlohmann::json::object();  // the adapter's own keys, defaults filled in
  Place where;
};

struct ProtocolSpec {
  std::string name;                                   // loso | lodo | subject_kfold | holdout
  nlohmann::json options = nlohmann::json::object();  // the protocol's own keys, defaults filled in
  Place where;
};

struct SelectionSpec {
  std::string name = "fixed_epoch";  // fixed_epoch | inner_subjects
  double validation_share = 0.0;     // inner_subjects: share of the training subjects held out for selection
  bool refit = false;                // inner_subjects: train again on all training clips for the chosen number of epochs
};

// One step of `augment`, as far as planning looks into it.
struct AugmentSpec {
  std::string name;
  bool fills_with_zero = false;  // `border: zero`
  Place where;
};

// How a model is trained. `settings` is the whole section, checked, with every default: harness/train reads it (recipe_json.h). The
// other members are what planning needs of it.
struct TrainSpec {
  nlohmann::json settings = nlohmann::json::object();
  std::int64_t epochs = 0;
  SelectionSpec selection;
  std::optional<std::size_t> class_weights;  // how many are listed; none: not a list
  std::vector<AugmentSpec> augment;
  Place class_weights_where, selection_where;  // without a source: defaults
};

// A declared adaptation of the dataset's tensor to the model, in the order of its steps.
struct ResizeSpec {
  std::int64_t height = 0, width = 0;      // pixels
  std::string interpolation = "bilinear";  // nearest | bilinear | bicubic | area
  Place where;
};
struct MosaicSpec {
  nlohmann::json settings;  // points (name -> [x, y]), crop ([height, width]) and swap_axes, complete
  std::map<std::string, Place> points_where;
  Place crop_where;
};
// The range that values are brought to from the one that the data declare.
struct RangeSpec {
  double low = 0.0, high = 0.0;
};
struct InputSpec {
  std::vector<std::string> channels;  // which, in this order; empty: as the dataset gives them
  std::optional<MosaicSpec> mosaic;
  std::optional<ResizeSpec> resize;
  std::optional<RangeSpec> range;
  std::string normalise;      // per-channel | per-pixel; empty: not
  std::int64_t pca = 0;       // principal components; 0: not
  Place where, learns_where;  // of `channels`; of the first of `normalise` and `pca`
};

// Starting values for training, in place of random ones.
struct InitSpec {
  std::string weights;             // as ModelSpec::weights
  std::string weights_as_written;  // as ModelSpec::weights_as_written
  std::vector<std::string> fresh;  // beginnings of the names of parameters that keep their random values all the same, such as a new head
  Place where;                     // of `fresh`, else of all of it
};

// What a reader should know of a model of the user's own, or of starting values.
struct CardSpec {
  std::string title;  // empty: the catalogue's
  std::string paper;  // empty: the catalogue's
  // Data that the starting values or the loaded weights were trained on, dataset ids where they are corpora; not given: not known.
  std::optional<std::vector<std::string>> pretraining;
};

// Who says what a model's engine is.
enum class EngineFrom {
  kExperiment,
  kModel,  // its own `engine`
  kRun,    // the run that was begun with it (harness/run/run_plan.h)
};

struct ModelSpec {
  std::string label;                                 // unique in the experiment; a folder name: [A-Za-z0-9][A-Za-z0-9._=+-]*
  std::string name;                                  // of models/
  nlohmann::json params = nlohmann::json::object();  // checked against the model's parameter schema, defaults filled in
  std::map<std::string, Place> params_where;         // of those that were written
  // State dictionary to load instead of training, one per fold. Placeholders {dataset} {subject} {fold} {seed}; ${NAME} expanded;
  // relative paths are made absolute against the file that holds them.
  std::optional<std::string> weights;
  std::string weights_as_written;                     // the same before ${NAME} was expanded; empty without weights
  std::map<std::string, std::string> weights_sha256;  // optional pins: file name -> SHA-256 of the file
  std::map<std::string, Place> pins_where;            // of each pin
  std::optional<std::filesystem::path> file;          // that holds the model itself: TorchScript, plugin
  Place file_where;                                   // of `file` or `weights`
  std::optional<InitSpec> init;                       // only with `train`
  CardSpec card;
  InputSpec input;
  std::string engine = "auto";  // auto | libtorch | fused
  EngineFrom engine_from = EngineFrom::kExperiment;
  Place engine_where;              // without a source: a default
  std::optional<TrainSpec> train;  // the experiment's `train` with the model's own `train` merged over it; none for loaded weights
  Place where;
};

// A number from a paper, shown beside ours.
struct PublishedScores {
  std::optional<double> uf1;
  std::optional<double> uar;
  std::optional<double> accuracy;
};
struct PublishedResult {
  std::string id;
  std::string citation;
  std::string doi;
  std::string where;              // "Table II" or "p. 4"
  std::string metric_convention;  // pooled | fold_averaged | unknown
  std::string selection_rule;     // how epoch and hyper-parameters were chosen
  bool read_in_full = false;      // whether the source was read in full by whoever entered the number
  std::string model_label;        // the experiment's model it belongs beside; empty: none
  std::string note;
  std::map<std::string, PublishedScores> scores;  // scope (all, casme2, ...) -> scores
};

// How reports compare models. It can't change a run.
struct ComparisonFamily {
  std::string name;
  std::vector<std::pair<std::string, std::string>> pairs;  // labels; non-empty, none twice in either order
};
struct StatisticsSpec {
  std::optional<ComparisonFamily> family;  // nothing: every pair of models that can be compared
  double alpha = 0.05;                     // of tests, two-sided
  double equivalence = 0.01;               // half the width of the region of practical equivalence
};

// Thresholds of the report's evidence card. The defaults are cited in reports/evidence.h; another value stands beside the verdict.
struct EvidenceSpec {
  double above_chance_by = 0.0;     // how far the interval of UF1 must lie above the floor
  double calibration_level = 0.95;  // share of calibrated models that pass
  double latency_ms = 500.0;        // 99th percentile from the last frame to the answer
};

struct ExperimentSpec {
  std::int64_t schema_version = 1;
  std::string name;  // [A-Za-z0-9][A-Za-z0-9._-]*; folder of the runs
  std::string description;
  DatasetSpec dataset;
  ProtocolSpec protocol;
  std::vector<ModelSpec> models;  // sweeps already expanded; non-empty
  std::vector<core::Seed> seeds;  // non-empty, unique
  bool record_epochs = false;
  bool save_weights = false;
  std::string device = "cpu";
  std::vector<PublishedResult> published;
  StatisticsSpec statistics;
  EvidenceSpec evidence;
  LatencySpec latency;

  [[nodiscard]] std::size_t run_count() const { return models.size() * seeds.size(); }
};

// Above any real experiment; more would fill the memory before anything ran.
inline constexpr std::size_t kMostRuns = 10'000;

// One run: one model with one seed.
struct RunSpec {
  ModelSpec model;
  core::Seed seed;
};
[[nodiscard]] std::vector<RunSpec> expand(const ExperimentSpec& experiment);  // models outer, seeds inner

}  // namespace mexbench::config
