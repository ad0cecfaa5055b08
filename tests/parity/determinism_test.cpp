// Folds of the real networks, dropout on, in one process: equal bits whatever ran in between and whoever watches.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/random.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "models/registry.h"
#include "parity/support.h"

namespace mexbench {
namespace {

class Watcher final : public model::EpochObserver {
 public:
  explicit Watcher(std::optional<model::TensorView> test) : test_(std::move(test)) {}
  core::Status on_epoch(const model::EpochReport& report, model::FittedModel& model) override {
    losses.push_back(report.train_loss);
    if (test_) MEXBENCH_TRY(model.predict(*test_));
    ++epochs;
    return {};
  }
  int epochs = 0;
  std::vector<double> losses;

 private:
  std::optional<model::TensorView> test_;
};

struct Task {
  const models::ModelCard& card;
  std::vector<float> pixels, targets;
  std::int64_t clips = 19;  // with batches of 8, a last one that is smaller

  explicit Task(const models::ModelCard& of) : card(of) {
    core::RandomStream stream(5);
    const auto numbers = clips * static_cast<std::int64_t>(card.input.channels.size()) * card.input.height * card.input.width;
    for (std::int64_t index = 0; index < numbers; ++index) pixels.push_back(static_cast<float>(stream.normal()));
    for (std::int64_t clip = 0; clip < clips; ++clip) {
      const auto label = stream.below(3);
      for (std::uint64_t index = 0; index < 3; ++index) targets.push_back(index == label ? 1.0F : 0.0F);
    }
  }
  [[nodiscard]] model::TensorView view(std::int64_t count) const {
    return {.data = pixels.data(),
            .shape = {count, static_cast<std::int64_t>(card.input.channels.size()), card.input.height, card.input.width}};
  }
  [[nodiscard]] std::string digest(const char* fold, bool watched) const {
    Watcher watcher(watched ? std::optional(view(9)) : std::nullopt);
    return trained(parity::small_params(card.name), recipe(), fold, watcher);
  }
  // The losses of its epochs. Nothing is dropped: masks of maps are drawn in the order of memory.
  [[nodiscard]] std::vector<double> losses(train::Numerics numerics) const {
    nlohmann::json params = parity::small_params(card.name);
    for (const models::ParamDef& param : card.params) {
      if (param.name == "dropout") params["dropout"] = 0.0;
    }
    // Narrower ones are refused: their 1x1 convolutions with a stride would have fewer than 16 channels.
    for (const char* name : {"capsulenet", "resnet18"}) {
      if (card.name == name) params["width"] = 16;
    }
    Watcher watcher(view(9));
    train::Recipe plain = recipe();
    plain.numerics = numerics;
    // Adam turns the rounding of a gradient near 0 into a whole step.
    plain.optimizer = {.kind = train::Optimizer::Kind::kSgd, .lr = 1.0e-3};
    (void)trained(params, plain, "casme2/sub01", watcher);
    return watcher.losses;
  }

 private:
  static train::Recipe recipe() {
    train::Recipe out;
    out.epochs = 3;
    out.batch_size = 8;
    return out;
  }
  // The digest of the weights.
  [[nodiscard]] std::string trained(const nlohmann::json& params, const train::Recipe& recipe, const char* fold, Watcher& watcher) const {
    const auto factory = models::factory(card.name, params);
    EXPECT_TRUE(factory);
    train::LibTorchLearner learner(*factory, recipe);
    const model::FoldContext context{.seed = {1}, .fold = core::FoldId(fold)};
    const auto model =
        learner.fit({.inputs = view(clips), .targets = {.values = targets, .classes = 3}}, model::ValidationView{}, context, watcher);
    EXPECT_TRUE(model) << (model ? "" : model.error().render());
    EXPECT_EQ(watcher.epochs, 3);
    return model ? *(*model)->weights_digest() : "";
  }
};

class NetworkDeterminism : public testing::TestWithParam<std::string> {};

TEST_P(NetworkDeterminism, FoldsDependOnNothingButSeedAndFold) {
  const Task task(*models::find_model(GetParam()));
  const std::string first = task.digest("casme2/sub01", /*watched=*/false);
  EXPECT_NE(task.digest("casme2/sub02", /*watched=*/false), first);
  EXPECT_EQ(task.digest("casme2/sub01", /*watched=*/false), first);
  EXPECT_EQ(task.digest("casme2/sub01", /*watched=*/true), first);
}

TEST_P(NetworkDeterminism, ChannelsLastTrainsWithinRoundingOfContiguous) {
  const Task task(*models::find_model(GetParam()));
  const std::vector<double> contiguous = task.losses(train::Numerics::kContiguous);
  const std::vector<double> last = task.losses(train::Numerics::kChannelsLast);
  ASSERT_EQ(last.size(), contiguous.size());
  // Its third batch was computed after two steps. Later epochs are no test: batch norm over the maps of three clips magnifies rounding.
  EXPECT_NEAR(last.front() / contiguous.front(), 1.0, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Models, NetworkDeterminism, testing::ValuesIn(parity::names_of_networks()),
                         [](const auto& model) { return model.param; });

}  // namespace
}  // namespace mexbench
