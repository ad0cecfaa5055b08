// The loop of epochs with a trainee that writes down what it is given.
#include "harness/train/epochs.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "harness/core/random.h"

namespace mexbench::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Log {
  std::vector<std::vector<std::int64_t>> batches;  // places of the clips of each step
  std::vector<double> rates;
  std::vector<std::string> events;
  std::vector<std::vector<float>> given;  // numbers of augmented batches
  int made = 0;
};

class Model final : public EpochModel {
 public:
  core::Result<model::Scores> predict(const model::TensorView&) override { return model::Scores{}; }
  core::Status save(const std::filesystem::path&) const override { return {}; }
  core::Result<std::string> weights_digest() const override { return std::string("none"); }
  model::Capabilities capabilities() const override { return {.trainable = true, .epochs = epochs()}; }
};

class Recorder final : public Trainee {
 public:
  // `right`: of the two validation clips, how many it gets right after each epoch; the last number stays.
  Recorder(Log& log, std::int64_t clips, std::vector<int> right, double loss)
      : log_(log), clips_(clips), right_(std::move(right)), loss_(loss) {}

  core::Result<double> step(const TrainingBatch& batch, double rate, core::Profile*) override {
    std::vector<std::int64_t> places(batch.places.begin(), batch.places.end());
    if (places.empty() && batch.numbers == nullptr) {
      places.resize(static_cast<std::size_t>(batch.count));
      std::iota(places.begin(), places.end(), batch.first);
    }
    EXPECT_EQ(batch.labels.size(), static_cast<std::size_t>(batch.count));
    if (batch.numbers != nullptr) log_.given.emplace_back(batch.numbers, batch.numbers + batch.count * 4);
    log_.batches.push_back(places);
    log_.rates.push_back(rate);
    if (batch.first + batch.count == clips_) ++epoch_;
    return loss_;
  }
  core::Result<model::Scores> scores(const model::TensorView&) override {
    const int right = right_[std::min(epoch_, right_.size()) - 1];
    model::Scores out{.values = {}, .classes = 2};
    for (int clip = 0; clip < 2; ++clip) {  // of class 0 and of class 1
      const int guess = clip < right ? clip : 1 - clip;
      out.values.push_back(guess == 0 ? 1.0F : 0.0F);
      out.values.push_back(guess == 1 ? 1.0F : 0.0F);
    }
    return out;
  }
  void keep() override { log_.events.push_back("keep " + std::to_string(epoch_)); }
  void put_back() override { log_.events.emplace_back("put back"); }
  EpochModel& model() override { return *model_; }
  std::unique_ptr<EpochModel> take_model() override { return std::move(model_); }

 private:
  Log& log_;
  std::int64_t clips_;
  std::vector<int> right_;
  double loss_;
  std::size_t epoch_ = 0;
  std::unique_ptr<Model> model_ = std::make_unique<Model>();
};

class Reports final : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport& report, model::FittedModel&) override {
    seen.push_back(report);
    return {};
  }
  std::vector<model::EpochReport> seen;
};

// Clips of 1 x 2 x 2 numbers, classes in turn.
struct Data {
  explicit Data(std::int64_t count, std::int64_t first = 0) {
    for (std::int64_t i = 0; i < count; ++i) {
      for (int j = 0; j < 4; ++j) inputs.push_back(static_cast<float>(10 * (first + i) + j));
      targets.insert(targets.end(), {i % 2 == 0 ? 1.0F : 0.0F, i % 2 == 0 ? 0.0F : 1.0F});
      positions.push_back(2 * i + first);
      rows.push_back(first + i);
    }
    shape = {count, 1, 2, 2};
  }
  [[nodiscard]] model::TrainView train() const {
    return {.inputs = {.data = inputs.data(), .shape = shape},
            .targets = {.values = targets, .classes = 2},
            .positions = positions,
            .rows = rows};
  }
  [[nodiscard]] model::ValidationView validation() const {
    return {.inputs = {.data = inputs.data(), .shape = shape},
            .targets = {.values = targets, .classes = 2},
            .subjects = {},
            .positions = positions,
            .rows = rows};
  }
  std::vector<float> inputs, targets;
  std::vector<std::int64_t> positions, rows, shape;
};

class Epochs : public ::testing::Test {
 protected:
  core::Result<std::unique_ptr<model::FittedModel>> fit(const Recipe& recipe, const model::ValidationView& validation = {}) {
    const MakeTrainee make = [this](const PhaseClips& clips, const Recipe&, const model::FoldContext&) {
      ++log.made;
      return core::Result<std::unique_ptr<Trainee>>(std::make_unique<Recorder>(log, clips.inputs.clips(), right, loss));
    };
    return fit_by_epochs(make, recipe, images, data.train(), validation, {.seed = {3}, .fold = core::FoldId("a/b")}, reports);
  }
  static Recipe recipe(std::int64_t epochs, bool shuffle = false) {
    Recipe out;
    out.epochs = epochs;
    out.batch_size = 3;
    out.shuffle = shuffle;
    return out;
  }

  Data data{7};
  Log log;
  Reports reports;
  std::vector<int> right{0};
  double loss = 0.5;
  data::ImageChannels images;
};

TEST_F(Epochs, BatchesTakeTheClipsInOrderAndTheLastIsSmaller) {
  ASSERT_TRUE(fit(recipe(2)));
  EXPECT_THAT(log.batches, ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5), ElementsAre(6), ElementsAre(0, 1, 2),
                                       ElementsAre(3, 4, 5), ElementsAre(6)));
  EXPECT_THAT(reports.seen, SizeIs(2));
  EXPECT_EQ(reports.seen[1].epoch, 2);
  EXPECT_EQ(reports.seen[1].phase, "train");
  EXPECT_DOUBLE_EQ(reports.seen[1].train_loss, 0.5);
}

TEST_F(Epochs, ShuffledOrdersAreThoseOfTheFoldsStream) {
  ASSERT_TRUE(fit(recipe(2, /*shuffle=*/true)));
  core::RandomStream stream = core::RandomStream::derive({3}, core::FoldId("a/b"), "shuffle");
  std::vector<std::int64_t> seen, wanted;
  for (const auto& batch : log.batches) seen.insert(seen.end(), batch.begin(), batch.end());
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::vector<std::int64_t> order(7);
    std::iota(order.begin(), order.end(), 0);
    stream.shuffle(std::span(order));
    wanted.insert(wanted.end(), order.begin(), order.end());
  }
  EXPECT_EQ(seen, wanted);
}

TEST_F(Epochs, TheBestEpochIsKeptAndPutBackWithoutARefit) {
  right = {1, 2, 1, 2};
  Recipe inner = recipe(4);
  inner.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUar, .refit = false};
  const Data held_out(2, 1);
  const auto model = fit(inner, held_out.validation());
  ASSERT_TRUE(model) << model.error().render();
  EXPECT_THAT(log.events, ElementsAre("keep 1", "keep 2", "put back")) << "the earlier of two equal ones";
  EXPECT_EQ((*model)->capabilities().epochs, 2);
}

TEST_F(Epochs, ARefitGoesThroughAllClipsInManifestOrderForTheChosenEpochs) {
  right = {1, 2, 1};
  Recipe inner = recipe(3);
  inner.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUar, .refit = true};
  const Data held_out(2, 1);  // at positions 1 and 3, between the training clips' 0, 2, 4
  const auto model = fit(inner, held_out.validation());
  ASSERT_TRUE(model) << model.error().render();
  EXPECT_EQ(log.made, 2);
  EXPECT_THAT(log.events, ElementsAre());
  EXPECT_EQ((*model)->capabilities().epochs, 2);
  EXPECT_THAT(log.batches, SizeIs(3 * 3 + 2 * 3)) << "nine clips in batches of three";
  EXPECT_EQ(reports.seen.back().phase, "refit");
}

TEST_F(Epochs, PatienceEndsThePhase) {
  right = {2, 1};
  Recipe inner = recipe(9);
  inner.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUar, .refit = false, .patience = 2};
  const Data held_out(2, 1);
  ASSERT_TRUE(fit(inner, held_out.validation()));
  EXPECT_THAT(reports.seen, SizeIs(3));
}

TEST_F(Epochs, ALossThatIsNotFiniteNamesEpochAndBatch) {
  loss = std::numeric_limits<double>::quiet_NaN();
  const auto model = fit(recipe(2));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), core::ErrorCode::kFailed);
  EXPECT_EQ(model.error().message(), "epoch 1 (train), batch 1 of 3 clips: the loss is nan, no longer a finite number");
}

TEST_F(Epochs, AugmentedBatchesAreOfTheirOwnAndTheClipsStayAsTheyAre) {
  Recipe flipped = recipe(1);
  flipped.augment = {{.kind = AugmentStep::Kind::kFlip}};
  images.names = {"strain"};
  const std::vector<float> before = data.inputs;
  const auto model = fit(flipped);
  ASSERT_TRUE(model) << model.error().render();
  EXPECT_EQ(data.inputs, before);
  ASSERT_THAT(log.given, SizeIs(3));
  EXPECT_THAT(log.given.back(), ElementsAre(61, 60, 63, 62)) << "left and right change places";
  ASSERT_THAT((*model)->lineage(), SizeIs(1));
  EXPECT_EQ((*model)->lineage().front().children, 7);
}

TEST_F(Epochs, RatesFollowTheSchedule) {
  Recipe stepped = recipe(3);
  stepped.optimizer.lr = 0.8;
  stepped.schedule = {.kind = Schedule::Kind::kStep, .step_size = 1, .gamma = 0.5};
  ASSERT_TRUE(fit(stepped));
  ASSERT_THAT(log.rates, SizeIs(9));
  EXPECT_DOUBLE_EQ(log.rates[0], 0.8);
  EXPECT_DOUBLE_EQ(log.rates[3], 0.4);
  EXPECT_DOUBLE_EQ(log.rates[8], 0.2);
}

}  // namespace
}  // namespace mexbench::train
