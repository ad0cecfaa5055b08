#include "harness/train/learner.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "harness/core/random.h"
#include "harness/train/environment.h"
#include "harness/train/network.h"

namespace mexbench::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Everything that makes training depend on its surroundings: seeded initialisation, batch norm, dropout.
class SmallNetwork final : public Network {
 public:
  SmallNetwork() {
    register_module("fc1", fc1_);
    register_module("bn", bn_);
    register_module("fc", fc_);
  }
  torch::Tensor forward(torch::Tensor input) override {
    const torch::Tensor hidden = torch::relu(bn_->forward(fc1_->forward(input.flatten(1))));
    return fc_->forward(torch::dropout(hidden, 0.5, is_training()));
  }

 private:
  torch::nn::Linear fc1_{4, 8}, fc_{8, 2};
  torch::nn::BatchNorm1d bn_{8};
};

// Two logits, each its weight times the clip's one number; both weights start at 0.
class TwoWeights final : public Network {
 public:
  TwoWeights() {
    register_module("fc", fc_);
    const torch::NoGradGuard no_gradients;
    fc_->weight.zero_();
  }
  torch::Tensor forward(torch::Tensor input) override { return fc_->forward(input); }

 private:
  torch::nn::Linear fc_{torch::nn::LinearOptions(1, 2).bias(false)};
};

// Writes down the first number of each clip it is trained on, in order.
class Listener final : public Network {
 public:
  explicit Listener(std::vector<float>& heard) : heard_(heard) { register_module("fc", fc_); }
  torch::Tensor forward(torch::Tensor input) override {
    const torch::Tensor flat = input.flatten(1);
    if (is_training()) {
      for (std::int64_t clip = 0; clip < flat.size(0); ++clip) heard_.push_back(flat[clip][0].item<float>());
    }
    return fc_->forward(flat);
  }

 private:
  std::vector<float>& heard_;
  torch::nn::Linear fc_{4, 2};
};

template <typename T>
NetworkFactory make() {
  return [] { return core::Result<std::shared_ptr<Network>>(std::make_shared<T>()); };
}

struct Data {
  std::vector<float> inputs;
  std::vector<float> targets;
  std::vector<std::int64_t> positions;
  std::vector<std::int32_t> subjects;
  std::vector<std::int64_t> rows;

  [[nodiscard]] std::int64_t clips() const { return static_cast<std::int64_t>(positions.size()); }
  [[nodiscard]] model::TensorView view() const { return {.data = inputs.data(), .shape = {clips(), 1, 2, 2}}; }
  [[nodiscard]] model::TrainView train() const {
    return {.inputs = view(),
            .targets = {.values = targets, .classes = 2},
            .positions = positions,
            .subjects = subjects,
            .datasets = subjects,
            .rows = rows};
  }
  [[nodiscard]] model::ValidationView validation() const {
    return {.inputs = view(),
            .targets = {.values = targets, .classes = 2},
            .subjects = subjects,
            .positions = positions,
            .datasets = subjects,
            .rows = rows};
  }
  void add(const Data& from, std::int64_t clip) {
    const auto index = static_cast<std::size_t>(clip);
    inputs.insert(inputs.end(), from.inputs.begin() + clip * 4, from.inputs.begin() + clip * 4 + 4);
    targets.insert(targets.end(), from.targets.begin() + clip * 2, from.targets.begin() + clip * 2 + 2);
    positions.push_back(from.positions[index]);
    subjects.push_back(from.subjects[index]);
    rows.push_back(from.rows[index]);
  }
};

// Two overlapping classes.
Data make_data(std::int64_t clips) {
  core::RandomStream stream(11);
  Data data;
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    const bool second = stream.uniform() < 0.5;
    for (int pixel = 0; pixel < 4; ++pixel) data.inputs.push_back(static_cast<float>(stream.normal() + (second ? 0.7 : 0.0)));
    data.targets.push_back(second ? 0.0F : 1.0F);
    data.targets.push_back(second ? 1.0F : 0.0F);
    data.positions.push_back(clip);
    data.subjects.push_back(static_cast<std::int32_t>(clip % 5));
    data.rows.push_back(1000 - clip);
  }
  return data;
}

Recipe small_recipe() {
  Recipe recipe;
  recipe.epochs = 6;
  recipe.batch_size = 8;
  recipe.optimizer.lr = 0.05;
  return recipe;
}

const model::FoldContext kFold{.seed = {3}, .fold = core::FoldId("casme2/sub01")};

class Recorder : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport& report, model::FittedModel& model) override {
    reports.push_back(report);
    if (to_predict == nullptr) return {};
    MEXBENCH_ASSIGN(const model::Scores scores, model.predict(to_predict->view()));
    predicted += scores.clips();
    MEXBENCH_ASSIGN(digests.emplace_back(), model.weights_digest());
    return {};
  }
  const Data* to_predict = nullptr;
  std::vector<model::EpochReport> reports;
  std::vector<std::string> digests;
  std::int64_t predicted = 0;
};

core::Result<std::unique_ptr<model::FittedModel>> fit(const Recipe& recipe, const Data& train, model::EpochObserver& observer,
                                                      const model::FoldContext& context = kFold) {
  return LibTorchLearner(make<SmallNetwork>(), recipe).fit(train.train(), {}, context, observer);
}

std::string digest_of(const Recipe& recipe, const Data& train, const model::FoldContext& context = kFold) {
  Recorder recorder;
  const auto model = fit(recipe, train, recorder, context);
  EXPECT_TRUE(model) << (model ? "" : model.error().render());
  return model ? *(*model)->weights_digest() : "";
}

TEST(LearnerDeterminism, OneFoldGivesEqualWeightsWhateverRanBefore) {
  const Data data = make_data(40);
  const std::string first = digest_of(small_recipe(), data);
  const std::string other = digest_of(small_recipe(), data, {.seed = {3}, .fold = core::FoldId("casme2/sub02")});
  torch::manual_seed(99);
  static_cast<void>(torch::rand({17}));
  EXPECT_EQ(digest_of(small_recipe(), data), first);
  EXPECT_NE(other, first);
  EXPECT_NE(digest_of(small_recipe(), data, {.seed = {4}, .fold = kFold.fold}), first);
}

TEST(LearnerDeterminism, ObserverThatPredictsChangesNothing) {
  const Data data = make_data(40);
  const Data test = make_data(300);  // more than one batch of kPredictBatch
  for (const bool shuffle : {false, true}) {
    Recipe recipe = small_recipe();
    recipe.shuffle = shuffle;
    Recorder watching;
    watching.to_predict = &test;
    const auto model = fit(recipe, data, watching);
    ASSERT_TRUE(model);
    EXPECT_EQ(watching.predicted, 6 * 300);
    EXPECT_EQ(*(*model)->weights_digest(), digest_of(recipe, data));
    EXPECT_EQ(watching.digests.back(), *(*model)->weights_digest());
    EXPECT_NE(watching.digests.front(), watching.digests.back());
  }
}

TEST(LearnerDeterminism, ShufflingChangesTheOrderEveryEpoch) {
  const Data data = make_data(40);
  std::vector<float> in_file_order;
  for (std::size_t clip = 0; clip < 40; ++clip) in_file_order.push_back(data.inputs[clip * 4]);
  std::vector<float> sorted = in_file_order;
  std::sort(sorted.begin(), sorted.end());
  for (const bool shuffle : {true, false}) {
    std::vector<float> heard;
    Recipe recipe = small_recipe();
    recipe.shuffle = shuffle;
    Recorder recorder;
    LibTorchLearner learner([&] { return core::Result<std::shared_ptr<Network>>(std::make_shared<Listener>(heard)); }, recipe);
    ASSERT_TRUE(learner.fit(data.train(), {}, kFold, recorder));
    ASSERT_EQ(heard.size(), 6U * 40U);
    std::set<std::vector<float>> orders;
    for (auto epoch = heard.begin(); epoch != heard.end(); epoch += 40) {
      orders.emplace(epoch, epoch + 40);
      std::vector<float> clips(epoch, epoch + 40);
      std::sort(clips.begin(), clips.end());
      EXPECT_EQ(clips, sorted);  // each clip once an epoch
    }
    EXPECT_EQ(orders.size(), shuffle ? 6U : 1U);
    EXPECT_EQ(orders.contains(in_file_order), !shuffle);
  }
}

// x = 1 with weights 0: both probabilities are 1/2. Clip 1 is of class 0, clip 2 of class 1, class weights 1 and 3.
// Loss: ln 2. Gradient of weight 0: (1 * (1/2 - 1) + 3 * (1/2 - 0)) / 4 = 1/4; of weight 1: -1/4. Learning rate 0.2.
TEST(LearnerStep, SgdStepOfTheClassWeightedMeanIsTheOneWorkedByHand) {
  const std::vector<float> inputs = {1.0F, 1.0F};
  const std::vector<float> targets = {1, 0, 0, 1};
  Recipe recipe;
  recipe.epochs = 1;
  recipe.batch_size = 2;
  recipe.shuffle = false;
  recipe.optimizer = {.kind = Optimizer::Kind::kSgd, .lr = 0.2};
  recipe.class_weights = {.kind = ClassWeights::Kind::kList, .values = {1.0, 3.0}};
  Recorder recorder;
  LibTorchLearner learner(make<TwoWeights>(), recipe);
  const auto model =
      learner.fit({.inputs = {.data = inputs.data(), .shape = {2, 1}}, .targets = {.values = targets, .classes = 2}}, {}, kFold, recorder);
  ASSERT_TRUE(model) << model.error().render();
  ASSERT_EQ(recorder.reports.size(), 1U);
  EXPECT_NEAR(recorder.reports[0].train_loss, std::log(2.0), 1e-7);
  EXPECT_EQ(recorder.reports[0].phase, "train");
  const auto scores = (*model)->predict({.data = inputs.data(), .shape = {1, 1}});
  ASSERT_TRUE(scores);
  EXPECT_THAT(scores->values, ElementsAre(testing::FloatEq(-0.05F), testing::FloatEq(0.05F)));
}

// Epochs of one batch with learning rates 0.2 and 0.1 (step 1, gamma 0.5), one clip of class 0: w0 = 0.2 * 1/2 after the first;
// then p = sigmoid(w0 - w1) = sigmoid(0.2), and w0 grows by 0.1 * (1 - p).
TEST(LearnerStep, ScheduleSetsTheRateOfEachEpoch) {
  const std::vector<float> inputs = {1.0F};
  const std::vector<float> targets = {1, 0};
  Recipe recipe;
  recipe.epochs = 2;
  recipe.batch_size = 1;
  recipe.optimizer = {.kind = Optimizer::Kind::kSgd, .lr = 0.2};
  recipe.schedule = {.kind = Schedule::Kind::kStep, .step_size = 1, .gamma = 0.5};
  Recorder recorder;
  LibTorchLearner learner(make<TwoWeights>(), recipe);
  const auto model =
      learner.fit({.inputs = {.data = inputs.data(), .shape = {1, 1}}, .targets = {.values = targets, .classes = 2}}, {}, kFold, recorder);
  ASSERT_TRUE(model) << model.error().render();
  const auto scores = (*model)->predict({.data = inputs.data(), .shape = {1, 1}});
  EXPECT_NEAR(scores->values[0], 0.1 + 0.1 * (1.0 - 1.0 / (1.0 + std::exp(-0.2))), 1e-6);
}

struct Inner {
  Data train, validation, all;
};
// Subjects 1 and 3 are for validation; their clips lie between those of the others.
Inner make_inner() {
  Inner inner;
  inner.all = make_data(40);
  for (std::int64_t clip = 0; clip < inner.all.clips(); ++clip) {
    const std::int32_t subject = inner.all.subjects[static_cast<std::size_t>(clip)];
    (subject == 1 || subject == 3 ? inner.validation : inner.train).add(inner.all, clip);
  }
  return inner;
}

TEST(LearnerSelection, RefitTrainsOnAllClipsInManifestOrderForTheChosenEpochs) {
  const Inner inner = make_inner();
  for (const auto metric : {Selection::Metric::kUf1, Selection::Metric::kUar, Selection::Metric::kLoss}) {
    Recipe recipe = small_recipe();
    recipe.epochs = 12;
    recipe.shuffle = false;
    recipe.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = metric, .refit = true};
    Recorder recorder;
    const auto model =
        LibTorchLearner(make<SmallNetwork>(), recipe).fit(inner.train.train(), inner.validation.validation(), kFold, recorder);
    ASSERT_TRUE(model) << model.error().render();
    const std::int64_t chosen = (*model)->capabilities().epochs;
    ASSERT_EQ(static_cast<std::int64_t>(recorder.reports.size()), 12 + chosen);
    const double best = *recorder.reports[static_cast<std::size_t>(chosen - 1)].validation_score;
    for (std::size_t index = 0; index < 12; ++index) {
      EXPECT_EQ(recorder.reports[index].phase, "select");
      const double score = *recorder.reports[index].validation_score;
      EXPECT_FALSE(is_better(metric, score, best)) << "epoch " << index + 1;
      if (static_cast<std::int64_t>(index) < chosen - 1) {
        EXPECT_NE(score, best) << "an earlier epoch is as good";
      }
    }
    EXPECT_EQ(recorder.reports.back().phase, "refit");
    EXPECT_FALSE(recorder.reports.back().validation_score.has_value());

    Recipe fixed = recipe;
    fixed.epochs = chosen;
    fixed.selection = {};
    EXPECT_EQ(*(*model)->weights_digest(), digest_of(fixed, inner.all));
  }
}

TEST(LearnerSelection, WithoutRefitTheWeightsOfTheChosenEpochAreKept) {
  const Inner inner = make_inner();
  Recipe recipe = small_recipe();
  recipe.epochs = 12;
  recipe.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUf1, .refit = false};
  Recorder recorder;
  const auto model = LibTorchLearner(make<SmallNetwork>(), recipe).fit(inner.train.train(), inner.validation.validation(), kFold, recorder);
  ASSERT_TRUE(model) << model.error().render();
  EXPECT_EQ(recorder.reports.size(), 12U);
  Recipe fixed = recipe;
  fixed.epochs = (*model)->capabilities().epochs;
  ASSERT_LT(fixed.epochs, 12) << "the case is only telling when the chosen epoch is not the last";
  fixed.selection = {};
  EXPECT_EQ(*(*model)->weights_digest(), digest_of(fixed, inner.train));
}

// Patience changes nothing but how long is looked: the epochs it goes through, and the choice among them, are those of the run without.
TEST(LearnerSelection, PatienceStopsAfterThatManyEpochsWithoutABetterScore) {
  const Inner inner = make_inner();
  for (const bool refit : {false, true}) {
    Recipe recipe = small_recipe();
    recipe.epochs = 30;
    recipe.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUf1, .refit = refit};
    Recorder all;
    ASSERT_TRUE(LibTorchLearner(make<SmallNetwork>(), recipe).fit(inner.train.train(), inner.validation.validation(), kFold, all));
    std::size_t best = 0, stop = 30;
    for (std::size_t index = 1; index < 30; ++index) {
      if (*all.reports[index].validation_score > *all.reports[best].validation_score) best = index;
      if (index - best >= 3) {
        stop = index + 1;
        break;
      }
    }
    ASSERT_LT(stop, 30U) << "the case is only telling when it stops early";

    recipe.selection.patience = 3;
    Recorder patient;
    const auto model =
        LibTorchLearner(make<SmallNetwork>(), recipe).fit(inner.train.train(), inner.validation.validation(), kFold, patient);
    ASSERT_TRUE(model) << model.error().render();
    EXPECT_EQ((*model)->capabilities().epochs, static_cast<std::int64_t>(best + 1));
    ASSERT_EQ(patient.reports.size(), stop + (refit ? best + 1 : 0));
    for (std::size_t index = 0; index < stop; ++index) {
      EXPECT_EQ(patient.reports[index].validation_score, all.reports[index].validation_score);
      EXPECT_EQ(patient.reports[index].train_loss, all.reports[index].train_loss);
    }
  }
}

TEST(LearnerSampling, ClassBalancedEpochsHaveEveryClassAlikeAndAreTheSameWhateverRanBefore) {
  Data data = make_data(40);
  for (std::size_t clip = 0; clip < 40; ++clip) {  // 36 of the first class, 4 of the second, told apart by their first number
    data.targets[clip * 2] = clip < 36 ? 1.0F : 0.0F;
    data.targets[clip * 2 + 1] = clip < 36 ? 0.0F : 1.0F;
    data.inputs[clip * 4] = static_cast<float>(clip);
  }
  Recipe recipe = small_recipe();
  recipe.epochs = 50;
  recipe.sampling = Sampling::kClassBalanced;
  const auto heard_of = [&] {
    std::vector<float> heard;
    Recorder recorder;
    LibTorchLearner learner([&] { return core::Result<std::shared_ptr<Network>>(std::make_shared<Listener>(heard)); }, recipe);
    EXPECT_TRUE(learner.fit(data.train(), {}, kFold, recorder));
    return heard;
  };
  const std::vector<float> heard = heard_of();
  ASSERT_EQ(heard.size(), 50U * 40U);
  const auto rare = static_cast<double>(std::count_if(heard.begin(), heard.end(), [](float clip) { return clip >= 36.0F; }));
  EXPECT_NEAR(rare, 1000.0, 5.0 * std::sqrt(2000.0 * 0.25));
  torch::manual_seed(5);
  EXPECT_EQ(heard_of(), heard);
}

TEST(LearnerSampling, DatasetBalancedEpochsHaveEveryDatasetAlike) {
  Data data = make_data(40);
  for (std::size_t clip = 0; clip < 40; ++clip) {  // 4 clips of dataset 7, told apart by their first number
    data.subjects[clip] = clip < 36 ? 2 : 7;
    data.inputs[clip * 4] = static_cast<float>(clip);
  }
  Recipe recipe = small_recipe();
  recipe.epochs = 50;
  recipe.sampling = Sampling::kDatasetBalanced;
  std::vector<float> heard;
  Recorder recorder;
  LibTorchLearner learner([&] { return core::Result<std::shared_ptr<Network>>(std::make_shared<Listener>(heard)); }, recipe);
  ASSERT_TRUE(learner.fit(data.train(), {}, kFold, recorder));
  const auto rare = static_cast<double>(std::count_if(heard.begin(), heard.end(), [](float clip) { return clip >= 36.0F; }));
  EXPECT_NEAR(rare, 1000.0, 5.0 * std::sqrt(2000.0 * 0.25));
  model::TrainView untold = data.train();
  untold.datasets = {};
  EXPECT_THAT(learner.fit(untold, {}, kFold, recorder).error().message(), HasSubstr("was not told those of the clips"));
}

const data::ImageChannels kImages{.names = {"v"}, .low = 0.0, .high = 1.0};

Recipe augmented_recipe() {
  Recipe recipe = small_recipe();
  recipe.augment = {{.kind = AugmentStep::Kind::kFlip, .probability = 0.5},
                    {.kind = AugmentStep::Kind::kNoise, .sigma = 0.1},
                    {.kind = AugmentStep::Kind::kMixup, .alpha = 0.4}};
  return recipe;
}

TEST(LearnerAugmentation, IsTheSameWhateverRanBeforeAndChangesWhatIsLearned) {
  const Data data = make_data(40);
  const auto digest = [&](const Recipe& recipe) {
    Recorder recorder;
    const auto model = LibTorchLearner(make<SmallNetwork>(), recipe, kImages).fit(data.train(), {}, kFold, recorder);
    EXPECT_TRUE(model) << model.error().render();
    return *(*model)->weights_digest();
  };
  const std::string first = digest(augmented_recipe());
  torch::manual_seed(99);
  EXPECT_EQ(digest(augmented_recipe()), first);
  EXPECT_NE(digest(small_recipe()), first);
  EXPECT_EQ(digest(small_recipe()), digest_of(small_recipe(), data)) << "without steps nothing is drawn";
}

// The network hears what it is trained on: with mirrored clips only, each clip's second number comes first. The caller's clips stay.
TEST(LearnerAugmentation, TouchesTrainingBatchesOnly) {
  const Inner inner = make_inner();
  const std::vector<float> before = inner.train.inputs;
  Recipe recipe = small_recipe();
  recipe.shuffle = false;
  recipe.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kLoss, .refit = false};
  recipe.augment = {{.kind = AugmentStep::Kind::kFlip}};
  std::vector<float> heard;
  Recorder recorder;
  LibTorchLearner learner([&] { return core::Result<std::shared_ptr<Network>>(std::make_shared<Listener>(heard)); }, recipe, kImages);
  const auto model = learner.fit(inner.train.train(), inner.validation.validation(), kFold, recorder);
  ASSERT_TRUE(model) << model.error().render();
  EXPECT_EQ(inner.train.inputs, before);
  const auto clips = static_cast<std::size_t>(inner.train.clips());
  ASSERT_EQ(heard.size(), 6 * clips);
  for (std::size_t place = 0; place < heard.size(); ++place) EXPECT_EQ(heard[place], before[(place % clips) * 4 + 1]);
  // Scores of the best epoch, from validation clips as they are.
  const auto scores = (*model)->predict(inner.validation.view());
  std::vector<std::int64_t> labels = *class_indices({.values = inner.validation.targets, .classes = 2});
  double best = *recorder.reports[0].validation_score;
  for (const model::EpochReport& report : recorder.reports) best = std::min(best, *report.validation_score);
  EXPECT_EQ(*validation_score(recipe.selection, recipe.loss, *scores, labels), best);
}

TEST(LearnerAugmentation, LineageNamesTheRowsOfEachPhase) {
  const Inner inner = make_inner();
  Recipe recipe = augmented_recipe();
  recipe.selection = {.kind = Selection::Kind::kInnerSubjects, .metric = Selection::Metric::kUf1, .refit = true};
  Recorder recorder;
  const auto model =
      LibTorchLearner(make<SmallNetwork>(), recipe, kImages).fit(inner.train.train(), inner.validation.validation(), kFold, recorder);
  ASSERT_TRUE(model) << model.error().render();
  const std::vector<model::Lineage> lineage = (*model)->lineage();
  ASSERT_EQ(lineage.size(), 2U);
  const auto sorted = [](std::vector<std::int64_t> rows) {
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  EXPECT_EQ(lineage[0].phase, "select");
  EXPECT_EQ(lineage[0].parents, sorted(inner.train.rows)) << "of the validation clips nothing was made";
  EXPECT_EQ(lineage[0].children, 6 * inner.train.clips());
  EXPECT_EQ(lineage[1].phase, "refit");
  EXPECT_EQ(lineage[1].parents, sorted(inner.all.rows));
  EXPECT_EQ(lineage[1].children, (*model)->capabilities().epochs * inner.all.clips());
  EXPECT_NE(lineage[0].digest, lineage[1].digest);
}

TEST(LearnerAugmentation, ClipsThatWereNotDescribedAreRefused) {
  const Data data = make_data(40);
  Recorder recorder;
  const auto message = [&](const model::TrainView& view, const data::ImageChannels& images) {
    return LibTorchLearner(make<SmallNetwork>(), augmented_recipe(), images).fit(view, {}, kFold, recorder).error().message();
  };
  model::TrainView untold = data.train();
  untold.rows = {};
  EXPECT_THAT(message(untold, kImages), HasSubstr("was not told which rows they were taken from"));
  EXPECT_THAT(message(data.train(), {}), HasSubstr("images of 0 named channels, the clips have the shape (1, 2, 2)"));
}

TEST(LearnerErrors, CapsuleMarginOfANetworkThatGivesLogitsNamesTheLossAndTheScores) {
  Recipe recipe = small_recipe();
  recipe.loss.kind = Loss::Kind::kCapsuleMargin;
  Recorder recorder;
  const auto model = fit(recipe, make_data(40), recorder);
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message(), HasSubstr("the capsule margin loss wants lengths from 0 to 1"));
}

TEST(LearnerSelection, RefitWithoutPositionsOrWithSharedOnesIsRefused) {
  const Inner inner = make_inner();
  Recipe recipe = small_recipe();
  recipe.selection.kind = Selection::Kind::kInnerSubjects;
  Recorder recorder;
  LibTorchLearner learner(make<SmallNetwork>(), recipe);
  model::TrainView bare = inner.train.train();
  bare.positions = {};
  EXPECT_THAT(learner.fit(bare, inner.validation.validation(), kFold, recorder).error().message(), HasSubstr("a refit needs one for each"));
  EXPECT_THAT(learner.fit(inner.train.train(), inner.train.validation(), kFold, recorder).error().message(),
              HasSubstr("both a training and a validation clip"));
  EXPECT_TRUE(recorder.reports.empty());
}

TEST(LearnerSelection, ValidationClipsAndSelectionGoTogether) {
  const Inner inner = make_inner();
  Recorder recorder;
  const auto surplus =
      LibTorchLearner(make<SmallNetwork>(), small_recipe()).fit(inner.train.train(), inner.validation.validation(), kFold, recorder);
  ASSERT_FALSE(surplus);
  EXPECT_EQ(surplus.error().code(), core::ErrorCode::kUsage);
  Recipe recipe = small_recipe();
  recipe.selection.kind = Selection::Kind::kInnerSubjects;
  EXPECT_FALSE(LibTorchLearner(make<SmallNetwork>(), recipe).fit(inner.train.train(), {}, kFold, recorder));
}

TEST(LearnerErrors, LossThatIsNotFiniteNamesEpochAndBatch) {
  Data data = make_data(20);
  data.inputs[36] = std::numeric_limits<float>::quiet_NaN();  // tenth clip: second batch of eight
  Recipe recipe = small_recipe();
  recipe.shuffle = false;
  Recorder recorder;
  const auto model = fit(recipe, data, recorder);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), core::ErrorCode::kFailed);
  EXPECT_THAT(model.error().message(), HasSubstr("epoch 1 (train), batch 2 of 8 clips: the loss is nan"));
  EXPECT_TRUE(recorder.reports.empty());
}

TEST(LearnerErrors, BatchNormOverOneClipNamesTheBatchAndHowToMendIt) {
  Recorder recorder;
  const auto model = fit(small_recipe(), make_data(17), recorder);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), core::ErrorCode::kFailed);
  EXPECT_THAT(model.error().message(), HasSubstr("batch 3 of 1 clips"));
  EXPECT_THAT(model.error().render(), HasSubstr("change batch_size"));
  EXPECT_THAT(model.error().message(), Not(HasSubstr("\n")));
}

TEST(LearnerErrors, ShapesThatDoNotFitTheNetworkAreUsageErrors) {
  const Data data = make_data(20);
  Recorder recorder;
  LibTorchLearner learner(make<SmallNetwork>(), small_recipe());
  model::TrainView wide = data.train();
  wide.inputs.shape = {10, 1, 2, 4};
  wide.targets.values = wide.targets.values.subspan(0, 20);
  wide.rows = {};
  wide.datasets = {};
  const auto refused = learner.fit(wide, {}, kFold, recorder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message(), HasSubstr("the network fails on an input of shape (1, 2, 4)"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("\n")));

  std::vector<float> targets;
  for (int clip = 0; clip < 20; ++clip) targets.insert(targets.end(), {1, 0, 0});
  model::TrainView three = data.train();
  three.targets = {.values = targets, .classes = 3};
  EXPECT_THAT(learner.fit(three, {}, kFold, recorder).error().message(), HasSubstr("gives 2 scores, but there are 3 classes"));

  model::TrainView few = data.train();
  few.targets.values = few.targets.values.subspan(0, 30);
  EXPECT_THAT(learner.fit(few, {}, kFold, recorder).error().message(), HasSubstr("20 training clips, but 15 targets"));
}

TEST(LearnerErrors, ObserversErrorEndsTraining) {
  class Stopper final : public model::EpochObserver {
   public:
    core::Status on_epoch(const model::EpochReport& report, model::FittedModel&) override {
      return report.epoch == 2 ? core::Status(core::Error(core::ErrorCode::kInterrupted, "stopped")) : core::Status();
    }
  };
  Stopper stopper;
  const auto model = fit(small_recipe(), make_data(20), stopper);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), core::ErrorCode::kInterrupted);
}

class LearnerFiles : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("mexbench_learner_" + std::to_string(::getpid()));
};

TEST_F(LearnerFiles, SavedWeightsComeBackExactly) {
  const Data data = make_data(40);
  Recorder recorder;
  const auto model = fit(small_recipe(), data, recorder);
  ASSERT_TRUE(model);
  ASSERT_TRUE((*model)->save(folder_ / "weights.pth"));
  const auto loaded = load_model(make<SmallNetwork>(), folder_ / "weights.pth");
  ASSERT_TRUE(loaded) << loaded.error().render();
  EXPECT_EQ(*(*loaded)->weights_digest(), *(*model)->weights_digest());
  EXPECT_EQ((*loaded)->predict(data.view())->values, (*model)->predict(data.view())->values);
  EXPECT_TRUE((*model)->capabilities().trainable);
  EXPECT_EQ((*model)->capabilities().epochs, 6);
  EXPECT_FALSE((*loaded)->capabilities().trainable);
  EXPECT_EQ((*loaded)->capabilities().parameters, 4 * 8 + 8 + 2 * 8 + 8 * 2 + 2);
  EXPECT_EQ((*loaded)->capabilities().predict_batch, kPredictBatch);
}

TEST_F(LearnerFiles, WeightsOfAnotherNetworkAreListed) {
  Recorder recorder;
  const auto model = fit(small_recipe(), make_data(40), recorder);
  ASSERT_TRUE(model);
  ASSERT_TRUE((*model)->save(folder_ / "weights.pth"));
  const auto loaded = load_model(make<TwoWeights>(), folder_ / "weights.pth");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(loaded.error().render(), testing::AllOf(HasSubstr("fc1.weight"), HasSubstr("fc.weight"), HasSubstr("weights.pth")));
}

TEST(FittedModel, RefusesWhatTheNetworkCannotTake) {
  const Data data = make_data(20);
  Recorder recorder;
  const auto model = fit(small_recipe(), data, recorder);
  ASSERT_TRUE(model);
  EXPECT_FALSE((*model)->predict({.data = data.inputs.data(), .shape = {0, 1, 2, 2}}));
  const auto wide = (*model)->predict({.data = data.inputs.data(), .shape = {10, 1, 2, 4}});
  ASSERT_FALSE(wide);
  EXPECT_THAT(wide.error().message(), HasSubstr("fails on an input of shape (10, 1, 2, 4)"));
  std::vector<float> broken(4, std::numeric_limits<float>::infinity());
  const auto scores = (*model)->predict({.data = broken.data(), .shape = {1, 1, 2, 2}});
  ASSERT_TRUE(scores);
  EXPECT_FALSE(scores->finite());
}

TEST(Environment, TellsWhatDecidesTheLastBits) {
  const nlohmann::json told = environment();
  for (const char* key : {"torch", "torch_runtime", "blas", "onednn", "cpu_capability", "instruction_set", "compiler"}) {
    ASSERT_TRUE(told.contains(key)) << key;
    EXPECT_FALSE(told[key].get<std::string>().empty()) << key;
  }
  EXPECT_EQ(told["torch"], TORCH_VERSION);
  EXPECT_EQ(environment(), told);
}

}  // namespace
}  // namespace mexbench::train
