#include "harness/run/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

#include "harness/core/files.h"
#include "harness/core/version.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::string host_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  name.resize(name.find('\0'));
  return name;
}

json number_or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

}  // namespace

json published_json(const config::ExperimentSpec& experiment) {
  json list = json::array();
  for (const config::PublishedResult& result : experiment.published) {
    json scores = json::object();
    for (const auto& [scope, figures] : result.scores) {
      scores[scope] = {
          {"uf1", number_or_null(figures.uf1)}, {"uar", number_or_null(figures.uar)}, {"accuracy", number_or_null(figures.accuracy)}};
    }
    list.push_back({{"id", result.id},
                    {"citation", result.citation},
                    {"doi", result.doi},
                    {"where", result.where},
                    {"metric_convention", result.metric_convention},
                    {"selection_rule", result.selection_rule},
                    {"read_in_full", result.read_in_full},
                    {"model_label", result.model_label},
                    {"note", result.note},
                    {"scores", std::move(scores)}});
  }
  return list;
}

json statistics_json(const config::StatisticsSpec& statistics) {
  json out{{"alpha", statistics.alpha}, {"equivalence", statistics.equivalence}, {"family", nullptr}};
  if (!statistics.family) return out;
  json pairs = json::array();
  for (const auto& [first, second] : statistics.family->pairs) pairs.push_back({first, second});
  out["family"] = {{"name", statistics.family->name}, {"pairs", std::move(pairs)}};
  return out;
}

json evidence_json(const config::EvidenceSpec& evidence) {
  return {{"above_chance_by", evidence.above_chance_by},
          {"calibration_level", evidence.calibration_level},
          {"latency_ms", evidence.latency_ms}};
}

std::string utc_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

json run_json(const config::ExperimentSpec& experiment, const data::Manifest& manifest, const RunPlan& run, const RunState& state) {
  const config::ModelSpec& model = run.spec.model;
  return {{"schema", "mexbench.run/1"},
          {"experiment", experiment.name},
          {"description", experiment.description},
          {"model",
           {{"label", model.label},
            {"name", model.name},
            {"title", run.facts.title},
            {"params", model.params},
            {"input_channels", model.input.channels},
            {"adaptation", data::to_json(run.adaptation)},
            {"trained", run.fitted()},
            {"weights", model.weights ? json(fs::path(*model.weights).filename().string()) : json(nullptr)},
            {"file", model.file ? json(model.file->filename().string()) : json(nullptr)},
            {"init", model.init ? json(fs::path(model.init->weights).filename().string()) : json(nullptr)},
            {"pretraining", model.card.pretraining ? json(*model.card.pretraining) : json(nullptr)},
            {"verified", run.facts.verified},
            {"paper", run.facts.paper},
            {"parameters", state.parameters ? json(*state.parameters) : json(nullptr)}}},
          {"seed", run.spec.seed.value},
          {"dataset", {{"adapter", manifest.adapter}, {"label_map", manifest.label_map.id}, {"notes", manifest.notes}}},
          {"protocol", {{"name", experiment.protocol.name}, {"options", experiment.protocol.options}}},
          {"train", run.science.at("settings").at("train")},
          {"engine", run.engine ? json{{"name", engine::to_string(run.engine->engine)}, {"reason", run.engine->reason}} : json(nullptr)},
          {"science_hash", run.science_hash},
          {"science", run.science},
          {"environment_hash", state.environment.is_null() ? "" : store::hash_json(state.environment)},
          {"environment", state.environment.is_null() ? json::object() : state.environment},
          {"mexbench_version", core::kVersion},
          {"command_redo", state.redo},
          {"started", state.started},
          {"ended", state.ended},
          {"wall_seconds", state.wall_seconds},
          {"host", host_name()},
          {"jobs", state.jobs},
          {"folds", {{"planned", run.folds.size()}, {"sealed", state.sealed}, {"failed", state.failed}}},
          {"state", state.state},
          {"verdict", state.verdict},
          {"verdict_reasons", state.reasons},
          {"published", published_json(experiment)},
          {"statistics", statistics_json(experiment.statistics)},
          {"evidence", evidence_json(experiment.evidence)}};
}

core::Result<json> open_run_folder(const RunPlan& run, const data::Manifest& manifest, bool fresh) {
  std::error_code failure;
  const fs::path file = run.folder / "run.json";
  json before = nullptr;
  if (fresh && fs::exists(run.folder, failure)) {
    const fs::path aside = run.folder.parent_path().parent_path() / "aside" /
                           core::unique_name(fmt::format("{}-seed-{}", run.spec.model.label, run.spec.seed.value));
    fs::create_directories(aside.parent_path(), failure);
    fs::rename(run.folder, aside, failure);
    if (failure) return Error::in_file(ErrorCode::kFailed, run.folder.string(), fmt::format("can't be set aside: {}", failure.message()));
  }
  if (fs::exists(file, failure)) {
    MEXBENCH_ASSIGN(before, store::read_json(file, "mexbench.run/1"));
    if (before.at("science_hash") != run.science_hash) {
      Error error = Error::in_file(ErrorCode::kUsage, run.folder.string(), "holds a run with other settings");
      core::Diagnostic diagnostic = error.diagnostics().front();
      diagnostic.notes = store::differences(before.at("science"), run.science);
      diagnostic.notes.emplace_back("use --fresh to set the old run aside, or another --out or name");
      return Error(ErrorCode::kUsage, std::move(diagnostic));
    }
  }
  fs::create_directories(run.folder / "folds", failure);
  if (failure)
    return Error::in_file(ErrorCode::kFailed, run.folder.string(), fmt::format("can't create the folder: {}", failure.message()));
  json lock = data::to_json(manifest);
  lock["sha256"] = data::manifest_hash(manifest);
  MEXBENCH_TRY(store::write_json(run.folder / "manifest.lock.json", lock));
  return before;
}

}  // namespace mexbench::run
