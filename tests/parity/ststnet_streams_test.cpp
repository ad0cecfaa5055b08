// STSTNet's 16 maps side by side against its three streams one after another, which is how the released code computes them: the same
// initial weights, training losses, dropout masks; and its frozen forward pass against the plain one.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>

#include "harness/core/random.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "harness/train/network.h"
#include "models/ststnet/ststnet.h"
#include "parity/support.h"

namespace mexbench {
namespace {

namespace fs = std::filesystem;

class ThreeStreams final : public train::Network {
 public:
  explicit ThreeStreams(double dropout) : dropout_(dropout) {
    register_module("conv1", conv1_);
    register_module("conv2", conv2_);
    register_module("conv3", conv3_);
    register_module("bn1", bn1_);
    register_module("bn2", bn2_);
    register_module("bn3", bn3_);
    register_module("fc", fc_);
  }
  torch::Tensor forward(torch::Tensor input) override {
    const torch::Tensor maps =
        torch::cat({stream(conv1_, bn1_, input), stream(conv2_, bn2_, input), stream(conv3_, bn3_, input)}, /*dim=*/1);
    return fc_->forward(torch::avg_pool2d(maps, /*kernel_size=*/2, /*stride=*/2).flatten(1));
  }

 private:
  torch::Tensor stream(torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm, const torch::Tensor& input) const {
    const torch::Tensor maps = norm->forward(torch::relu(convolution->forward(input)));
    const torch::Tensor pooled = torch::max_pool2d(maps, /*kernel_size=*/3, /*stride=*/3, /*padding=*/1);
    return torch::dropout(pooled, dropout_, is_training());
  }
  static torch::nn::Conv2d convolution(std::int64_t maps) { return torch::nn::Conv2d(torch::nn::Conv2dOptions(3, maps, 3).padding(2)); }

  double dropout_;
  torch::nn::Conv2d conv1_ = convolution(3), conv2_ = convolution(5), conv3_ = convolution(8);
  torch::nn::BatchNorm2d bn1_{3}, bn2_{5}, bn3_{8};
  torch::nn::Linear fc_{400, 3};
};

template <typename Made, typename Options>
train::NetworkFactory factory_of(Options options) {
  return [options] { return core::Result<std::shared_ptr<train::Network>>(std::make_shared<Made>(options)); };
}
train::NetworkFactory three_streams(double dropout) { return factory_of<ThreeStreams>(dropout); }
train::NetworkFactory side_by_side(double dropout) { return factory_of<models::Ststnet>(models::StstnetOptions{.dropout = dropout}); }

// Flow-like images of three classes, 0 to 255, which can be learned in part.
struct Clips {
  static constexpr std::int64_t kCount = 40;
  std::vector<float> pixels, targets;

  Clips() {
    core::RandomStream stream(3);
    for (std::int64_t clip = 0; clip < kCount; ++clip) {
      const auto label = stream.below(3);
      for (std::uint64_t index = 0; index < 3; ++index) targets.push_back(index == label ? 1.0F : 0.0F);
      for (int pixel = 0; pixel < 3 * 28 * 28; ++pixel) {
        const double value = 110.0 + 15.0 * static_cast<double>(label) + 40.0 * stream.normal();
        pixels.push_back(static_cast<float>(std::clamp(std::round(value), 0.0, 255.0)));
      }
    }
  }
  [[nodiscard]] model::TensorView view() const { return {.data = pixels.data(), .shape = {kCount, 3, 28, 28}}; }
};

class EpochLosses final : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport& report, model::FittedModel&) override {
    values.push_back(report.train_loss);
    return {};
  }
  std::vector<double> values;
};

struct Trained {
  std::vector<double> losses;
  std::unique_ptr<model::FittedModel> model;
};

// 100 epochs of two batches, the second smaller.
Trained train_on(const Clips& clips, const train::NetworkFactory& make, train::Numerics numerics = train::Numerics::kContiguous) {
  train::Recipe recipe;
  recipe.epochs = 100;
  recipe.batch_size = 24;
  recipe.shuffle = false;
  recipe.optimizer.lr = 5.0e-5;
  recipe.numerics = numerics;
  train::LibTorchLearner learner(make, recipe);
  EpochLosses losses;
  auto model = learner.fit({.inputs = clips.view(), .targets = {.values = clips.targets, .classes = 3}}, model::ValidationView{},
                           {.seed = {2}, .fold = core::FoldId("casme2/sub01")}, losses);
  EXPECT_TRUE(model) << (model ? "" : model.error().render());
  return {.losses = std::move(losses.values), .model = model ? std::move(*model) : nullptr};
}

double largest_relative_difference(const std::vector<double>& ours, const std::vector<double>& theirs) {
  EXPECT_EQ(ours.size(), theirs.size());
  double largest = 0.0;
  for (std::size_t epoch = 0; epoch < std::min(ours.size(), theirs.size()); ++epoch) {
    largest = std::max(largest, std::abs(ours[epoch] - theirs[epoch]) / std::abs(theirs[epoch]));
  }
  return largest;
}

TEST(StstnetSideBySide, BeginsWithTheWeightsOfThreeModules) {
  torch::manual_seed(11);
  const ThreeStreams apart(0.5);
  torch::manual_seed(11);
  const models::Ststnet joined(models::StstnetOptions{});
  const auto wanted = apart.named_parameters();
  const auto seen = joined.named_parameters();
  ASSERT_EQ(seen.keys(), wanted.keys());
  for (const auto& parameter : wanted) EXPECT_TRUE(torch::equal(seen[parameter.key()], parameter.value())) << parameter.key();
  ASSERT_EQ(joined.named_buffers().keys(), apart.named_buffers().keys());
  for (const auto& buffer : apart.named_buffers()) EXPECT_TRUE(torch::equal(joined.named_buffers()[buffer.key()], buffer.value()));
}

TEST(StstnetSideBySide, TrainsAsThreeStreamsDo) {
  const Clips clips;
  const Trained apart = train_on(clips, three_streams(0.0));
  const Trained joined = train_on(clips, side_by_side(0.0));
  EXPECT_LT(apart.losses.back(), 0.9 * apart.losses.front()) << "nothing was learned";
  EXPECT_LE(largest_relative_difference(joined.losses, apart.losses), 1e-6);
}

// Other masks would change a loss in its second digit.
TEST(StstnetSideBySide, DropsWhatThreeStreamsDrop) {
  const Clips clips;
  const Trained apart = train_on(clips, three_streams(0.5));
  const Trained joined = train_on(clips, side_by_side(0.5));
  EXPECT_LE(largest_relative_difference(joined.losses, apart.losses), 1e-6);
}

TEST(StstnetNumerics, ChannelsLastTrainsAsContiguousDoes) {
  const Clips clips;
  for (const double dropout : {0.0, 0.5}) {
    const Trained contiguous = train_on(clips, side_by_side(dropout));
    const Trained last = train_on(clips, side_by_side(dropout), train::Numerics::kChannelsLast);
    EXPECT_LE(largest_relative_difference(last.losses, contiguous.losses), 1e-4) << "dropout " << dropout;
  }
}

TEST(StstnetNumerics, WeightsAreSavedContiguousFromEither) {
  const Clips clips;
  const Trained last = train_on(clips, side_by_side(0.5), train::Numerics::kChannelsLast);
  ASSERT_TRUE(last.model);
  const fs::path file = fs::temp_directory_path() / ("mexbench_channels_last_" + std::to_string(::getpid()) + ".pth");
  ASSERT_TRUE(last.model->save(file));
  const auto loaded = train::load_model(side_by_side(0.5), file);
  fs::remove(file);
  ASSERT_TRUE(loaded) << loaded.error().render();
  EXPECT_EQ(*(*loaded)->weights_digest(), *last.model->weights_digest());
  const std::vector<float> fitted = last.model->predict(clips.view())->values;
  const std::vector<float> again = (*loaded)->predict(clips.view())->values;
  ASSERT_EQ(again.size(), fitted.size());
  for (std::size_t i = 0; i < fitted.size(); ++i) EXPECT_NEAR(again[i], fitted[i], 5e-6) << i;
}

// The largest difference of two ways through a network, as a share of the largest score.
double frozen_difference(models::Ststnet& network, const torch::Tensor& images) {
  network.eval();
  const c10::InferenceMode inference;
  const torch::Tensor plain = network.forward(images);
  const torch::Tensor frozen = network.frozen()(images);
  return ((frozen - plain).abs().max() / plain.abs().max()).item<double>();
}

void load(models::Ststnet& network, const model::StateDict& state) {
  const torch::NoGradGuard no_gradients;
  const auto copy = [&](const std::string& name, torch::Tensor tensor) {
    const model::TensorData* data = state.find(name);
    if (data == nullptr) return;  // num_batches_tracked of old files
    const std::vector<float> numbers = data->to_float32();
    tensor.copy_(torch::tensor(numbers).reshape(tensor.sizes()));
  };
  for (const auto& parameter : network.named_parameters()) copy(parameter.key(), parameter.value());
  for (const auto& buffer : network.named_buffers()) copy(buffer.key(), buffer.value());
}

TEST(StstnetFrozen, ReleasedWeightsGiveTheScoresOfThePlainPass) {
  MEXBENCH_DATA_OR_SKIP(data);
  std::vector<float> pixels;
  std::int64_t images = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data / "megc2019-flow/sub17")) {
    if (entry.path().extension() != ".png") continue;
    parity::append_image(entry.path(), pixels);
    ++images;
  }
  ASSERT_GT(images, 30);
  const torch::Tensor clips = torch::tensor(pixels).reshape({images, 3, 28, 28});
  int files = 0;
  double largest = 0.0;
  for (const fs::directory_entry& entry : fs::directory_iterator(data / "ststnet-released/weights")) {
    if (entry.path().extension() != ".pth") continue;
    const auto state = model::read_state_dict(entry.path());
    ASSERT_TRUE(state) << state.error().render();
    models::Ststnet network({});
    load(network, *state);
    for (const std::int64_t count : {std::int64_t{1}, images}) {
      const double difference = frozen_difference(network, clips.narrow(0, 0, count));
      EXPECT_LE(difference, 1e-6) << entry.path() << ", " << count;
      largest = std::max(largest, difference);
    }
    ++files;
  }
  EXPECT_EQ(files, 68);
  std::printf("largest difference of %d weight files: %.3g\n", files, largest);
}

// Scales above, below and at 0; images of every size that the network takes; other channels and classes.
TEST(StstnetFrozen, AnyScaleSizeAndPaddingGiveTheScoresOfThePlainPass) {
  torch::manual_seed(5);
  for (const std::int64_t padding : {1, 2}) {
    models::Ststnet network({.in_channels = 2, .out_channels = 5, .dropout = 0.5, .padding = padding});
    {
      const torch::NoGradGuard no_gradients;
      for (const auto& parameter : network.named_parameters()) {
        if (parameter.key().starts_with("bn")) parameter.value().normal_();
      }
      network.named_parameters()["bn2.weight"][3] = 0.0;
      for (const auto& buffer : network.named_buffers()) {
        if (buffer.key().ends_with("running_mean")) buffer.value().uniform_(0.0, 60.0);
        if (buffer.key().ends_with("running_var")) buffer.value().uniform_(10.0, 900.0);
      }
      EXPECT_LT(network.named_parameters()["bn3.weight"].min().item<double>(), -0.1);
      EXPECT_GT(network.named_parameters()["bn3.weight"].max().item<double>(), 0.1);
    }
    const std::int64_t more = 2 * (2 - padding);
    for (std::int64_t side = 26 + more; side <= 31 + more; ++side) {
      const torch::Tensor images = torch::rand({7, 2, side, 57 + 2 * more - side}) * 255.0;
      EXPECT_LE(frozen_difference(network, images), 1e-6) << "padding " << padding << ", height " << side;
    }
    const c10::InferenceMode inference;
    EXPECT_THROW((void)network.frozen()(torch::rand({1, 2, 25 + more, 28})), c10::Error);
    EXPECT_THROW((void)network.frozen()(torch::rand({1, 2, 28, 32 + more})), c10::Error);
    EXPECT_THROW((void)network.frozen()(torch::rand({1, 3, 28, 28})), c10::Error);
  }
}

// What is worked out once is not part of what is saved, and a later prediction does not depend on the caller's memory.
TEST(StstnetFrozen, PredictionsDependOnNothingButTheClip) {
  const Clips clips;
  torch::manual_seed(1);
  const auto model = train::model_as_is(side_by_side(0.5));
  ASSERT_TRUE(model);
  const std::string digest = *(*model)->weights_digest();
  constexpr std::size_t kNumbers = 3 * 28 * 28;
  const std::vector<float> wanted = (*model)->predict({.data = clips.pixels.data(), .shape = {1, 3, 28, 28}})->values;
  std::vector<float> moved(kNumbers + 16);
  for (std::size_t offset = 0; offset < 16; ++offset) {
    std::copy_n(clips.pixels.begin(), kNumbers, moved.begin() + static_cast<std::ptrdiff_t>(offset));
    EXPECT_EQ((*model)->predict({.data = moved.data() + offset, .shape = {1, 3, 28, 28}})->values, wanted) << offset;
  }
  EXPECT_EQ(*(*model)->weights_digest(), digest);
}

}  // namespace
}  // namespace mexbench
