#include "harness/run/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <system_error>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "harness/eval/metrics.h"
#include "harness/run/engines.h"
#include "harness/run/fold_tasks.h"
#include "harness/run/interrupt.h"
#include "harness/run/worker_process.h"
#include "harness/store/fold_store.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// What a run folder says of itself, beside its folds.
struct RunRecord {
  std::string label;
  core::Seed seed;
  std::string science_hash;
  json science;
  data::Manifest manifest;
};

core::Result<RunRecord> read_record(const fs::path& folder) {
  std::error_code failure;
  const fs::path file = folder / "run.json";
  if (!fs::exists(file, failure)) {
    return Error::in_file(ErrorCode::kData, folder.string(), "is no run's folder: it has no run.json")
        .hint("give the folder of one model and seed, such as runs/quickstart/ststnet/seed-0");
  }
  RunRecord record;
  MEXBENCH_ASSIGN(const json run, store::read_json(file, "mexbench.run/1"));
  const fs::path lock_file = folder / "manifest.lock.json";
  MEXBENCH_ASSIGN(const json lock, store::read_json(lock_file, "mexbench.manifest/1"));
  MEXBENCH_ASSIGN(record.manifest, data::manifest_from_json(lock, lock_file.string()));
  try {
    record.label = run.at("model").at("label");
    record.seed = core::Seed{run.at("seed").get<std::uint64_t>()};
    record.science_hash = run.at("science_hash");
    record.science = run.at("science");
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("is no record of a run: {}", problem.what()));
  }
  return record;
}

// The plan of one model and seed of an experiment, without looking at its other models.
core::Result<RunPlan> plan_of(const config::LoadedExperiment& experiment, const config::ModelSpec& model, core::Seed seed,
                              const data::Manifest& manifest, const Catalogue& catalogue, Pins pins) {
  config::ExperimentSpec spec = experiment.spec;
  spec.models = {model};
  spec.seeds = {seed};
  MEXBENCH_ASSIGN(ExperimentPlan plan, make_plan(spec, [&](const config::RunSpec& run) { return experiment.science_json(run); }, manifest,
                                                 catalogue, {.out = {}, .pins = pins}));
  return std::move(plan.runs.front());
}

std::vector<std::size_t> learned_clips(const protocol::FoldPlan& fold) {
  std::vector<std::size_t> out(fold.train);
  out.insert(out.end(), fold.validation.begin(), fold.validation.end());
  return out;
}

Error which_fold(const RunPlan& run) {
  return Error(ErrorCode::kUsage, fmt::format("'{}' has {} folds, each with weights of its own", run.spec.model.label, run.folds.size()))
      .hint(fmt::format("say which with --fold, such as --fold {}", run.folds.front().id.text()));
}

// Points at the weights of a fold that was fitted here: those its seal names.
core::Status find_kept_weights(const fs::path& run_folder, Predictor& predictor) {
  const std::string id = predictor.fold_id().text();
  const fs::path folder = run_folder / "folds" / core::folder_name(predictor.fold_id());
  std::error_code failure;
  if (!fs::exists(folder / "sealed.json", failure)) {
    return Error::in_file(ErrorCode::kData, run_folder.string(), fmt::format("fold '{}' is not computed", id))
        .hint(fmt::format("mexbench resume {} --fold {}", run_folder.string(), id));
  }
  MEXBENCH_ASSIGN(const store::SealedFold sealed, store::read_sealed(folder, predictor.manifest.label_map.classes));
  if (!sealed.files.contains("weights.pth")) {
    return Error::in_file(ErrorCode::kData, run_folder.string(), fmt::format("the run kept no weights of fold '{}'", id))
        .hint("keep them with 'save_weights: true' in the experiment, and run it again with --fresh");
  }
  predictor.weights = folder / "weights.pth";
  predictor.environment_hash = sealed.environment_hash;
  return {};
}

template <typename T, typename Text>
Error which(const char* what, const char* option, const std::vector<T>& known, const std::optional<std::string>& wanted, Text text) {
  std::vector<std::string> names;
  for (const T& entry : known) names.push_back(text(entry));
  if (!wanted) {
    return Error(ErrorCode::kUsage, fmt::format("the experiment has {} {}s", known.size(), what))
        .hint(fmt::format("say which with {}: {}", option, core::quoted_list(names)));
  }
  return unknown_name(what, *wanted, names);
}

core::Result<config::ModelSpec> choose_model(const config::ExperimentSpec& spec, const std::optional<std::string>& label) {
  if (!label && spec.models.size() == 1) return spec.models.front();
  const auto found =
      std::find_if(spec.models.begin(), spec.models.end(), [&](const config::ModelSpec& model) { return model.label == label; });
  if (label && found != spec.models.end()) return *found;
  return which("model", "--model", spec.models, label, [](const config::ModelSpec& model) { return model.label; });
}

core::Result<core::Seed> choose_seed(const config::ExperimentSpec& spec, const std::optional<core::Seed>& seed) {
  if (!seed && spec.seeds.size() == 1) return spec.seeds.front();
  if (seed && std::find(spec.seeds.begin(), spec.seeds.end(), *seed) != spec.seeds.end()) return *seed;
  const std::optional<std::string> wanted = seed ? std::optional(fmt::format("{}", seed->value)) : std::nullopt;
  return which("seed", "--seed", spec.seeds, wanted, [](core::Seed entry) { return fmt::format("{}", entry.value); });
}

// A clip's files, whatever they are called.
std::string content_of(const data::Clip& clip) {
  std::string out;
  for (const data::MediaFile& file : clip.files) out += file.role + " " + file.sha256 + "\n";
  return out;
}

void warn_of_learned_clips(const Predictor& predictor, const data::Manifest& clips, std::vector<core::Diagnostic>& warnings) {
  std::map<std::string, const data::Clip*> learned;
  for (const std::size_t position : predictor.learned) {
    const data::Clip& clip = predictor.manifest.clips[position];
    learned.emplace(content_of(clip), &clip);
  }
  std::size_t more = 0;
  for (const data::Clip& clip : clips.clips) {
    const auto found = learned.find(content_of(clip));
    if (found == learned.end()) continue;
    constexpr std::size_t kShown = 5;
    if (warnings.size() == kShown) {
      ++more;
      continue;
    }
    core::Diagnostic warning;
    warning.severity = core::Severity::kWarning;
    warning.where.file = clip.id.text();
    warning.message =
        fmt::format("is byte for byte '{}', a training clip of fold '{}'", found->second->id.text(), predictor.fold_id().text());
    warning.hint = "its prediction is no evidence";
    warnings.push_back(std::move(warning));
  }
  if (more > 0) warnings.back().notes.push_back(fmt::format("{} further clips are training clips of this fold too", more));
}

void warn_of_environment(const Predictor& predictor, const json& environment, std::vector<core::Diagnostic>& warnings) {
  if (predictor.environment_hash.empty() || predictor.environment_hash == store::hash_json(environment)) return;
  core::Diagnostic warning;
  warning.severity = core::Severity::kWarning;
  warning.message =
      fmt::format("fold '{}' was fitted in another environment: scores may differ in their last digits", predictor.fold_id().text());
  warnings.push_back(std::move(warning));
}

}  // namespace

core::Result<Predictor> predictor_of_run(const fs::path& folder, const std::optional<std::string>& fold,
                                         const config::Vocabulary& vocabulary, const Catalogue& catalogue) {
  MEXBENCH_ASSIGN(RunRecord record, read_record(folder));
  const fs::path experiment_folder = fs::absolute(folder / ".").lexically_normal().parent_path().parent_path().parent_path();
  MEXBENCH_ASSIGN(const config::LoadedExperiment experiment, config::load_experiment(experiment_folder / "resolved.yaml", {}, vocabulary));
  MEXBENCH_ASSIGN(config::ModelSpec model, choose_model(experiment.spec, record.label));
  keep_engine(model, record.science);
  Predictor out;
  MEXBENCH_ASSIGN(out.run, plan_of(experiment, model, record.seed, record.manifest, catalogue, Pins::kIgnore));
  if (out.run.science_hash != record.science_hash) {
    core::Diagnostic problem;
    problem.where.file = folder.string();
    problem.message = "was run with other settings or files than its experiment has now";
    problem.notes = store::differences(record.science, out.run.science);
    return Error(ErrorCode::kUsage, std::move(problem));
  }
  if (out.run.adaptation.learns()) {
    return Error::in_file(ErrorCode::kUsage, folder.string(),
                          "has a model whose input is fitted on the training clips of each fold, and what was fitted is not kept")
        .hint("predict takes models whose 'input' has neither 'normalise' nor 'pca'");
  }
  out.manifest = std::move(record.manifest);
  if (fold) {
    MEXBENCH_ASSIGN(out.fold, find_fold(out.run.folds, *fold));
  } else if (out.run.folds.size() > 1 && !out.run.loads_one_file()) {
    return which_fold(out.run);
  }
  if (fold || out.run.folds.size() == 1) out.learned = learned_clips(out.run.folds[out.fold]);
  if (out.run.fitted()) {
    MEXBENCH_TRY(find_kept_weights(folder, out));
  } else {
    out.weights = out.run.weights[out.fold].path;
  }
  return out;
}

core::Result<Predictor> predictor_of_experiment(const config::LoadedExperiment& experiment, data::Manifest manifest,
                                                const Catalogue& catalogue, const ModelChoice& choice) {
  MEXBENCH_ASSIGN(const config::ModelSpec model, choose_model(experiment.spec, choice.label));
  MEXBENCH_ASSIGN(const core::Seed seed, choose_seed(experiment.spec, choice.seed));
  if (!model.weights) {
    return config::placed(Error(ErrorCode::kUsage, fmt::format("model '{}' has no weights: this experiment fits it", model.label))
                              .hint(fmt::format("run it with 'save_weights: true', then: mexbench predict "
                                                "runs/{}/{}/seed-{} --fold ...",
                                                experiment.spec.name, model.label, seed.value)),
                          model.where);
  }
  Predictor out;
  MEXBENCH_ASSIGN(out.run, plan_of(experiment, model, seed, manifest, catalogue, Pins::kEnforce));
  out.manifest = std::move(manifest);
  if (choice.fold) {
    MEXBENCH_ASSIGN(out.fold, find_fold(out.run.folds, *choice.fold));
    out.learned = learned_clips(out.run.folds[out.fold]);
  } else if (!out.run.loads_one_file()) {
    return which_fold(out.run);
  }
  out.weights = out.run.weights[out.fold].path;
  return out;
}

core::Result<data::Manifest> clips_of(data::Manifest corpus, const Predictor& predictor) {
  const data::InputRecipe& wanted = predictor.manifest.input;
  const data::InputRecipe& seen = corpus.input;
  const auto words = [](const data::InputRecipe& input) {
    return fmt::format("recipe '{}' version {} {} of {}x{} ({})", input.recipe, input.version, input.options.dump(), input.height,
                       input.width, core::join(input.channels, ", "));
  };
  if (words(seen) != words(wanted)) {
    return Error(ErrorCode::kData, fmt::format("its clips are made by {}, the model's by {}", words(seen), words(wanted)))
        .hint("give a dataset of the same inputs");
  }
  corpus.label_map = predictor.manifest.label_map;
  for (data::Clip& clip : corpus.clips) clip.truth = data::Truth::one_class(0);  // of another label map, and not wanted
  return corpus;
}

core::Result<Predictions> predict(const Predictor& predictor, const data::Manifest& clips, std::size_t threads) {
  const InterruptGuard interrupt;
  const FoldTasks tasks(clips);
  protocol::FoldPlan all;
  all.test.resize(clips.clips.size());
  std::iota(all.test.begin(), all.test.end(), std::size_t{0});

  MEXBENCH_ASSIGN(const fs::path program, find_worker_program());
  MEXBENCH_ASSIGN(const MemoryFile tensor, MemoryFile::create("mexbench-clips", tasks.shape().bytes()));
  MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program, tensor));
  MEXBENCH_ASSIGN(const json hello, worker.call({{"type", "hello"}}, interrupt));
  MEXBENCH_TRY(worker.call(tasks.prepare_request(threads), interrupt));
  json task = to_json(tasks.make_prediction(predictor.run, predictor.fold, predictor.weights, all));
  const auto ask = [&](const char* type) -> core::Result<json> {
    task["type"] = type;
    auto answer = worker.call(task, interrupt);
    if (!answer && answer.error().code() == ErrorCode::kUsage) return config::placed(answer.error(), predictor.run.spec.model.where);
    return answer;
  };
  MEXBENCH_TRY(ask("probe"));
  MEXBENCH_ASSIGN(const json done, ask("fold"));
  MEXBENCH_TRY(tasks.check_rows(all, done));
  MEXBENCH_ASSIGN(const std::vector<float> scores, tasks.in_plan_order(all, done.at("scores").get<std::vector<float>>()));

  Predictions out;
  out.classes = clips.label_map.classes;
  const auto classes = static_cast<std::ptrdiff_t>(out.classes.size());
  auto next = scores.begin();
  for (const data::Clip& clip : clips.clips) {
    ClipPrediction row{.clip = clip.id.text(), .prediction = 0, .scores = std::vector<float>(next, next + classes)};
    row.prediction = eval::argmax(row.scores);
    out.rows.push_back(std::move(row));
    next += classes;
  }
  warn_of_learned_clips(predictor, clips, out.warnings);
  warn_of_environment(predictor, hello.at("environment"), out.warnings);
  return out;
}

std::string to_csv(const Predictions& predictions) {
  std::string out = "clip,prediction";
  for (const std::string& name : predictions.classes) out += "," + core::csv_field("score:" + name);
  out += '\n';
  for (const ClipPrediction& row : predictions.rows) {
    out += core::csv_field(row.clip) + "," + core::csv_field(predictions.classes[row.prediction]);
    for (const float score : row.scores) out += "," + core::format_score(score);
    out += '\n';
  }
  return out;
}

}  // namespace mexbench::run
