// What networks cost: steps of training on a batch of 256 clips, and predictions of one clip and of 256, through the interfaces that a run
// uses. One thread, as in a worker. HTNet is a small one (dim 64); scripts/bench measures the published size. The reference arm copies the
// clips, which is all that a network of no layers would do.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/model/learner.h"
#include "harness/train/learner.h"
#include "harness/train/recipe.h"
#include "models/modules.h"
#include "models/registry.h"

namespace mexbench::models {
namespace {

constexpr std::int64_t kBatch = 256;
constexpr std::int64_t kSteps = 10;  // of one fit, so that making the network does not count
constexpr std::int64_t kClasses = 3;

struct Clips {
  std::vector<float> numbers, targets;
  model::TensorView view;
};

Clips clips_for(const std::string& name, std::int64_t count) {
  const auto& input = find_model(name)->input;
  const auto channels = static_cast<std::int64_t>(input.channels.size());
  core::RandomStream draw(6);
  Clips out;
  out.numbers.resize(static_cast<std::size_t>(count * channels * input.height * input.width));
  for (float& number : out.numbers) number = static_cast<float>(draw.uniform());
  for (std::int64_t clip = 0; clip < count; ++clip) {
    for (std::int64_t one = 0; one < kClasses; ++one) out.targets.push_back(one == clip % kClasses ? 1.0F : 0.0F);
  }
  out.view = {.data = out.numbers.data(), .shape = {count, channels, input.height, input.width}};
  return out;
}

class Nobody final : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport& /*report*/, model::FittedModel& /*model*/) override { return {}; }
};

void train_steps(benchmark::State& state, const std::string& name, const nlohmann::json& params) {
  const Clips clips = clips_for(name, kBatch);
  const auto make = factory(name, params);
  train::Recipe recipe;
  recipe.epochs = kSteps;  // an epoch is one batch
  recipe.batch_size = kBatch;
  recipe.shuffle = false;
  Nobody nobody;
  for (auto _ : state) {
    train::LibTorchLearner learner(*make, recipe);
    auto model = learner.fit({.inputs = clips.view, .targets = {.values = clips.targets, .classes = kClasses}}, {},
                             {.seed = {0}, .fold = core::FoldId("d/s")}, nobody);
    if (!model) {
      state.SkipWithError(model.error().message().c_str());
      break;
    }
    benchmark::DoNotOptimize(model);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kSteps);
}

void predict(benchmark::State& state, const std::string& name, const nlohmann::json& params) {
  const Clips clips = clips_for(name, state.range(0));
  const auto make = factory(name, params);
  const auto model = train::model_as_is(*make);
  for (auto _ : state) {
    auto scores = (*model)->predict(clips.view);
    if (!scores || scores->clips() != state.range(0)) {
      state.SkipWithError("not every clip was predicted");
      break;
    }
    benchmark::DoNotOptimize(scores);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void copy_reference(benchmark::State& state) {
  const Clips clips = clips_for("ststnet", state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(std::vector<float>(clips.numbers));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(copy_reference)->Arg(1)->Arg(kBatch)->Unit(benchmark::kMicrosecond);

const nlohmann::json kNoParams = nlohmann::json::object();
const nlohmann::json kSmall = {{"dim", 64}, {"heads", 2}, {"block_repeats", {1, 1, 2}}};

#define MEXBENCH_NETWORK(name, params)                                                \
  BENCHMARK_CAPTURE(train_steps, name, #name, params)->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(predict, name, #name, params)->Arg(1)->Arg(kBatch)->Unit(benchmark::kMicrosecond)
MEXBENCH_NETWORK(ststnet, kNoParams);
MEXBENCH_NETWORK(offapexnet, kNoParams);
MEXBENCH_NETWORK(sssnet, kNoParams);
MEXBENCH_NETWORK(htnet, kSmall);
#undef MEXBENCH_NETWORK

}  // namespace
}  // namespace mexbench::models
