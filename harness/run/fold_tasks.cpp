#include "harness/run/fold_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/data/adaptation.h"
#include "harness/eval/metrics.h"

namespace mexbench::run {
namespace {

using core::Error;
using core::ErrorCode;

// A refit trains on training and validation clips together in the manifest's order: their ranks in it, test clips left out.
void order_training(const protocol::FoldPlan& fold, FoldTask& task) {
  std::vector<std::size_t> all(fold.train);
  all.insert(all.end(), fold.validation.begin(), fold.validation.end());
  std::sort(all.begin(), all.end());
  const auto ranks = [&](const std::vector<std::size_t>& clips) {
    std::vector<std::int64_t> out;
    out.reserve(clips.size());
    for (const std::size_t index : clips) out.push_back(std::lower_bound(all.begin(), all.end(), index) - all.begin());
    return out;
  };
  task.train_order = ranks(fold.train);
  task.validation_order = ranks(fold.validation);
}

}  // namespace

FoldTasks::FoldTasks(const data::Manifest& manifest) : manifest_(manifest), rows_(manifest.clips.size()) {
  std::vector<std::pair<std::string, std::size_t>> order;
  order.reserve(manifest.clips.size());
  for (std::size_t i = 0; i < manifest.clips.size(); ++i) order.emplace_back(core::sha256_hex(manifest.clips[i].id.text()), i);
  std::sort(order.begin(), order.end());
  for (std::size_t row = 0; row < order.size(); ++row) rows_[order[row].second] = static_cast<std::int64_t>(row);
}

TensorShape FoldTasks::shape() const {
  return {.clips = static_cast<std::int64_t>(manifest_.clips.size()),
          .channels = static_cast<std::int64_t>(manifest_.input.channels.size()),
          .height = manifest_.input.height,
          .width = manifest_.input.width};
}

data::Manifest FoldTasks::arranged() const {
  data::Manifest out = manifest_;
  for (std::size_t i = 0; i < rows_.size(); ++i) out.clips[static_cast<std::size_t>(rows_[i])] = manifest_.clips[i];
  return out;
}

nlohmann::json FoldTasks::prepare_request(std::size_t threads) const {
  const TensorShape tensor = shape();
  return {{"type", "prepare"},
          {"manifest", data::to_json(arranged())},
          {"root", manifest_.root.string()},
          {"tensor", {tensor.clips, tensor.channels, tensor.height, tensor.width}},
          {"threads", threads}};
}

FoldTask FoldTasks::of_model(const RunPlan& run, std::size_t index) const {
  FoldTask task;
  task.fold = run.folds[index].id;
  task.seed = run.spec.seed;
  task.model = run.spec.model.name;
  task.params = run.spec.model.params;
  if (run.spec.model.file) task.file = run.spec.model.file->string();
  if (run.engine) task.engine = engine::to_string(run.engine->engine);
  task.tensor = shape();
  task.channels = run.channels;
  task.adaptation = run.adaptation;
  task.images = images_of(run.channels, run.adaptation, manifest_.input);
  task.classes = static_cast<std::int64_t>(classes());
  return task;
}

FoldTask FoldTasks::make_prediction(const RunPlan& run, std::size_t index, const std::filesystem::path& weights,
                                    const protocol::FoldPlan& clips) const {
  FoldTask task = of_model(run, index);
  task.weights = weights.string();
  task.test_rows = test_rows(clips);
  return task;
}

FoldTask FoldTasks::make(const RunPlan& run, std::size_t index) const {
  const protocol::FoldPlan& fold = run.folds[index];
  FoldTask task = of_model(run, index);
  if (run.spec.model.train) task.train = run.spec.model.train->settings;
  if (!run.fitted()) task.weights = run.weights[index].path.string();
  if (run.spec.model.init) {
    task.init = run.init[index].path.string();
    task.fresh = run.spec.model.init->fresh;
  }
  task.train_rows = rows(fold.train);
  task.train_targets = targets(fold.train);
  task.validation_rows = rows(fold.validation);
  task.validation_targets = targets(fold.validation);
  task.test_rows = test_rows(fold);
  order_training(fold, task);
  std::map<core::SubjectId, std::int32_t> subjects;
  std::map<core::DatasetId, std::int32_t> datasets;
  const auto number = [&](const std::vector<std::size_t>& clips, std::vector<std::int32_t>& of_subjects,
                          std::vector<std::int32_t>& of_datasets) {
    for (const std::size_t position : clips) {
      const data::Clip& clip = manifest_.clips[position];
      of_subjects.push_back(subjects.emplace(clip.subject, subjects.size()).first->second);
      of_datasets.push_back(datasets.emplace(clip.dataset, datasets.size()).first->second);
    }
  };
  number(fold.train, task.train_subjects, task.train_datasets);
  number(fold.validation, task.validation_subjects, task.validation_datasets);
  return task;
}

core::Status FoldTasks::check_rows(const protocol::FoldPlan& fold, const nlohmann::json& answer) const {
  for (const auto& [key, wanted] : {std::pair("train_rows", rows(fold.train)), std::pair("validation_rows", rows(fold.validation)),
                                    std::pair("test_rows", test_rows(fold))}) {
    if (answer.at(key).get<std::vector<std::int64_t>>() == wanted) continue;
    return Error(ErrorCode::kFailed, fmt::format("the worker used other clips than it was given: '{}' differs", key));
  }
  return {};
}

core::Result<std::vector<float>> FoldTasks::in_plan_order(const protocol::FoldPlan& fold, const std::vector<float>& scores) const {
  if (scores.size() != fold.test.size() * classes()) {
    return Error(ErrorCode::kFailed, fmt::format("the worker gave {} scores for {} clips", scores.size(), fold.test.size()));
  }
  const std::vector<std::int64_t> shown = test_rows(fold);
  std::vector<float> out;
  out.reserve(scores.size());
  for (const std::size_t clip : fold.test) {
    const auto place = std::lower_bound(shown.begin(), shown.end(), rows_[clip]) - shown.begin();
    const auto first = scores.begin() + place * static_cast<std::ptrdiff_t>(classes());
    out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(classes()));
  }
  return out;
}

core::Result<std::vector<store::SealedLineage>> FoldTasks::lineage(const RunPlan& run, const nlohmann::json& answer) const {
  std::vector<store::SealedLineage> out;
  for (const nlohmann::json& entry : answer.at("lineage")) {
    MEXBENCH_ASSIGN(std::vector<core::ClipId> parents, clips_of(entry.at("parents"), "augmented"));
    out.push_back(
        {.phase = entry.at("phase"), .children = entry.at("children"), .parents = std::move(parents), .digest = entry.at("digest")});
  }
  const bool augments = run.trained() && !run.spec.model.train->augment.empty();
  if (augments == out.empty()) {
    return Error(ErrorCode::kFailed, augments ? "the recipe augments clips, but the worker does not say of which it made others"
                                              : "the worker augmented clips, but the recipe does not");
  }
  return out;
}

core::Result<std::vector<store::SealedFitting>> FoldTasks::fittings(const RunPlan& run, const nlohmann::json& answer) const {
  std::vector<store::SealedFitting> out;
  std::vector<std::string> steps;
  for (const nlohmann::json& entry : answer.at("fitted")) {
    MEXBENCH_ASSIGN(std::vector<core::ClipId> clips, clips_of(entry.at("rows"), "fitted a step on"));
    steps.push_back(entry.at("step"));
    out.push_back({.step = steps.back(), .clips = std::move(clips), .digest = entry.at("digest")});
  }
  const std::vector<std::string> wanted = data::learning_steps(data::numeric_versions(run.adaptation));
  if (steps != wanted) {
    return Error(ErrorCode::kFailed, fmt::format("the steps of the input that learn are '{}', but the worker tells of '{}'",
                                                 core::join(wanted, ", "), core::join(steps, ", ")));
  }
  return out;
}

core::Result<std::vector<core::ClipId>> FoldTasks::clips_of(const nlohmann::json& rows, const char* does) const {
  std::vector<std::size_t> clip_of(rows_.size());
  for (std::size_t clip = 0; clip < rows_.size(); ++clip) clip_of[static_cast<std::size_t>(rows_[clip])] = clip;
  std::vector<std::size_t> clips;
  for (const nlohmann::json& row : rows) {
    const auto place = row.get<std::size_t>();
    if (place >= clip_of.size()) {
      return Error(ErrorCode::kFailed, fmt::format("the worker {} row {} of {} rows", does, place, clip_of.size()));
    }
    clips.push_back(clip_of[place]);
  }
  std::sort(clips.begin(), clips.end());
  return ids(clips);
}

std::vector<core::ClipId> FoldTasks::ids(const std::vector<std::size_t>& clips) const {
  std::vector<core::ClipId> out;
  out.reserve(clips.size());
  for (const std::size_t index : clips) out.push_back(manifest_.clips[index].id);
  return out;
}

std::vector<std::size_t> FoldTasks::shown_tests(const protocol::FoldPlan& fold) const {
  std::vector<std::size_t> out(fold.test);
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return rows_[a] < rows_[b]; });
  return out;
}

std::vector<std::int64_t> FoldTasks::rows(const std::vector<std::size_t>& clips) const {
  std::vector<std::int64_t> out;
  out.reserve(clips.size());
  for (const std::size_t index : clips) out.push_back(rows_[index]);
  return out;
}

std::vector<std::int64_t> FoldTasks::test_rows(const protocol::FoldPlan& fold) const {
  std::vector<std::int64_t> out = rows(fold.test);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<float> FoldTasks::targets(const std::vector<std::size_t>& clips) const {
  std::vector<data::Truth> truths;
  truths.reserve(clips.size());
  for (const std::size_t index : clips) truths.push_back(manifest_.clips[index].truth);
  return eval::encode_targets(truths, classes());
}

}  // namespace mexbench::run
