// From a checked experiment and its manifest to everything that will run: folds, weight files, science hash, for each (model, seed).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/experiment.h"
#include "harness/core/result.h"
#include "harness/data/adaptation.h"
#include "harness/data/channels.h"
#include "harness/data/manifest.h"
#include "harness/engine/support.h"
#include "harness/protocol/protocol.h"
#include "harness/run/catalogue.h"

namespace mexbench::run {

struct WeightFile {
  std::filesystem::path path;
  std::string sha256;
  bool pin_broken = false;  // the experiment pins another digest
  std::string pinned;       // the pinned digest, if any
};

struct RunPlan {
  config::RunSpec spec;
  ModelFacts facts;
  std::vector<std::int64_t> channels;     // positions in the manifest's channels, in the model's order
  data::Adaptation adaptation;            // of these channels
  std::optional<engine::Choice> engine;   // that computes the network, and why; none: the model is no network
  std::vector<protocol::FoldPlan> folds;  // with validation clips held out where selection wants them
  std::vector<WeightFile> weights;        // one per fold; empty when the model is fitted here
  std::vector<WeightFile> init;           // starting values, one per fold; empty when training begins with random ones
  std::string file_sha256;                // of the model's file; empty without one
  nlohmann::json science;                 // everything that can change a result
  std::string science_hash;
  std::filesystem::path folder;  // <out>/<experiment>/<label>/seed-<n>

  [[nodiscard]] bool fitted() const { return !spec.model.weights.has_value(); }  // here, by a recipe or a rule of its own; else loaded
  [[nodiscard]] bool trained() const { return spec.model.train.has_value(); }    // by a recipe, in epochs
  // Whether all folds load one and the same file.
  [[nodiscard]] bool loads_one_file() const;
  // Times that a fold goes through its training clips' epochs: 2 when epochs are selected and the model is fitted again on all.
  [[nodiscard]] double rounds() const;
  // Clips x epochs of a fold, for progress.
  [[nodiscard]] double work(std::size_t fold) const;
};

struct ExperimentPlan {
  data::Manifest manifest;
  std::string manifest_hash;
  std::filesystem::path folder;  // <out>/<experiment>
  std::vector<RunPlan> runs;
  std::vector<core::Diagnostic> warnings;
};

enum class Pins { kEnforce, kReport, kIgnore };

struct PlanOptions {
  std::filesystem::path out;
  // A pinned weight file with another digest: an error, a flag on the file, or not looked at.
  Pins pins = Pins::kEnforce;
};

// Fails with kUsage (a model does not fit the data or the protocol, with the position in the experiment file) or kData (missing or
// altered weight files), all problems at once, and then with kAudit when the plan
// leaks (audit/plan_rules.h). `science_of` gives the settings part of a run's science.
[[nodiscard]] core::Result<ExperimentPlan> make_plan(const config::ExperimentSpec& experiment,
                                                     const std::function<nlohmann::json(const config::RunSpec&)>& science_of,
                                                     data::Manifest manifest, const Catalogue& catalogue, const PlanOptions& options);

// What make_plan() says of models and data as far as it is known without reading a corpus: of channels, sizes, ranges and classes. Fails
// with kUsage, all problems at once; gives the warnings.
[[nodiscard]] core::Result<std::vector<core::Diagnostic>> check_models(const config::ExperimentSpec& experiment,
                                                                       const Catalogue& catalogue);

// That the experiment has no `what` ("model", "seed") of this name, with one that is near or those there are. kUsage.
[[nodiscard]] core::Error unknown_name(std::string_view what, const std::string& name, const std::vector<std::string>& known);

// Positions of the runs with this model's label and this seed; without either, of all. At least one: kUsage when there is no such model or
// seed, naming one that is near.
[[nodiscard]] core::Result<std::vector<std::size_t>> choose_runs(const ExperimentPlan& plan, const std::optional<std::string>& label,
                                                                 const std::optional<core::Seed>& seed);

// The position of a fold by its id; kUsage when there is none, naming one that is near.
[[nodiscard]] core::Result<std::size_t> find_fold(const std::vector<protocol::FoldPlan>& folds, const std::string& id);

// What a model is shown that takes these of the data's channels, so adapted.
[[nodiscard]] data::ImageChannels images_of(const std::vector<std::int64_t>& channels, const data::Adaptation& adaptation,
                                            const data::InputRecipe& input);

// `${...}/{subject}.pth` for one fold. {subject} is the raw subject of a LOSO fold (sub01), {dataset} its dataset, {fold} the fold id's
// folder form, {seed} the seed.
[[nodiscard]] std::string expand_weights_pattern(const std::string& pattern, const core::FoldId& fold, core::Seed seed);

}  // namespace mexbench::run
