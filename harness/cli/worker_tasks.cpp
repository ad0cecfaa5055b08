#include "harness/cli/worker_tasks.h"

#include <fmt/format.h>

#include <exception>
#include <span>
#include <vector>

#include "datasets/lookalike/lookalike.h"
#include "harness/cli/worker_inputs.h"
#include "harness/cli/worker_latency.h"
#include "harness/cli/worker_models.h"
#include "harness/core/memory.h"
#include "harness/core/memory_ceiling.h"
#include "harness/core/profile.h"
#include "harness/engine/instruction_set.h"
#include "harness/model/learner.h"
#include "harness/preprocess/cache.h"
#include "harness/preprocess/contact_sheet.h"
#include "harness/preprocess/lookalike_render.h"
#include "harness/preprocess/recipe.h"
#include "harness/preprocess/synth_render.h"
#include "harness/run/messages.h"
#include "harness/train/cause.h"
#include "harness/train/environment.h"
#include "harness/train/inspect.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "models/parity.h"
#include "models/registry.h"

namespace mexbench::cli {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// The most memory that looking into a network may take (docs/inspect-a-model.md).
constexpr std::uint64_t kMostInspected = std::uint64_t{8} << 30U;
// FLOPs of one clip: the search for what never trains takes many steps of several clips, and beyond this it takes minutes.
constexpr std::int64_t kMostFlops = 500'000'000'000;

json done() { return {{"type", "done"}}; }

run::TensorShape shape_from(const json& shape) {
  return {.clips = shape.at(0), .channels = shape.at(1), .height = shape.at(2), .width = shape.at(3)};
}

// Tells the parent of each epoch; with `test`, also the test scores in evaluation mode.
class Reporter final : public model::EpochObserver {
 public:
  // `test`: null when epochs are not recorded.
  Reporter(run::Channel& channel, const model::TensorView* test, core::Profile* profile)
      : channel_(channel), test_(test), profile_(profile) {}

  core::Status on_epoch(const model::EpochReport& report, model::FittedModel& model) override {
    json message = {{"type", "epoch"},           {"phase", report.phase},
                    {"epoch", report.epoch},     {"epochs", report.epochs},
                    {"loss", report.train_loss}, {"validation", report.validation_score ? json(*report.validation_score) : json(nullptr)}};
    if (test_ != nullptr) {
      core::Timed evaluating(profile_, "evaluation");
      MEXBENCH_ASSIGN(const model::Scores scores, model.predict(*test_));
      evaluating.stop();
      // A fold gives the same with and without recording: scores that are not finite are left out here, and fail it only at the end.
      if (scores.finite()) message["scores"] = scores.values;
    }
    const core::Timed telling(profile_, "writing");
    return channel_.send(message);
  }

 private:
  run::Channel& channel_;
  const model::TensorView* test_;
  core::Profile* profile_;
};

// Can the model of a fold task be opened, and does it take the clips? One of them goes through it, untrained. The answer names the tensors
// that a reset of the model's own left as they were.
core::Result<json> probe(const json& request) {
  const run::FoldTask task = run::fold_task_from_json(request);
  MEXBENCH_ASSIGN(const Mapping mapping, Mapping::open(task.tensor.bytes(), /*writable=*/false));
  const Block clip = gather(mapping.floats(), task, {task.test_rows.front()});
  MEXBENCH_ASSIGN(const std::unique_ptr<model::FittedModel> model, task.weights.empty() ? untrained_model(task) : loaded_model(task));
  MEXBENCH_ASSIGN(const model::Scores scores, model->predict(clip.view));
  if (scores.classes != task.classes) {
    return Error(ErrorCode::kUsage, fmt::format("the model gives {} scores, but there are {} classes", scores.classes, task.classes));
  }
  json message = done();
  message["kept"] = model->capabilities().kept;
  return message;
}

core::Result<std::unique_ptr<model::FittedModel>> fitted_model(const run::FoldTask& task, std::span<const float> inputs,
                                                               const std::optional<FittedSteps>& steps, const model::TensorView& test,
                                                               run::Channel& channel, core::Profile* profile) {
  if (!task.weights.empty()) {
    const core::Timed loading(profile, "load");
    return loaded_model(task);
  }
  core::Timed gathering(profile, "gather");
  const Block training = gather(inputs, task, task.train_rows, steps);
  const Block validation = gather(inputs, task, task.validation_rows, steps);
  gathering.stop();
  Reporter reporter(channel, task.record_epochs ? &test : nullptr, profile);
  MEXBENCH_ASSIGN(const std::unique_ptr<model::Learner> learner, learner_of(task));
  return learner->fit({.inputs = training.view,
                       .targets = {.values = task.train_targets, .classes = task.classes},
                       .positions = task.train_order,
                       .subjects = task.train_subjects,
                       .datasets = task.train_datasets,
                       .rows = task.train_rows},
                      {.inputs = validation.view,
                       .targets = {.values = task.validation_targets, .classes = task.classes},
                       .subjects = task.validation_subjects,
                       .positions = task.validation_order,
                       .datasets = task.validation_datasets,
                       .rows = task.validation_rows},
                      {.seed = task.seed, .fold = task.fold, .profile = profile}, reporter);
}

core::Result<json> run_fold(const json& request, run::Channel& channel) {
  const run::FoldTask task = run::fold_task_from_json(request);
  core::Profile times;
  core::Profile* const profile = task.profile ? &times : nullptr;
  core::Profile whole;
  core::Timed all(task.profile ? &whole : nullptr, "fold");
  MEXBENCH_ASSIGN(const Mapping mapping, Mapping::open(task.tensor.bytes(), /*writable=*/false));
  const std::span<const float> inputs = mapping.floats();
  core::Timed gathering(profile, "gather");
  MEXBENCH_ASSIGN(const std::optional<FittedSteps> steps, fitted_steps(inputs, task));
  const Block test = gather(inputs, task, task.test_rows, steps);
  gathering.stop();
  MEXBENCH_ASSIGN(const std::unique_ptr<model::FittedModel> model, fitted_model(task, inputs, steps, test.view, channel, profile));
  core::Timed evaluating(profile, "evaluation");
  MEXBENCH_ASSIGN(const model::Scores scores, model->predict(test.view));
  evaluating.stop();
  if (!scores.finite()) return Error(ErrorCode::kFailed, "the model's scores of the test clips are not all finite numbers");
  core::Timed writing(profile, "writing");
  MEXBENCH_ASSIGN(const std::string digest, model->weights_digest());
  if (!task.save_weights.empty()) MEXBENCH_TRY(model->save(task.save_weights));
  writing.stop();
  json message = done();
  message["scores"] = scores.values;
  message["weights_digest"] = digest;
  const model::Capabilities facts = model->capabilities();
  message["epochs_trained"] = facts.epochs;
  message["parameters"] = facts.parameters;
  message["start"] = model::to_string(facts.start);
  // What was really used, for the seal: the audit starts from it.
  message["train_rows"] = task.train_rows;
  message["validation_rows"] = task.validation_rows;
  message["test_rows"] = task.test_rows;
  message["lineage"] = json::array();
  for (const model::Lineage& made : model->lineage()) {
    message["lineage"].push_back({{"phase", made.phase}, {"children", made.children}, {"parents", made.parents}, {"digest", made.digest}});
  }
  message["fitted"] = json::array();
  if (steps) {
    for (const preprocess::FittedInput::Digest& step : steps->input.digests())
      message["fitted"].push_back({{"step", step.step}, {"rows", steps->rows}, {"digest", step.sha256}});
  }
  all.stop();
  if (task.profile) {
    times.add("rest of the folds", whole.total() - times.total());  // making the network, its first clip, reading the request
    message["profile"] = run::to_json(times);
  }
  return message;
}

core::Result<json> prepare(const json& request, run::Channel& channel) {
  const run::TensorShape shape = shape_from(request.at("tensor"));
  MEXBENCH_ASSIGN(const Mapping mapping, Mapping::open(shape.bytes(), /*writable=*/true));
  MEXBENCH_ASSIGN(const data::Manifest manifest, data::manifest_from_json(request.at("manifest"), "the manifest"));
  const auto progress = [&](std::size_t finished, std::size_t total) {
    (void)channel.send({{"type", "progress"}, {"done", finished}, {"total", total}});  // a parent that is gone ends us anyway
  };
  core::Profile times;
  std::optional<preprocess::TensorCache> cache;
  if (request.contains("cache")) cache.emplace(request.at("cache").at("folder").get<std::string>(), request.at("cache").at("limit"));
  MEXBENCH_TRY(preprocess::compute_inputs(manifest, request.at("root").get<std::string>(), mapping.floats(), progress,
                                          request.at("threads"), cache ? &*cache : nullptr, &times));
  json message = done();
  message["profile"] = run::to_json(times);
  if (cache && !cache->report().problem.empty()) message["cache_problem"] = cache->report().problem;
  return message;
}

core::Result<json> hello() {
  MEXBENCH_TRY(engine::check_instruction_set());
  json environment = train::environment();
  environment["engine_instruction_set"] = engine::instruction_set();
  const preprocess::Environment images = preprocess::environment();
  environment["opencv"] = images.opencv;
  environment["opencv_instruction_set"] = images.instruction_set;
  json message = done();
  message["environment"] = std::move(environment);
  train::reserve_work_memory();
  const auto memory = core::private_memory();
  message["private_bytes"] = memory ? json(*memory) : json(nullptr);
  return message;
}

core::Result<json> render(const json& request) {
  if (request.at("adapter") == "lookalike") {
    MEXBENCH_ASSIGN(const data::Lookalike corpus, datasets::plan_lookalike(request.at("options")));
    MEXBENCH_TRY(preprocess::render_lookalike(corpus, request.at("root").get<std::string>(), {}, request.at("threads")));
    return done();
  }
  MEXBENCH_ASSIGN(const data::SynthOptions options, data::synth_options_from_json(request.at("options")));
  MEXBENCH_TRY(preprocess::render_synth(options, request.at("root").get<std::string>(), {}, request.at("threads")));
  return done();
}

core::Result<json> contact_sheet(const json& request) {
  std::vector<preprocess::SheetClip> clips;
  for (const json& clip : request.at("clips")) {
    clips.push_back({.title = clip.at("title"),
                     .onset = clip.at("onset").get<std::string>(),
                     .apex = clip.at("apex").get<std::string>(),
                     .offset = clip.at("offset").get<std::string>()});
  }
  MEXBENCH_TRY(preprocess::write_contact_sheet(request.at("corpus"), clips, request.at("file").get<std::string>()));
  return done();
}

core::Result<json> parity(const json& request) {
  // A fixture that asks for more than there is fails alone, before the system ends the process.
  train::reserve_work_memory();
  const core::MemoryCeiling ceiling(core::machine_memory().value_or(kMostInspected));
  MEXBENCH_ASSIGN(const auto results, models::run_parity(request.at("folder").get<std::string>()));
  json message = done();
  message["results"] = models::to_json(results);
  return message;
}

core::Result<json> inspect(const json& request) {
  train::reserve_work_memory();
  const core::MemoryCeiling ceiling(kMostInspected);
  MEXBENCH_ASSIGN(const train::NetworkFactory make, models::factory(request.at("model").get<std::string>(), request.at("params")));
  const auto clip = request.at("clip").get<std::vector<std::int64_t>>();
  MEXBENCH_ASSIGN(const train::Cost cost, train::cost_of(make, clip));
  if (cost.flops > kMostFlops) {
    return Error(ErrorCode::kUsage, fmt::format("one clip takes this network {:.3g} FLOPs, at most {:.3g} are inspected",
                                                static_cast<double>(cost.flops), static_cast<double>(kMostFlops)))
        .hint("smaller images or fewer units have the same layers, and the same parameters that never train");
  }
  MEXBENCH_ASSIGN(const train::Untrained untrained, train::find_untrained(make, clip, train::step_size(cost.flops)));
  json message = done();
  message["inspection"] = train::to_json(cost, untrained);
  return message;
}

core::Result<json> dispatch(const json& request, run::Channel& channel) {
  const std::string type = request.at("type");
  if (type == "hello") return hello();
  if (type == "render") return render(request);
  if (type == "prepare") return prepare(request, channel);
  if (type == "probe") return probe(request);
  if (type == "fold") return run_fold(request, channel);
  if (type == "contact_sheet") return contact_sheet(request);
  if (type == "parity") return parity(request);
  if (type == "inspect") return inspect(request);
  if (type == "time" || type == "first_answer") return latency_task(request, channel);
  return Error(ErrorCode::kFailed, fmt::format("unknown task '{}'", type));
}

}  // namespace

core::Result<json> handle_task(const json& request, run::Channel& channel) {
  try {
    return dispatch(request, channel);
  } catch (const std::exception& problem) {
    if (core::is_out_of_memory(problem)) return Error(ErrorCode::kFailed, core::out_of_memory());
    return Error(ErrorCode::kFailed, fmt::format("unexpected: {}", train::cause_of(problem)));
  }
}

}  // namespace mexbench::cli
