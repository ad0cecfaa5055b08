#include "harness/run/messages.h"

#include <chrono>

namespace mexbench::run {

using nlohmann::json;

json to_json(const FoldTask& task) {
  return {{"type", "fold"},
          {"fold", task.fold.text()},
          {"seed", task.seed.value},
          {"model", task.model},
          {"params", task.params},
          {"file", task.file},
          {"init", task.init},
          {"fresh", task.fresh},
          {"weights", task.weights},
          {"engine", task.engine},
          {"train", task.train},
          {"tensor", {task.tensor.clips, task.tensor.channels, task.tensor.height, task.tensor.width}},
          {"channels", task.channels},
          {"adaptation", data::to_json(task.adaptation)},
          {"images", {{"channels", task.images.names}, {"low", task.images.low}, {"high", task.images.high}}},
          {"classes", task.classes},
          {"train_rows", task.train_rows},
          {"validation_rows", task.validation_rows},
          {"test_rows", task.test_rows},
          {"train_order", task.train_order},
          {"validation_order", task.validation_order},
          {"train_targets", task.train_targets},
          {"validation_targets", task.validation_targets},
          {"train_subjects", task.train_subjects},
          {"validation_subjects", task.validation_subjects},
          {"train_datasets", task.train_datasets},
          {"validation_datasets", task.validation_datasets},
          {"record_epochs", task.record_epochs},
          {"save_weights", task.save_weights},
          {"profile", task.profile}};
}

FoldTask fold_task_from_json(const json& source) {
  FoldTask task;
  task.fold = core::FoldId(source.at("fold"));
  task.seed = core::Seed{source.at("seed").get<std::uint64_t>()};
  task.model = source.at("model");
  task.params = source.at("params");
  task.file = source.at("file");
  task.init = source.at("init");
  task.fresh = source.at("fresh").get<std::vector<std::string>>();
  task.weights = source.at("weights");
  task.engine = source.at("engine");
  task.train = source.at("train");
  const json& shape = source.at("tensor");
  task.tensor = {.clips = shape.at(0), .channels = shape.at(1), .height = shape.at(2), .width = shape.at(3)};
  task.channels = source.at("channels").get<std::vector<std::int64_t>>();
  task.adaptation = data::adaptation_from_json(source.at("adaptation"));
  const json& images = source.at("images");
  task.images = {.names = images.at("channels").get<std::vector<std::string>>(), .low = images.at("low"), .high = images.at("high")};
  task.classes = source.at("classes");
  task.train_rows = source.at("train_rows").get<std::vector<std::int64_t>>();
  task.validation_rows = source.at("validation_rows").get<std::vector<std::int64_t>>();
  task.test_rows = source.at("test_rows").get<std::vector<std::int64_t>>();
  task.train_order = source.at("train_order").get<std::vector<std::int64_t>>();
  task.validation_order = source.at("validation_order").get<std::vector<std::int64_t>>();
  task.train_targets = source.at("train_targets").get<std::vector<float>>();
  task.validation_targets = source.at("validation_targets").get<std::vector<float>>();
  task.train_subjects = source.at("train_subjects").get<std::vector<std::int32_t>>();
  task.validation_subjects = source.at("validation_subjects").get<std::vector<std::int32_t>>();
  task.train_datasets = source.at("train_datasets").get<std::vector<std::int32_t>>();
  task.validation_datasets = source.at("validation_datasets").get<std::vector<std::int32_t>>();
  task.record_epochs = source.at("record_epochs");
  task.save_weights = source.at("save_weights");
  task.profile = source.at("profile");
  return task;
}

json to_json(const core::Profile& profile) {
  json out = json::array();
  for (const core::Profile::Part& part : profile.parts()) out.push_back({part.name, part.total.count(), part.count});
  return out;
}

core::Profile profile_from_json(const json& source) {
  core::Profile out;
  for (const json& part : source)
    out.add(part.at(0).get<std::string>(), std::chrono::nanoseconds(part.at(1).get<std::int64_t>()), part.at(2).get<std::int64_t>());
  return out;
}

json error_message(const core::Error& error) {
  json diagnostics = json::array();
  for (const core::Diagnostic& diagnostic : error.diagnostics()) {
    diagnostics.push_back({{"file", diagnostic.where.file},
                           {"line", diagnostic.where.line},
                           {"column", diagnostic.where.column},
                           {"message", diagnostic.message},
                           {"hint", diagnostic.hint},
                           {"notes", diagnostic.notes}});
  }
  return {{"type", "failed"}, {"code", static_cast<int>(error.code())}, {"diagnostics", std::move(diagnostics)}};
}

core::Error error_from_message(const json& message) {
  std::vector<core::Diagnostic> diagnostics;
  for (const json& entry : message.at("diagnostics")) {
    core::Diagnostic diagnostic;
    diagnostic.where = {.file = entry.at("file"), .line = entry.at("line"), .column = entry.at("column")};
    diagnostic.message = entry.at("message");
    diagnostic.hint = entry.at("hint");
    diagnostic.notes = entry.at("notes").get<std::vector<std::string>>();
    diagnostics.push_back(std::move(diagnostic));
  }
  return {static_cast<core::ErrorCode>(message.at("code").get<int>()), std::move(diagnostics)};
}

}  // namespace mexbench::run
