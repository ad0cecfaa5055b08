// Every network at random legal parameters and image sizes: forward and backward run, scores and gradients are finite, and the sizes that
// a card names are those that the network takes.
#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "harness/core/random.h"
#include "harness/train/network.h"
#include "models/modules.h"
#include "models/registry.h"
#include "parity/support.h"

namespace mexbench::models {
namespace {

using nlohmann::json;

struct Setting {
  json params;
  std::int64_t channels = 3;
  std::int64_t height = 28;
  std::int64_t width = 28;
};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  double dropout() { return 0.5 * stream_.uniform(); }

 private:
  core::RandomStream stream_;
};

Setting draw_ststnet(Draw& draw) {
  const std::int64_t channels = draw.between(1, 6);
  const std::int64_t padding = draw.between(1, 2);
  const auto image = [&] { return draw.between(30, 35) - 2 * padding; };
  return {.params = {{"in_channels", channels}, {"out_channels", draw.between(2, 9)}, {"dropout", draw.dropout()}, {"padding", padding}},
          .channels = channels,
          .height = image(),
          .width = image()};
}

Setting draw_offapexnet(Draw& draw) {
  return {.params = {{"num_classes", draw.between(2, 9)}, {"dropout", draw.dropout()}},
          .channels = 2,
          .height = draw.between(28, 31),
          .width = draw.between(28, 31)};
}

Setting draw_sssnet(Draw& draw) {
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"h_dims", {draw.between(1, 20), draw.between(1, 20), draw.between(1, 40)}},
                     {"dropout", draw.dropout()},
                     {"softmax", draw.between(0, 1) == 1}},
          .height = draw.between(64, 69),
          .width = draw.between(64, 69)};
}

// The least side with this many blocks is least(blocks).
Setting draw_rcn(Draw& draw, std::int64_t least_pool, std::int64_t (*least)(std::int64_t blocks)) {
  const std::int64_t channels = draw.between(1, 6);
  const std::int64_t blocks = draw.between(1, 3);
  return {.params = {{"num_input", channels},
                     {"featuremaps", 4 * draw.between(2, 8)},
                     {"num_classes", draw.between(2, 9)},
                     {"num_layers", blocks},
                     {"pool_size", draw.between(least_pool, 7)},
                     {"dropout", draw.dropout()}},
          .channels = channels,
          .height = least(blocks) + draw.between(0, 30),
          .width = least(blocks) + draw.between(0, 30)};
}
std::int64_t after_convolution(std::int64_t blocks) { return std::int64_t{4} + (std::int64_t{2} << blocks); }
std::int64_t after_streams(std::int64_t blocks) { return 3 * ((std::int64_t{1} << blocks) - 1) + 1; }

Setting draw_htnet(Draw& draw) {
  const std::int64_t levels = draw.between(1, 4);
  const std::int64_t patch = draw.between(1, 5);
  const std::int64_t side = patch * (std::int64_t{1} << (levels - 1)) * draw.between(1, 3);
  const std::int64_t channels = draw.between(1, 4);
  const std::int64_t dim = draw.between(2, 12);
  json repeats = draw.between(0, 2);
  if (draw.between(0, 1) == 1) {
    repeats = json::array();
    for (std::int64_t level = 0; level < levels; ++level) repeats.push_back(draw.between(0, 2));
  }
  return {.params = {{"image_size", side},
                     {"patch_size", patch},
                     {"num_classes", draw.between(2, 9)},
                     {"dim", dim},
                     {"heads", draw.between(1, dim)},
                     {"num_hierarchies", levels},
                     {"block_repeats", repeats},
                     {"mlp_mult", draw.between(1, 4)},
                     {"channels", channels},
                     {"dim_head", draw.between(1, 64)},
                     {"dropout", draw.dropout()}},
          .channels = channels,
          .height = side,
          .width = side};
}

Setting draw_capsulenet_head(Draw& draw) {
  const std::int64_t channels = draw.between(1, 6);
  const std::int64_t conv1 = draw.between(1, 9);
  const std::int64_t primary = draw.between(1, 9);
  const std::int64_t dim = draw.between(1, 8);
  const std::int64_t groups = draw.between(1, 4);
  const std::int64_t rows = draw.between(1, 6);
  const std::int64_t columns = draw.between(1, 6);
  const auto image = [&](std::int64_t side) { return conv1 - 1 + primary + 2 * (side - 1) + draw.between(0, 1); };
  return {.params = {{"in_channels", channels},
                     {"conv1_channels", draw.between(1, 12)},
                     {"conv1_kernel", conv1},
                     {"primary_channels", groups * dim},
                     {"primary_kernel", primary},
                     {"dim_caps", dim},
                     {"in_num_caps", groups * rows * columns},
                     {"classes", draw.between(2, 9)},
                     {"out_dim_caps", draw.between(1, 20)},
                     {"routings", draw.between(1, 5)}},
          .channels = channels,
          .height = image(rows),
          .width = image(columns)};
}

Setting draw_alexnet(Draw& draw) {
  const std::int64_t channels = draw.between(1, 4);
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"in_channels", channels},
                     {"units", draw.between(1, 20)},
                     {"dropout", draw.dropout()}},
          .channels = channels,
          .height = draw.between(63, 90),
          .width = draw.between(63, 90)};
}

Setting draw_capsulenet(Draw& draw) {
  const std::int64_t channels = draw.between(1, 4);
  const std::int64_t conv1 = draw.between(1, 3);
  const std::int64_t primary = draw.between(1, 3);
  const std::int64_t dim = draw.between(1, 8);
  const std::int64_t groups = draw.between(1, 4);
  const std::int64_t rows = draw.between(1, 3);
  const std::int64_t columns = draw.between(1, 3);
  // The backbone makes a map of side m of 8 (m - 1) + 1 to 8 m pixels.
  const auto image = [&](std::int64_t side) {
    return 8 * (conv1 - 2 + primary + 2 * (side - 1) + draw.between(0, 1)) + draw.between(1, 8);
  };
  return {.params = {{"in_channels", channels},
                     {"width", draw.between(1, 4)},
                     {"conv1_channels", draw.between(1, 12)},
                     {"conv1_kernel", conv1},
                     {"primary_channels", groups * dim},
                     {"primary_kernel", primary},
                     {"dim_caps", dim},
                     {"in_num_caps", groups * rows * columns},
                     {"classes", draw.between(2, 9)},
                     {"out_dim_caps", draw.between(1, 20)},
                     {"routings", draw.between(1, 5)}},
          .channels = channels,
          .height = image(rows),
          .width = image(columns)};
}

Setting draw_dual_inception(Draw& draw) {
  const std::int64_t channels = draw.between(1, 3);
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"stream_channels", channels},
                     {"filters", {draw.between(1, 8), draw.between(1, 8)}},
                     {"units", draw.between(1, 40)}},
          .channels = 2 * channels,
          .height = draw.between(28, 31),
          .width = draw.between(28, 31)};
}

Setting draw_elrcn(Draw& draw) {
  const std::int64_t stages = draw.between(1, 3);
  const std::int64_t side = draw.between(1, 3);
  const std::int64_t frames = draw.between(1, 5);
  const std::int64_t channels = draw.between(1, 3);
  const auto list = [&](std::int64_t entries, std::int64_t most) {
    json out = json::array();
    for (std::int64_t entry = 0; entry < entries; ++entry) out.push_back(draw.between(1, most));
    return out;
  };
  const auto image = [&] { return (side << stages) + draw.between(0, (std::int64_t{1} << stages) - 1); };
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"frames", frames},
                     {"channels_per_frame", channels},
                     {"image_size", image()},
                     {"filters", list(stages, 5)},
                     {"convolutions", list(stages, 2)},
                     {"units", list(draw.between(1, 3), 12)},
                     {"lstm", list(draw.between(1, 3), 12)},
                     {"dense", draw.between(1, 12)},
                     {"dropout", draw.dropout()}},
          .channels = frames * channels,
          .height = image(),
          .width = image()};
}

Setting draw_microexpstcnn(Draw& draw) {
  const std::int64_t kernel = draw.between(1, 6);
  const std::int64_t frames = kernel + draw.between(2, 8);
  const std::int64_t side = draw.between(1, 5);
  const auto image = [&] { return 3 * side + draw.between(2, 4); };
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"frames", frames},
                     {"image_size", image()},
                     {"filters", draw.between(1, 8)},
                     {"kernel_frames", kernel},
                     {"units", draw.between(1, 20)},
                     {"dropout", draw.dropout()}},
          .channels = frames,
          .height = image(),
          .width = image()};
}

Setting draw_offapexnet_two_stream(Draw& draw) {
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"filters", {draw.between(1, 8), draw.between(1, 16)}},
                     {"units", {draw.between(1, 40), draw.between(1, 40)}},
                     {"conv_relu", draw.between(0, 1) == 1},
                     {"dropout", draw.dropout()}},
          .channels = 2,
          .height = draw.between(28, 31),
          .width = draw.between(28, 31)};
}

Setting draw_resnet18(Draw& draw) {
  const std::int64_t channels = draw.between(1, 6);
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"in_channels", channels},
                     {"width", draw.between(1, 4)},
                     {"max_pool", draw.between(0, 1) == 1}},
          .channels = channels,
          .height = draw.between(1, 40),
          .width = draw.between(1, 40)};
}

Setting draw_vit(Draw& draw) {
  const std::int64_t channels = draw.between(1, 4);
  const std::int64_t patch = draw.between(1, 4);
  const std::int64_t side = patch * draw.between(1, 4);
  const std::int64_t heads = draw.between(1, 3);
  return {.params = {{"num_classes", draw.between(2, 9)},
                     {"in_channels", channels},
                     {"image_size", side},
                     {"patch_size", patch},
                     {"dim", heads * draw.between(1, 6)},
                     {"depth", draw.between(1, 3)},
                     {"heads", heads},
                     {"mlp", draw.between(1, 20)},
                     {"dropout", draw.dropout()}},
          .channels = channels,
          .height = side,
          .width = side};
}

const std::map<std::string, Setting (*)(Draw&)>& draws() {
  static const std::map<std::string, Setting (*)(Draw&)> kDraws = {
      {"alexnet", draw_alexnet},
      {"capsulenet", draw_capsulenet},
      {"capsulenet_head", draw_capsulenet_head},
      {"dual_inception", draw_dual_inception},
      {"elrcn", draw_elrcn},
      {"htnet", draw_htnet},
      {"microexpstcnn", draw_microexpstcnn},
      {"offapexnet", draw_offapexnet},
      {"offapexnet_two_stream", draw_offapexnet_two_stream},
      {"rcn_a",
       [](Draw& draw) {
         Setting setting = draw_rcn(draw, /*least_pool=*/2, after_convolution);
         setting.params["model_version"] = 3;
         return setting;
       }},
      {"rcn_f",
       [](Draw& draw) {
         Setting setting = draw_rcn(draw, /*least_pool=*/2, after_streams);
         setting.params["use_stream3"] = draw.between(0, 1) == 1;
         return setting;
       }},
      {"rcn_s", [](Draw& draw) { return draw_rcn(draw, /*least_pool=*/1, after_convolution); }},
      {"rcn_w", [](Draw& draw) { return draw_rcn(draw, /*least_pool=*/1, after_streams); }},
      {"resnet18", draw_resnet18},
      {"sssnet", draw_sssnet},
      {"ststnet", draw_ststnet},
      {"vit", draw_vit},
  };
  return kDraws;
}

torch::Tensor images(const Setting& setting, std::int64_t clips) {
  return torch::rand({clips, setting.channels, setting.height, setting.width});
}

// What the published forward passes never use.
bool is_unused(const std::string& model, const json& params, const std::string& parameter) {
  return (model == "rcn_s" && parameter.find(".conv3.") != std::string::npos) ||
         (model == "rcn_f" && !params.at("use_stream3").get<bool>() && parameter.starts_with("stream3."));
}

class Grid : public testing::TestWithParam<std::string> {};

TEST_P(Grid, LegalParametersRunForwardAndBackward) {
  const std::string model = GetParam();
  const ModelCard& card = *find_model(model);
  torch::manual_seed(1);
  Draw draw(1);
  for (int round = 0; round < 25; ++round) {
    const Setting setting = draws().at(model)(draw);
    SCOPED_TRACE(setting.params.dump() + " at " + std::to_string(setting.height) + "x" + std::to_string(setting.width));
    const auto params = resolve_params(card, setting.params);
    ASSERT_TRUE(params) << params.error().render();
    EXPECT_EQ(channel_count(card, *params), setting.channels);
    const auto network = create(model, setting.params);
    ASSERT_TRUE(network) << network.error().render();

    constexpr std::int64_t kClips = 4;
    const auto classes = params->at(card.classes_param).get<std::int64_t>();
    const torch::Tensor scores = (*network)->forward(images(setting, kClips));
    ASSERT_EQ(scores.sizes().vec(), (std::vector<std::int64_t>{kClips, classes}));
    ASSERT_TRUE(scores.isfinite().all().item<bool>());
    torch::nn::functional::cross_entropy(scores, torch::arange(kClips) % classes).backward();
    for (const auto& parameter : (*network)->named_parameters()) {
      const torch::Tensor& gradient = parameter.value().grad();
      ASSERT_EQ(gradient.defined(), !is_unused(model, *params, parameter.key())) << parameter.key();
      ASSERT_TRUE(!gradient.defined() || gradient.isfinite().all().item<bool>()) << parameter.key();
    }

    (*network)->eval();
    const torch::NoGradGuard no_gradients;
    const torch::Tensor batch = images(setting, kClips);
    const torch::Tensor together = (*network)->forward(batch);
    // A clip's scores do not depend on the clips beside it.
    EXPECT_TRUE(torch::allclose((*network)->forward(batch.narrow(0, 1, 1)), together.narrow(0, 1, 1), 1e-4, 1e-5));
  }
}

TEST_P(Grid, CardNamesTheSizesThatTheNetworkTakes) {
  const std::string model = GetParam();
  torch::manual_seed(2);
  Draw draw(2);
  int taken = 0;
  int refused = 0;
  for (int round = 0; round < 40; ++round) {
    Setting setting = draws().at(model)(draw);
    const auto params = resolve_params(*find_model(model), setting.params);
    ASSERT_TRUE(params) << params.error().render();
    const InputSizes sizes = find_model(model)->sizes(*params);
    EXPECT_TRUE(sizes.take(setting.height, setting.width));
    const std::int64_t reach = round % 2 == 0 ? 0 : 4;
    setting.height = std::max<std::int64_t>(1, setting.height + draw.between(-reach, reach));
    setting.width = std::max<std::int64_t>(1, setting.width + draw.between(-reach, reach));
    SCOPED_TRACE(setting.params.dump() + " at " + std::to_string(setting.height) + "x" + std::to_string(setting.width));
    const auto network = create(model, setting.params);
    ASSERT_TRUE(network);
    (*network)->eval();
    const torch::NoGradGuard no_gradients;
    bool runs = true;
    try {
      (void)(*network)->forward(images(setting, 1));
    } catch (const c10::Error&) {
      runs = false;
    }
    const bool takes = sizes.take(setting.height, setting.width);
    // HTNet's code runs on smaller images too, with a part of its position embeddings; the card holds it to the size it is made for.
    if (model == "htnet") {
      EXPECT_TRUE(runs || !takes);
    } else {
      EXPECT_EQ(runs, takes);
    }
    ++(takes ? taken : refused);
  }
  EXPECT_GT(taken, 0);
  EXPECT_EQ(refused > 0, find_model(model)->sizes(*resolve_params(*find_model(model), nullptr)).words != "any");
}

INSTANTIATE_TEST_SUITE_P(Models, Grid, testing::ValuesIn(parity::names_of_networks()), [](const auto& model) { return model.param; });

torch::Tensor gradient_of(train::Network& network, const std::string& parameter) {
  const torch::Tensor* found = network.named_parameters().find(parameter);
  EXPECT_NE(found, nullptr) << parameter;
  return found->grad();
}

// The published setting has one position to a block: nothing to attend to.
TEST(HtNet, QueriesAndKeysGetNoGradientAtOnePosition) {
  for (const bool one_position : {true, false}) {
    const auto network = create("htnet", {{"dim", 6}, {"block_repeats", 1}, {"image_size", one_position ? 28 : 56}});
    ASSERT_TRUE(network);
    const std::int64_t side = one_position ? 28 : 56;
    const torch::Tensor scores = (*network)->forward(torch::rand({4, 3, side, side}));
    torch::nn::functional::cross_entropy(scores, torch::arange(4) % 3).backward();
    const torch::Tensor gradient = gradient_of(**network, "layers.0.0.layers.0.0.fn.to_qkv.weight");
    EXPECT_EQ(gradient.narrow(0, 0, 12).count_nonzero().item<std::int64_t>() == 0, one_position);
    EXPECT_GT(gradient.narrow(0, 12, 6).count_nonzero().item<std::int64_t>(), 0);
  }
}

TEST(HtNet, OneNumberOfRepeatsStandsForAllLevels) {
  const auto names = [](const json& repeats) {
    const auto network = create("htnet", {{"dim", 4}, {"block_repeats", repeats}});
    EXPECT_TRUE(network);
    return (*network)->named_parameters().keys();
  };
  EXPECT_EQ(names(2), names({2, 2, 2}));
  EXPECT_NE(names(2), names({2, 2, 1}));
}

TEST(SssNet, SoftmaxTurnsLogitsIntoProbabilities) {
  const torch::NoGradGuard no_gradients;
  std::vector<torch::Tensor> scores;
  const torch::Tensor input = torch::rand({2, 3, 64, 64});
  for (const bool softmax : {false, true}) {
    torch::manual_seed(3);
    const auto network = create("sssnet", {{"softmax", softmax}});
    ASSERT_TRUE(network);
    (*network)->eval();
    scores.push_back((*network)->forward(input));
  }
  EXPECT_TRUE(torch::allclose(torch::softmax(scores[0], 1), scores[1]));
}

// Constant features have no maximum to divide by; the published code gives NaN as well, and a fold that meets it fails with that reason.
TEST(RcnAttention, ConstantMapIsNotFinite) {
  const auto network = create("rcn_f", json::object());
  ASSERT_TRUE(network);
  (*network)->eval();
  const torch::NoGradGuard no_gradients;
  for (auto& parameter : (*network)->named_parameters()) {
    if (parameter.key() == "classifier.weight") parameter.value().zero_();
  }
  EXPECT_TRUE((*network)->forward(torch::rand({1, 3, 28, 28})).isnan().any().item<bool>());
}

TEST(RcnInitialValues, AreThoseOfTheAuthors) {
  torch::manual_seed(4);
  const auto network = create("rcn_w", {{"featuremaps", 64}});
  ASSERT_TRUE(network);
  const auto parameters = (*network)->named_parameters();
  EXPECT_NEAR(parameters["fc.weight"].std().item<double>(), 0.01, 5e-4);
  EXPECT_EQ(parameters["fc.bias"].count_nonzero().item<std::int64_t>(), 0);
  // Fan out 64 * 3 * 3, gain sqrt(2).
  EXPECT_NEAR(parameters["rcls.0.rrconv.0.weight"].std().item<double>(), std::sqrt(2.0 / 576), 1e-3);
}

}  // namespace
}  // namespace mexbench::models
