#include "harness/cli/worker_models.h"

#include <optional>
#include <utility>

#include "harness/engine/description.h"
#include "harness/engine/learner.h"
#include "harness/engine/support.h"
#include "harness/model/state_dict.h"
#include "harness/train/recipe_json.h"
#include "models/methods.h"
#include "models/modules.h"
#include "models/onnx/onnx.h"
#include "models/plugin/plugin.h"
#include "models/torchscript/torchscript.h"

namespace mexbench::cli {
namespace {

bool is_fused(const run::FoldTask& task) { return task.engine == engine::to_string(engine::Engine::kFused); }

core::Result<engine::Description> description_of(const run::FoldTask& task) {
  MEXBENCH_ASSIGN(const models::ModelCard* const card, models::model_by_name(task.model));
  MEXBENCH_ASSIGN(const nlohmann::json params, models::resolve_params(*card, task.params));
  const data::ImageSize size = task.adaptation.size_after({.height = task.tensor.height, .width = task.tensor.width});
  return models::describe(*card, params, size.height, size.width);
}

core::Result<std::optional<engine::StartState>> start_of(const run::FoldTask& task) {
  std::optional<engine::StartState> start;
  if (task.init.empty()) return start;
  MEXBENCH_ASSIGN(model::StateDict state, model::read_state_dict(task.init));
  start = {.state = std::move(state), .file = task.init, .fresh = task.fresh};
  return start;
}

core::Result<train::NetworkFactory> started_network(const run::FoldTask& task) {
  MEXBENCH_ASSIGN(train::NetworkFactory make, network_of(task));
  if (task.init.empty()) return make;
  return train::with_start(std::move(make), task.init, task.fresh);
}

}  // namespace

core::Result<models::Kind> kind_of(const run::FoldTask& task) {
  MEXBENCH_ASSIGN(const models::ModelCard* const card, models::model_by_name(task.model));
  return card->kind;
}

core::Result<train::NetworkFactory> network_of(const run::FoldTask& task) {
  if (task.model == "torchscript" && task.file.empty()) return models::script_as_is(task.weights);  // they are the model
  if (task.model == "torchscript") return models::script_factory(task.file);
  if (task.model == "plugin") return models::plugin_factory(task.file, task.params);
  return models::factory(task.model, task.params);
}

core::Result<std::unique_ptr<model::FittedModel>> loaded_model(const run::FoldTask& task) {
  MEXBENCH_ASSIGN(const models::Kind kind, kind_of(task));
  if (kind == models::Kind::kMethod) {
    MEXBENCH_ASSIGN(const model::StateDict state, model::read_state_dict(task.weights));
    return models::load_method(task.model, task.params, state, task.weights);
  }
  if (task.model == "onnx") return models::load_onnx(task.weights);
  if (is_fused(task)) {
    MEXBENCH_ASSIGN(const engine::Description description, description_of(task));
    return engine::load_model(description, task.weights);
  }
  MEXBENCH_ASSIGN(const train::NetworkFactory make, network_of(task));
  if (task.model == "torchscript" && task.file.empty()) return train::model_as_is(make);
  return train::load_model(make, task.weights);
}

core::Result<std::unique_ptr<model::Learner>> learner_of(const run::FoldTask& task) {
  MEXBENCH_ASSIGN(const models::Kind kind, kind_of(task));
  if (kind == models::Kind::kMethod) return models::method(task.model, task.params);
  if (is_fused(task)) {
    MEXBENCH_ASSIGN(engine::Description description, description_of(task));
    MEXBENCH_ASSIGN(std::optional<engine::StartState> start, start_of(task));
    return std::unique_ptr<model::Learner>(
        std::make_unique<engine::FusedLearner>(std::move(description), train::recipe_from_json(task.train), task.images, std::move(start)));
  }
  MEXBENCH_ASSIGN(train::NetworkFactory make, started_network(task));
  return std::unique_ptr<model::Learner>(
      std::make_unique<train::LibTorchLearner>(std::move(make), train::recipe_from_json(task.train), task.images));
}

core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const run::FoldTask& task) {
  if (is_fused(task)) {
    MEXBENCH_ASSIGN(const engine::Description description, description_of(task));
    MEXBENCH_ASSIGN(const std::optional<engine::StartState> start, start_of(task));
    return engine::untrained_model(description, start);
  }
  MEXBENCH_ASSIGN(const train::NetworkFactory make, started_network(task));
  return train::untrained_model(make);
}

}  // namespace mexbench::cli
