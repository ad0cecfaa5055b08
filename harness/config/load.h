// experiment.yaml -> ExperimentSpec: the one place where files, the command line, the environment and the lists of models, corpora and
// protocols meet. Everything is checked before anything runs, and every problem is reported at once with its place.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/config/experiment.h"
#include "harness/config/schema.h"
#include "harness/core/result.h"

namespace mexbench::config {

struct AdapterSchema {
  ObjectSchema options;  // the adapter's own keys of `dataset`
  bool needs_root = true;
  std::vector<std::string> label_maps;  // ids it can label clips by; with exactly one, that is the default
  bool own_label_maps = false;          // the experiment may write one out
  std::vector<std::string> datasets{};  // ids its clips may carry: what `only` may keep and scores may be published for; empty: any
};

enum class Learning {
  kByRecipe,  // trained by `train`
  kByItself,  // by a rule of its own
  kNever,     // evaluated as it is: needs `weights`
};
struct ModelSchema {
  ObjectSchema params;
  Learning learning = Learning::kByRecipe;
  // A model that stands in a file of the user's: `file` names what is trained here. With `file_or_weights`, files that are evaluated as
  // they are may be given as `weights` instead.
  bool has_file = false;
  bool file_or_weights = false;
  bool own_params = false;  // `params` are the file's own, whatever they are
};

// What the floors above contribute; this room knows no concrete model, corpus or protocol. Names are those of the YAML.
struct Vocabulary {
  std::map<std::string, ModelSchema> models;
  std::map<std::string, AdapterSchema> adapters;
  std::map<std::string, ObjectSchema> protocols;  // the protocol's own keys
};

// loso {}, lodo {}, subject_kfold {folds}, holdout {test_subjects | test_share}.
[[nodiscard]] std::map<std::string, ObjectSchema> protocol_schemas();

struct LoadedExperiment {
  ExperimentSpec spec;
  std::string text;     // the file as given
  CheckedTree checked;  // sweeps expanded, `train` written out per model, seeds listed, published results inlined
  Type type;            // of `checked`

  // resolved.yaml: every value with `# file:line`, `# default` or `# --set` behind it, ${NAME} as written. Loads again to the same spec
  // from `folder`, the folder it will stand in (relative paths are rewritten for it); without one, relative paths are written absolute.
  [[nodiscard]] std::string resolved_yaml(const std::filesystem::path& folder = {}) const;

  // Every setting that can change this run's result, and nothing else: no path, label, name or description.
  //   {"dataset": {...}, "protocol": {...}, "device": "cpu", "model": {"name", "params", "input"?, "weights"?, "weights_sha256"?, "init"?},
  //    "train": {...} | null, "seed": 0}
  // `weights` is the last part of the pattern as written. Keys count unless their Field says otherwise (Field::science, Field::since).
  [[nodiscard]] nlohmann::json science_json(const RunSpec& run) const;
};

// kUsage with all problems. `overrides` are the `--set` arguments, `key.path=value` each.
[[nodiscard]] core::Result<LoadedExperiment> load_experiment(const std::filesystem::path& path, std::span<const std::string> overrides,
                                                             const Vocabulary& vocabulary);

// A file with `published: [...]`; kUsage with all problems.
[[nodiscard]] core::Result<std::vector<PublishedResult>> load_published(const std::filesystem::path& path);

// The schema of experiment files, as written by people.
[[nodiscard]] Type experiment_type(const Vocabulary& vocabulary);
[[nodiscard]] nlohmann::json json_schema(const Vocabulary& vocabulary);
[[nodiscard]] std::string reference_markdown(const Vocabulary& vocabulary);

// Placeholders a `weights` pattern may have, filled in per fold and seed.
inline constexpr const char* kWeightsPlaceholders[] = {"dataset", "subject", "fold", "seed"};

}  // namespace mexbench::config
