// The networks that have no fixture against a second version of them in Python (tests/parity/independent.py), written from the papers and
// from torchvision's documentation: same names, same weights, outputs within 1e-5. Random parameters beside the published ones.
//
// Needs Python with PyTorch (Debian: python3-torch), as MEXBENCH_PYTHON or /usr/bin/python3.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iostream>

#include "harness/core/files.h"
#include "harness/model/state_dict.h"
#include "harness/train/network.h"
#include "models/modules.h"
#include "models/registry.h"
#include "parity/python.h"
#include "parity/support.h"

namespace mexbench::models {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

model::TensorData data_of(const std::string& name, const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().contiguous();
  const bool floating = plain.is_floating_point();
  model::TensorData out{
      .name = name, .dtype = floating ? model::DType::kFloat32 : model::DType::kInt64, .shape = plain.sizes().vec(), .bytes = {}};
  out.bytes.resize(static_cast<std::size_t>(plain.numel()) * model::bytes_per_number(out.dtype));
  std::memcpy(out.bytes.data(), plain.data_ptr(), out.bytes.size());
  return out;
}

model::StateDict state_of(const train::Network& network) {
  model::StateDict state;
  for (const auto& parameter : network.named_parameters()) state.tensors.push_back(data_of(parameter.key(), parameter.value()));
  for (const auto& buffer : network.named_buffers()) state.tensors.push_back(data_of(buffer.key(), buffer.value()));
  return state;
}

// Biases, norms and running statistics away from the values they start at, which hide mistakes; weights times `gain`, since capsules and
// recurrent layers hardly tell clips apart at first.
void stir(train::Network& network, double gain) {
  const torch::NoGradGuard no_gradients;
  for (const auto& parameter : network.parameters()) {
    if (parameter.dim() == 1) {
      parameter.add_(0.1 * torch::randn_like(parameter));
    } else {
      parameter.mul_(gain);
    }
  }
  for (const auto& buffer : network.named_buffers()) {
    if (buffer.key().ends_with("running_mean")) buffer.value().normal_(0, 0.1);
    if (buffer.key().ends_with("running_var")) buffer.value().uniform_(0.5, 1.5);
  }
}

struct Case {
  std::string model;
  json params;  // those that are not the defaults
  std::int64_t height = 28;
  std::int64_t width = 28;
  double gain = 1.0;
};

std::vector<Case> cases() {
  return {
      {"alexnet", {{"units", 40}}, 224, 224},
      {"alexnet", {{"units", 16}, {"in_channels", 2}, {"num_classes", 5}}, 63, 100},
      {"capsulenet", {{"width", 8}, {"conv1_channels", 16}, {"primary_channels", 32}, {"in_num_caps", 144}}, 224, 224, 3.0},
      {"capsulenet",
       {{"width", 3},
        {"conv1_channels", 7},
        {"conv1_kernel", 3},
        {"primary_channels", 12},
        {"primary_kernel", 2},
        {"dim_caps", 4},
        {"in_num_caps", 6},
        {"classes", 5},
        {"out_dim_caps", 6},
        {"routings", 4},
        {"in_channels", 2}},
       30,
       50,
       6.0},
      {"dual_inception", json::object()},
      {"dual_inception", {{"stream_channels", 3}, {"filters", {3, 5}}, {"units", 20}, {"num_classes", 4}}, 31, 29},
      {"elrcn", {{"filters", {2, 3, 4, 5, 6}}, {"units", {24, 16}}, {"lstm", {12}}, {"dense", 8}}, 224, 230, 2.0},
      {"elrcn",
       {{"frames", 4},
        {"channels_per_frame", 3},
        {"image_size", 28},
        {"filters", {4, 6}},
        {"convolutions", {1, 2}},
        {"units", {16}},
        {"lstm", {9, 7}},
        {"num_classes", 5}}},
      {"microexpstcnn", json::object(), 64, 64},
      {"microexpstcnn", {{"frames", 11}, {"kernel_frames", 4}, {"image_size", 28}, {"filters", 5}, {"units", 16}, {"num_classes", 5}}},
      {"offapexnet_two_stream", json::object()},
      {"offapexnet_two_stream", {{"conv_relu", false}, {"filters", {3, 5}}, {"units", {20, 30}}, {"num_classes", 4}}, 31, 29},
      {"resnet18", json::object()},
      {"resnet18", {{"width", 4}, {"max_pool", false}, {"in_channels", 1}, {"num_classes", 5}}, 33, 50},
      {"vit", json::object()},
      {"vit", {{"image_size", 30}, {"patch_size", 5}, {"dim", 36}, {"depth", 3}, {"heads", 3}, {"mlp", 50}, {"in_channels", 2}}, 30, 30},
  };
}

TEST(IndependentVersions, GiveTheSameOutputsWithTheSameWeights) {
  const fs::path folder = fs::temp_directory_path() / core::unique_name("mexbench-independent");
  const torch::NoGradGuard no_gradients;
  torch::manual_seed(11);
  std::vector<torch::Tensor> ours;
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.model + " " + one.params.dump());
    const auto params = resolve_params(*find_model(one.model), one.params);
    ASSERT_TRUE(params) << params.error().render();
    const auto network = create(one.model, one.params);
    ASSERT_TRUE(network) << network.error().render();
    stir(**network, one.gain);
    (*network)->eval();
    const torch::Tensor input = torch::randn({3, channel_count(*find_model(one.model), *params), one.height, one.width});
    const fs::path place = folder / (std::to_string(100 + ours.size()) + "-" + one.model);
    fs::create_directories(place);
    std::ofstream(place / "case.json") << json{{"model", one.model}, {"params", *params}};
    ASSERT_TRUE(model::write_state_dict(place / "weights.pth", state_of(**network)));
    ASSERT_TRUE(model::write_state_dict(place / "input.pth", {.tensors = {data_of("input", input)}}));
    ours.push_back((*network)->forward(input));
  }
  parity::run_python("independent.py", folder);

  std::size_t index = 0;
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.model + " " + one.params.dump());
    const torch::Tensor& scores = ours[index];
    const auto state = model::read_state_dict(folder / (std::to_string(100 + index) + "-" + one.model) / "output.pth");
    ++index;
    ASSERT_TRUE(state) << state.error().render();
    const model::TensorData& theirs = state->tensors.at(0);
    ASSERT_EQ(theirs.shape, scores.sizes().vec());
    const std::vector<float> numbers = theirs.to_float32();
    const torch::Tensor wanted = torch::from_blob(const_cast<float*>(numbers.data()), scores.sizes());
    // Clips differ by far more than the tolerance: outputs that ignore the input would agree too.
    EXPECT_GT((scores - scores.mean(0, /*keepdim=*/true)).abs().max().item<double>(), 1e-3);
    const auto largest = (scores - wanted).abs().max().item<double>();
    EXPECT_LE(largest, 1e-5);
    std::cout << one.model << ": largest absolute difference " << largest << " of outputs up to " << scores.abs().max().item<double>()
              << "\n";
  }
  fs::remove_all(folder);
}

std::int64_t count(const std::string& model, const json& params, const std::string& below = "") {
  const auto network = create(model, params);
  EXPECT_TRUE(network) << network.error().render();
  std::int64_t numbers = 0;
  for (const auto& parameter : (*network)->named_parameters()) {
    if (parameter.key().starts_with(below)) numbers += parameter.value().numel();
  }
  return numbers;
}

// torchvision's own figures, `num_params` of its weights.
TEST(ParameterCounts, AreThoseThatTorchvisionStates) {
  EXPECT_EQ(count("alexnet", {{"num_classes", 1000}}), 61'100'840);
  EXPECT_EQ(count("resnet18", {{"num_classes", 1000}}), 11'689'512);
  const json vit_b_16 = {{"image_size", 224}, {"patch_size", 16}, {"dim", 768},         {"depth", 12},
                         {"heads", 12},       {"mlp", 3072},      {"num_classes", 1000}};
  EXPECT_EQ(count("vit", vit_b_16), 86'567'656);
  // vgg16 has 138,357,544, of which 4096 * 1000 + 1000 are in its last layer.
  const json vgg = {{"channels_per_frame", 3}, {"lstm", {1}}, {"dense", 1}};
  EXPECT_EQ(count("elrcn", vgg, "features.") + count("elrcn", vgg, "classifier."), 138'357'544 - 4'097'000);
}

TEST(ParameterCounts, FollowFromTheLayers) {
  // A stream: 5x5 convolutions from 1 to 6 and from 6 to 16 maps. Two streams of 16 maps of 7x7, hidden layers of 1024, 3 classes.
  const std::int64_t stream = (25 * 1 * 6 + 6) + (25 * 6 * 16 + 16);
  EXPECT_EQ(count("offapexnet_two_stream", {}), 2 * stream + (2 * 16 * 49 * 1024 + 1024) + (1024 * 1024 + 1024) + (1024 * 3 + 3));
  // A block of Dual-Inception: four 1x1 convolutions from its input, a 3x3 and a 5x5 one behind two of them.
  const auto block = [](std::int64_t in, std::int64_t f) { return 4 * (in * f + f) + (9 * f * f + f) + (25 * f * f + f); };
  const auto dual = [&](std::int64_t channels) {
    return 2 * (block(channels, 6) + block(24, 16)) + (2 * 64 * 49 * 1024 + 1024) + (1024 * 3 + 3);
  };
  EXPECT_EQ(count("dual_inception", {}), dual(1));
  EXPECT_EQ(count("dual_inception", {{"stream_channels", 3}}), dual(3));
  // 64 - 2 = 62 pixels, 18 - 14 = 4 and 96 - 14 = 82 frames after the convolution; pooled by 3: 20 pixels, 1 and 27 frames.
  const auto volume = [](std::int64_t frames) { return (3 * 3 * 15 * 32 + 32) + (frames * 32 * 20 * 20 * 128 + 128) + (128 * 3 + 3); };
  EXPECT_EQ(count("microexpstcnn", {}), volume(1));
  EXPECT_EQ(count("microexpstcnn", {{"frames", 96}}), volume(27));
  // LSTM: four gates from 4096 numbers and 300 units, with two biases each (Keras: one).
  const json small = {{"filters", {1, 1, 1, 1, 1}}, {"convolutions", {1, 1, 1, 1, 1}}, {"lstm", {300}}};
  EXPECT_EQ(count("elrcn", small, "lstm") + count("elrcn", small, "dense") + count("elrcn", small, "fc"),
            4 * 300 * (4096 + 300 + 2) + (300 * 128 + 128) + (128 * 3 + 3));
  // Patches of 4x4x3; class token and 49 + 1 positions; 2 layers of two norms, queries, keys, values, output, and 128 -> 128 -> 128.
  const std::int64_t layer = 2 * 256 + 3 * (128 * 128 + 128) + 3 * (128 * 128 + 128);
  EXPECT_EQ(count("vit", {}), (48 * 128 + 128) + 128 + 50 * 128 + 2 * layer + 256 + (128 * 3 + 3));
  // The published backbone is ResNet-18 without layer4 (8,393,728 parameters) and fc (513,000).
  EXPECT_EQ(count("capsulenet", {}), (11'689'512 - 8'393'728 - 513'000) + 5'308'672 + 5'308'672 + 442'368);
}

TEST(KerasInitialValues, AreThoseOfItsLayers) {
  torch::manual_seed(12);
  const auto network = create("elrcn", {{"filters", {8}}, {"convolutions", {1}}, {"image_size", 16}, {"units", {64}}, {"lstm", {32}}});
  ASSERT_TRUE(network);
  const auto parameters = (*network)->named_parameters();
  // Glorot: uniform up to sqrt(6 / (in + out)), here 8 * 8 * 8 = 512 to 64.
  const double limit = std::sqrt(6.0 / (512 + 64));
  EXPECT_NEAR(parameters["classifier.0.weight"].abs().max().item<double>(), limit, 0.01 * limit);
  EXPECT_NEAR(parameters["classifier.0.weight"].std().item<double>(), limit / std::sqrt(3.0), 0.02 * limit);
  EXPECT_EQ(parameters["classifier.0.bias"].count_nonzero().item<std::int64_t>(), 0);
  const torch::Tensor state = parameters["lstm1.weight_hh_l0"];
  EXPECT_TRUE(torch::allclose(torch::matmul(state.t(), state), torch::eye(32), 0, 1e-5));
  const torch::Tensor bias = parameters["lstm1.bias_ih_l0"] + parameters["lstm1.bias_hh_l0"];
  const torch::Tensor gates = torch::tensor({0.0F, 1.0F, 0.0F, 0.0F}).repeat_interleave(32);
  EXPECT_TRUE(torch::equal(bias, gates));

  const auto volume = create("microexpstcnn", json::object());
  ASSERT_TRUE(volume);
  EXPECT_NEAR((*volume)->named_parameters()["fc1.weight"].std().item<double>(), 0.05, 5e-4);
}

TEST(ResNet18, SingleClipOfOnePositionIsRefusedInTrainingOnly) {
  const auto network = create("resnet18", {{"width", 2}});
  ASSERT_TRUE(network);
  EXPECT_THROW((void)(*network)->forward(torch::rand({1, 3, 28, 28})), c10::Error);
  EXPECT_NO_THROW((void)(*network)->forward(torch::rand({1, 3, 33, 28})));
  EXPECT_NO_THROW((void)(*network)->forward(torch::rand({2, 3, 28, 28})));
  (*network)->eval();
  EXPECT_NO_THROW((void)(*network)->forward(torch::rand({1, 3, 28, 28})));
  const auto wide = create("resnet18", {{"width", 2}, {"max_pool", false}});
  EXPECT_THROW((void)(*wide)->forward(torch::rand({1, 3, 16, 16})), c10::Error);
  EXPECT_NO_THROW((void)(*wide)->forward(torch::rand({1, 3, 17, 17})));
}

TEST(Elrcn, ReadsFramesInOrderOfTheirChannels) {
  torch::manual_seed(13);
  const auto network = create("elrcn", {{"frames", 3},
                                        {"channels_per_frame", 2},
                                        {"filters", {4}},
                                        {"convolutions", {1}},
                                        {"image_size", 8},
                                        {"units", {8}},
                                        {"lstm", {8}},
                                        {"dense", 8}});
  ASSERT_TRUE(network);
  (*network)->eval();
  const torch::NoGradGuard no_gradients;
  const torch::Tensor clip = torch::randn({1, 6, 8, 8});
  const std::vector<torch::Tensor> frames = clip.split(2, 1);
  EXPECT_FALSE(torch::allclose((*network)->forward(torch::cat({frames[2], frames[1], frames[0]}, 1)), (*network)->forward(clip)));
}

}  // namespace
}  // namespace mexbench::models
