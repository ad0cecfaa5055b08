#include "harness/run/engines.h"

#include <fmt/format.h>

#include <set>
#include <system_error>
#include <utility>

#include "harness/config/problems.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
using config::problem_at;
using core::Diagnostic;
using nlohmann::json;

std::optional<engine::Choice> engine_of(const config::ModelSpec& model, const ModelFacts& facts, const json& params, data::ImageSize size,
                                        std::vector<Diagnostic>& problems) {
  if (!facts.fused_obstacle) {
    if (model.engine_from == config::EngineFrom::kModel && model.engine != "auto") {
      problems.push_back(
          problem_at(model.engine_where, fmt::format("model '{}' is no network that an engine computes", model.label), "remove 'engine'"));
    }
    return std::nullopt;
  }
  const engine::Candidate candidate{.obstacle = facts.fused_obstacle(params, size.height, size.width),
                                    .train = model.train ? model.train->settings : json(nullptr)};
  auto choice = engine::choose(engine::wish_from(model.engine), candidate);
  if (choice && model.engine_from == config::EngineFrom::kRun && model.engine != "auto") choice->reason = "as the run was begun";
  if (choice) return *std::move(choice);
  const Diagnostic& why = choice.error().diagnostics().front();
  problems.push_back(problem_at(model.engine_where, fmt::format("model '{}': {}", model.label, why.message), why.hint));
  return std::nullopt;
}

void keep_engine(config::ModelSpec& model, const json& science) {
  if (model.engine != "auto") return;
  model.engine = engine::to_string(science.contains("engine") ? engine::Engine::kFused : engine::Engine::kLibTorch);
  model.engine_from = config::EngineFrom::kRun;
}

void keep_engines(config::ExperimentSpec& experiment, const fs::path& experiment_folder) {
  for (config::ModelSpec& model : experiment.models) {
    for (const core::Seed seed : experiment.seeds) {
      const fs::path file = experiment_folder / model.label / fmt::format("seed-{}", seed.value) / "run.json";
      std::error_code none;
      if (!fs::exists(file, none)) continue;
      const auto record = store::read_json(file, "mexbench.run/1");
      if (record && record->contains("science")) keep_engine(model, record->at("science"));  // a damaged one is told of when it is opened
      break;
    }
  }
}

std::vector<std::string> engine_lines(const ExperimentPlan& plan) {
  std::vector<std::string> out;
  std::set<std::string> told;
  for (const RunPlan& run : plan.runs) {
    if (!run.engine || (run.engine->engine == engine::Engine::kLibTorch && run.engine->reason.empty())) continue;
    if (told.insert(run.spec.model.label).second) out.push_back(fmt::format("{}: {}", run.spec.model.label, engine::in_words(*run.engine)));
  }
  return out;
}

}  // namespace mexbench::run
