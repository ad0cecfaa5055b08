#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "arm.h"
#include "harness/engine/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "models/registry.h"

namespace mexbench::bench {
namespace {

using nlohmann::json;

core::Result<engine::Description> description_of(const json& settings, const Inputs& inputs) {
  MEXBENCH_ASSIGN(const models::ModelCard* const card, models::model_by_name(settings.at("model").get<std::string>()));
  MEXBENCH_ASSIGN(const json params, models::resolve_params(*card, settings.at("params")));
  return models::describe(*card, params, inputs.shape[2], inputs.shape[3]);
}

core::Result<train::NetworkFactory> network_of(const json& settings) {
  return models::factory(settings.at("model").get<std::string>(), settings.at("params"));
}

core::Result<bool> is_fused(const json& settings) {
  const std::string engine = settings.value("engine", "libtorch");
  if (engine == "fused" || engine == "libtorch") return engine == "fused";
  return core::Error(core::ErrorCode::kUsage, fmt::format("engine '{}', libtorch or fused is wanted", engine));
}

}  // namespace

core::Result<std::unique_ptr<model::Learner>> learner_of(const json& settings, const Inputs& inputs, const train::Recipe& recipe) {
  MEXBENCH_ASSIGN(const bool fused, is_fused(settings));
  if (fused) {
    MEXBENCH_ASSIGN(engine::Description description, description_of(settings, inputs));
    std::optional<engine::StartState> start;
    if (settings.contains("init")) {
      const std::string file = settings.at("init");
      MEXBENCH_ASSIGN(model::StateDict state, model::read_state_dict(file));
      start = {.state = std::move(state), .file = file, .fresh = {}};
    }
    return std::unique_ptr<model::Learner>(
        std::make_unique<engine::FusedLearner>(std::move(description), recipe, data::ImageChannels(), std::move(start)));
  }
  MEXBENCH_ASSIGN(train::NetworkFactory make, network_of(settings));
  if (settings.contains("init")) {
    MEXBENCH_ASSIGN(make, train::with_start(std::move(make), settings.at("init").get<std::string>(), {}));
  }
  return std::unique_ptr<model::Learner>(std::make_unique<train::LibTorchLearner>(std::move(make), recipe));
}

core::Result<std::unique_ptr<model::FittedModel>> fitted_of(const json& settings, const Inputs& inputs) {
  MEXBENCH_ASSIGN(const bool fused, is_fused(settings));
  const std::string weights = settings.at("weights");
  if (fused) {
    MEXBENCH_ASSIGN(const engine::Description description, description_of(settings, inputs));
    return engine::load_model(description, weights);
  }
  MEXBENCH_ASSIGN(const train::NetworkFactory make, network_of(settings));
  return train::load_model(make, weights);
}

}  // namespace mexbench::bench
