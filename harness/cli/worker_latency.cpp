#include "harness/cli/worker_latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/cli/worker_inputs.h"
#include "harness/cli/worker_models.h"
#include "harness/core/profile.h"
#include "harness/core/text.h"
#include "harness/data/manifest.h"
#include "harness/latency/sampler.h"
#include "harness/model/learner.h"
#include "harness/preprocess/opencv_threads.h"
#include "harness/preprocess/recipe.h"
#include "harness/run/messages.h"
#include "harness/train/inspect.h"
#include "harness/train/threads.h"

namespace mexbench::cli {
namespace {

using core::Error;
using core::ErrorCode;
using latency::Sampled;
using latency::SamplerOptions;
using nlohmann::json;

// Most resident memory of this process so far, in bytes; null when the system does not tell.
json peak_memory() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    const std::string_view number = core::trim(std::string_view(line).substr(6));  // "123456 kB"
    if (const auto kib = core::parse_int(number.substr(0, number.find(' ')))) return *kib * 1024;
  }
  return nullptr;
}

SamplerOptions options_from(const json& source) {
  return {.min_seconds = source.at("min_seconds"),
          .min_samples = source.at("min_samples"),
          .max_seconds = source.at("max_seconds"),
          .warmup_seconds = source.at("warmup_seconds"),
          .passes = source.at("passes")};
}

json to_json(const Sampled& sampled) {
  json passes = json::array();
  for (const latency::Pass& pass : sampled.passes) {
    passes.push_back({{"count", pass.count}, {"seconds", pass.seconds}, {"cpu_seconds", pass.cpu_seconds}});
  }
  return {{"ns", sampled.ns},
          {"warmup_count", sampled.warmup_count},
          {"warmup_seconds", sampled.warmup_seconds},
          {"passes", std::move(passes)},
          {"preemptions", sampled.preemptions}};
}

core::Result<json> numbers_of(const std::vector<model::Scores>& scores) {
  json out = json::array();
  for (const model::Scores& some : scores) {
    if (!some.finite()) return Error(ErrorCode::kFailed, "the model's scores of the test clips are not all finite numbers");
    for (const float score : some.values) out.push_back(score);
  }
  return out;
}

void use_threads(std::int64_t threads) {
  train::set_threads(threads);
  preprocess::set_opencv_threads(threads);
}

// The test clips of a task in batches of one size: as many batches as it takes to have every clip, the last filled up from the first on.
class Batches {
 public:
  Batches(const Block& clips, std::int64_t size) : shape_(clips.view.shape) {
    const std::int64_t count = clips.view.clips();
    const std::int64_t each = clips.view.numbers() / count;
    const std::int64_t batches = (count + size - 1) / size;
    numbers_.reserve(static_cast<std::size_t>(batches * size * each));
    for (std::int64_t place = 0; place < batches * size; ++place) {
      const float* const from = clips.view.data + (place % count) * each;
      numbers_.insert(numbers_.end(), from, from + each);
    }
    shape_[0] = size;
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      views_.push_back({.data = numbers_.data() + batch * size * each, .shape = shape_});
    }
  }
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;
  ~Batches() = default;

  [[nodiscard]] const std::vector<model::TensorView>& views() const { return views_; }

 private:
  std::vector<float> numbers_;
  std::vector<std::int64_t> shape_;
  std::vector<model::TensorView> views_;
};

// One series: its samples, and the last scores that each batch got in the timed loop.
core::Result<json> time_series(model::FittedModel& model, const Block& clips, const json& series) {
  const std::int64_t threads = series.at("threads");
  const Batches batches(clips, series.at("batch"));
  const auto count = series.at("repeated").get<bool>() ? std::size_t{1} : batches.views().size();
  std::vector<model::Scores> scores(count);
  if (threads != 1) use_threads(threads);
  auto sampled = latency::take_samples(
      [&](std::int64_t index) -> core::Status {
        const std::size_t at = static_cast<std::size_t>(index) % count;
        auto answer = model.predict(batches.views()[at]);
        if (!answer) return std::move(answer).error();
        scores[at] = std::move(*answer);
        return {};
      },
      options_from(series));
  // Batches that the time did not reach are answered in the same mode, after it.
  for (std::size_t at = 0; sampled && at < count; ++at) {
    if (!scores[at].values.empty()) continue;
    MEXBENCH_ASSIGN(scores[at], model.predict(batches.views()[at]));
  }
  if (threads != 1) use_threads(1);
  if (!sampled) return std::move(sampled).error();
  json out = to_json(*sampled);
  out["name"] = series.at("name");
  MEXBENCH_ASSIGN(out["scores"], numbers_of(scores));
  return out;
}

// What end to end begins with: the files of the test clips, in the order of their rows.
struct Files {
  data::Manifest manifest;
  std::filesystem::path root;
};

core::Result<Files> files_from(const json& source) {
  Files out;
  MEXBENCH_ASSIGN(out.manifest, data::manifest_from_json(source.at("manifest"), "the manifest"));
  out.root = source.at("root").get<std::string>();
  return out;
}

// How long each part took, sample by sample, in the order in which parts were first seen; a part that a sample does not have took 0.
class PartTimes {
 public:
  void add(std::size_t sample, std::string_view name, std::chrono::nanoseconds duration) {
    auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.name == name; });
    if (found == parts_.end()) found = parts_.insert(parts_.end(), {.name = std::string(name), .ns = {}});
    found->ns.resize(sample + 1, 0);
    found->ns[sample] += duration.count();
  }

  // Of the last `kept` of `samples`.
  [[nodiscard]] json to_json(std::size_t samples, std::size_t kept) const {
    json out = json::array();
    for (const Part& part : parts_) {
      std::vector<std::int64_t> ns = part.ns;
      ns.resize(samples, 0);
      ns.erase(ns.begin(), ns.end() - static_cast<std::ptrdiff_t>(kept));
      out.push_back({{"name", part.name}, {"ns", ns}});
    }
    return out;
  }

 private:
  struct Part {
    std::string name;
    std::vector<std::int64_t> ns;
  };
  std::vector<Part> parts_;
};

// The task of one clip whose tensor stands alone: what adapts and predicts a row of the shared inputs does the same to it.
run::FoldTask task_of_one_clip(run::FoldTask task) {
  task.tensor.clips = 1;
  task.test_rows = {0};
  return task;
}

// From the files of a clip to its scores.
core::Result<json> time_from_files(model::FittedModel& model, const run::FoldTask& task, const std::optional<FittedSteps>& steps,
                                   const Files& files, const json& series) {
  const run::FoldTask one = task_of_one_clip(task);
  const std::vector<data::Clip>& clips = files.manifest.clips;
  std::vector<float> tensor(static_cast<std::size_t>(one.tensor.numbers_per_clip()));
  std::vector<model::Scores> scores(clips.size());
  std::vector<core::Profile> profiles;  // of each sample; added up behind the timing
  const auto answer = [&](std::int64_t index) -> core::Status {
    const std::size_t at = static_cast<std::size_t>(index) % clips.size();
    core::Profile& profile = profiles.emplace_back();
    MEXBENCH_TRY(preprocess::compute_clip(files.manifest, clips[at], files.root, tensor, &profile));
    core::Timed adapting(&profile, "adapt");
    const Block block = gather(tensor, one, one.test_rows, steps);
    adapting.stop();
    const core::Timed predicting(&profile, "forward");
    MEXBENCH_ASSIGN(scores[at], model.predict(block.view));
    return {};
  };
  MEXBENCH_ASSIGN(const Sampled sampled, latency::take_samples(answer, options_from(series)));
  const std::size_t samples = profiles.size();
  PartTimes parts;
  for (std::size_t i = 0; i < samples; ++i) {
    for (const core::Profile::Part& part : profiles[i].parts()) parts.add(i, part.name, part.total);
  }
  for (std::size_t at = 0; at < clips.size(); ++at) {
    if (scores[at].values.empty()) MEXBENCH_TRY(answer(static_cast<std::int64_t>(at)));
  }
  json out = to_json(sampled);
  out["name"] = series.at("name");
  out["parts"] = parts.to_json(samples, sampled.ns.size());
  MEXBENCH_ASSIGN(out["scores"], numbers_of(scores));
  return out;
}

// FLOPs of one clip, or why they are not known: {"value": null, "reason"}.
json flops_of(const run::FoldTask& task, const Block& clips) {
  const auto unknown = [](const std::string& reason) -> json { return {{"value", nullptr}, {"reason", reason}}; };
  const auto kind = kind_of(task);
  if (!kind || *kind == models::Kind::kMethod) return unknown("a method that is no network has no layers to count");
  if (task.model == "onnx") return unknown("OpenCV runs the file, and does not tell its operations");
  const auto make = network_of(task);
  if (!make) return unknown(make.error().message());
  const std::vector<std::int64_t>& shape = clips.view.shape;
  const auto cost = train::cost_of(*make, {shape.begin() + 1, shape.end()});
  if (!cost) return unknown(cost.error().message());
  for (const train::Layer& layer : cost->layers) {
    if (!layer.not_counted.empty()) return unknown(fmt::format("operations without a rule: {}", core::join(layer.not_counted, ", ")));
  }
  return cost->flops;
}

core::Result<json> time_model(const json& request, run::Channel& channel) {
  const run::FoldTask task = run::fold_task_from_json(request.at("task"));
  MEXBENCH_ASSIGN(const Mapping mapping, Mapping::open(task.tensor.bytes(), /*writable=*/false));
  MEXBENCH_ASSIGN(const std::optional<FittedSteps> steps, fitted_steps(mapping.floats(), task));
  const Block clips = gather(mapping.floats(), task, task.test_rows, steps);
  MEXBENCH_ASSIGN(const Files files, files_from(request.at("files")));
  json message{{"type", "done"}, {"idle_memory", peak_memory()}};
  MEXBENCH_ASSIGN(const std::unique_ptr<model::FittedModel> model, loaded_model(task));
  MEXBENCH_ASSIGN(message["weights_digest"], model->weights_digest());
  model->freeze();
  message["parameters"] = model->capabilities().parameters;
  message["clock_step_ns"] = latency::clock_resolution_ns();
  message["series"] = json::array();
  message["peak_memory"] = nullptr;
  const json& wanted = request.at("series");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    MEXBENCH_TRY(channel.send({{"type", "progress"}, {"done", i}, {"total", wanted.size()}}));
    const bool from_files = wanted[i].at("from_files");
    MEXBENCH_ASSIGN(json series,
                    from_files ? time_from_files(*model, task, steps, files, wanted[i]) : time_series(*model, clips, wanted[i]));
    message["series"].push_back(std::move(series));
    if (i == 0) message["peak_memory"] = peak_memory();
  }
  message["flops"] = flops_of(task, clips);  // last: it makes another network
  return message;
}

core::Result<json> first_answer(const json& request) {
  const std::int64_t begun = latency::monotonic_ns();
  const run::FoldTask task = run::fold_task_from_json(request.at("task"));
  MEXBENCH_ASSIGN(const Mapping mapping, Mapping::open(task.tensor.bytes(), /*writable=*/false));
  MEXBENCH_ASSIGN(const std::optional<FittedSteps> steps, fitted_steps(mapping.floats(), task));
  const Block clip = gather(mapping.floats(), task, {task.test_rows.front()}, steps);
  const std::int64_t begin = latency::monotonic_ns();
  MEXBENCH_ASSIGN(const std::unique_ptr<model::FittedModel> model, loaded_model(task));
  model->freeze();
  const std::int64_t loaded = latency::monotonic_ns();
  MEXBENCH_ASSIGN(const model::Scores scores, model->predict(clip.view));
  const std::int64_t answered = latency::monotonic_ns();
  if (!scores.finite()) return Error(ErrorCode::kFailed, "the model's first scores are not all finite numbers");
  // The parent reads the same clock.
  return json{{"type", "done"}, {"begun_ns", begun}, {"load_ns", loaded - begin}, {"first_ns", answered - loaded}};
}

}  // namespace

core::Result<json> latency_task(const json& request, run::Channel& channel) {
  if (request.at("type") == "first_answer") return first_answer(request);
  return time_model(request, channel);
}

}  // namespace mexbench::cli
