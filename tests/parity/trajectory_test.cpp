// A published training run, step by step: STSTNet, fold sub17, seed 7, dropout 0, 20 epochs (parity/training of the reference data).
#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/engine/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "harness/train/network.h"
#include "models/modules.h"
#include "models/registry.h"
#include "parity/support.h"

namespace mexbench {
namespace {

namespace fs = std::filesystem;

struct Images {
  std::vector<float> pixels;
  std::vector<float> targets;  // one-hot, three classes
  std::int64_t count = 0;

  [[nodiscard]] model::TensorView view() const { return {.data = pixels.data(), .shape = {count, 3, 28, 28}}; }
  // SHA-256 of the images as bytes, one after another.
  [[nodiscard]] std::string digest() const {
    std::string bytes(pixels.size(), '\0');
    std::transform(pixels.begin(), pixels.end(), bytes.begin(),
                   [](float pixel) { return static_cast<char>(static_cast<unsigned char>(pixel)); });
    return core::sha256_hex(bytes);
  }
};

// Class folder and file name of every image -> its path. The release keeps an image under the subject it shows.
std::map<std::string, fs::path> index_images(const fs::path& root) {
  std::map<std::string, fs::path> out;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".png") out[(entry.path().parent_path().filename() / entry.path().filename()).string()] = entry.path();
  }
  return out;
}

Images read_images(const fs::path& list, const std::map<std::string, fs::path>& paths) {
  const auto content = core::read_file(list);
  EXPECT_TRUE(content);
  const auto rows = core::parse_csv(*content, list.string());
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().render());
  Images images;
  for (std::size_t row = 1; row < rows->size(); ++row) {
    const std::vector<std::string>& fields = (*rows)[row].fields;
    parity::append_image(paths.at(fields.at(2)), images.pixels);
    for (int label = 0; label < 3; ++label) images.targets.push_back(std::to_string(label) == fields.at(1) ? 1.0F : 0.0F);
    ++images.count;
  }
  return images;
}

// The published run seeds with 7 and constructs at once.
core::Result<std::shared_ptr<train::Network>> published_start() {
  torch::manual_seed(7);
  return models::create("ststnet", {{"dropout", 0.0}});
}

TEST(TrainingTrajectory, SeedSevenGivesThePublishedInitialWeights) {
  MEXBENCH_DATA_OR_SKIP(data);
  const auto wanted = model::read_state_dict(data / "parity/training/initial_state.pth");
  ASSERT_TRUE(wanted) << wanted.error().render();
  const auto network = published_start();
  ASSERT_TRUE(network);
  std::size_t compared = 0;
  for (const auto& parameter : (*network)->named_parameters()) {
    const model::TensorData* tensor = wanted->find(parameter.key());
    ASSERT_NE(tensor, nullptr) << parameter.key();
    const std::vector<float> numbers = tensor->to_float32();
    const float* ours = parameter.value().data_ptr<float>();
    EXPECT_EQ(std::vector<float>(ours, ours + parameter.value().numel()), numbers) << parameter.key();
    ++compared;
  }
  EXPECT_EQ(compared, 14U);
}

train::Recipe published_recipe(const nlohmann::json& published) {
  train::Recipe recipe;
  recipe.epochs = published["epochs"];
  recipe.batch_size = published["batch_size"];
  recipe.shuffle = false;
  recipe.optimizer.lr = published["learning_rate"];
  return recipe;
}

// Trains by what `make` gives for the recipe, and holds losses, scores and weights against the published ones.
void expect_published_run(const fs::path& data, double loss_bound,
                          const std::function<std::unique_ptr<model::Learner>(const train::Recipe& recipe)>& make) {
  const fs::path folder = data / "parity/training";
  const auto content = core::read_file(folder / "trajectory.json");
  ASSERT_TRUE(content);
  const nlohmann::json published = nlohmann::json::parse(*content);
  const std::map<std::string, fs::path> paths = index_images(data / "megc2019-flow");
  ASSERT_EQ(paths.size(), 442U);
  const Images train = read_images(folder / "train_files.csv", paths);
  const Images test = read_images(folder / "test_files.csv", paths);
  ASSERT_EQ(train.digest(), published["train_uint8_nchw_sha256"]);
  ASSERT_EQ(test.digest(), published["test_uint8_nchw_sha256"]);

  class Losses final : public model::EpochObserver {
   public:
    core::Status on_epoch(const model::EpochReport& report, model::FittedModel&) override {
      values.push_back(report.train_loss);
      return {};
    }
    std::vector<double> values;
  };
  Losses losses;
  const std::unique_ptr<model::Learner> learner = make(published_recipe(published));
  const model::FoldContext context{.seed = {7}, .fold = core::FoldId("casme2/sub17")};
  const auto model =
      learner->fit({.inputs = train.view(), .targets = {.values = train.targets, .classes = 3}}, model::ValidationView{}, context, losses);
  ASSERT_TRUE(model) << model.error().render();

  const auto wanted_losses = published["epoch_loss"].get<std::vector<double>>();
  ASSERT_EQ(losses.values.size(), wanted_losses.size());
  double loss_difference = 0.0;
  for (std::size_t epoch = 0; epoch < wanted_losses.size(); ++epoch) {
    EXPECT_NEAR(losses.values[epoch], wanted_losses[epoch], loss_bound) << "epoch " << epoch + 1;
    loss_difference = std::max(loss_difference, std::abs(losses.values[epoch] - wanted_losses[epoch]));
  }

  const auto scores = (*model)->predict(test.view());
  ASSERT_TRUE(scores);
  const auto wanted_logits = published["eval_logits_after_training"].get<std::vector<std::vector<double>>>();
  ASSERT_EQ(scores->values.size(), wanted_logits.size() * 3);
  double logit_difference = 0.0;
  for (std::size_t index = 0; index < scores->values.size(); ++index) {
    logit_difference = std::max(logit_difference, std::abs(scores->values[index] - wanted_logits[index / 3][index % 3]));
  }
  EXPECT_LE(logit_difference, 1e-4);

  const fs::path saved = fs::temp_directory_path() / ("mexbench_trajectory_" + std::to_string(::getpid()) + ".pth");
  ASSERT_TRUE((*model)->save(saved));
  const auto ours = model::read_state_dict(saved);
  fs::remove(saved);
  const auto wanted = model::read_state_dict(folder / "final_state.pth");
  ASSERT_TRUE(ours && wanted);
  ASSERT_EQ(ours->tensors.size(), wanted->tensors.size());
  double state_difference = 0.0;
  for (std::size_t index = 0; index < wanted->tensors.size(); ++index) {
    const model::TensorData& a = ours->tensors[index];
    const model::TensorData& b = wanted->tensors[index];
    ASSERT_EQ(a.name, b.name);
    ASSERT_EQ(a.shape, b.shape);
    ASSERT_EQ(a.dtype, b.dtype);
    // Relative to the tensor's largest number: single numbers may be near 0.
    const std::vector<float> x = a.to_float32(), y = b.to_float32();
    double largest = 0.0, difference = 0.0;
    for (std::size_t number = 0; number < x.size(); ++number) {
      largest = std::max(largest, std::abs(static_cast<double>(y[number])));
      difference = std::max(difference, std::abs(static_cast<double>(x[number]) - static_cast<double>(y[number])));
    }
    ASSERT_GT(largest, 0.0) << b.name;
    EXPECT_LE(difference / largest, 1e-5) << b.name;
    state_difference = std::max(state_difference, difference / largest);
  }
  std::printf("largest differences: epoch loss %.3g, final logits %.3g, final state %.3g\n", loss_difference, logit_difference,
              state_difference);
}

TEST(TrainingTrajectory, TwentyEpochsMeetThePublishedRun) {
  MEXBENCH_DATA_OR_SKIP(data);
  expect_published_run(data, 1e-5,
                       [](const train::Recipe& recipe) { return std::make_unique<train::LibTorchLearner>(published_start, recipe); });
}

TEST(TrainingTrajectory, TwentyEpochsOfTheFusedEngineMeetIt) {
  MEXBENCH_DATA_OR_SKIP(data);
  const fs::path initial = data / "parity/training/initial_state.pth";
  const auto state = model::read_state_dict(initial);
  ASSERT_TRUE(state) << state.error().render();
  const models::ModelCard& card = *models::find_model("ststnet");
  const auto params = models::resolve_params(card, {{"dropout", 0.0}});
  const auto description = models::describe(card, params.value(), 28, 28);
  ASSERT_TRUE(description) << description.error().render();
  expect_published_run(data, 2e-6, [&](const train::Recipe& recipe) {
    return std::make_unique<engine::FusedLearner>(*description, recipe, data::ImageChannels(),
                                                  engine::StartState{.state = *state, .file = initial.string(), .fresh = {}});
  });
}

}  // namespace
}  // namespace mexbench
