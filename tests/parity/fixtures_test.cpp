#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <set>

#include "harness/core/files.h"
#include "harness/core/memory.h"
#include "harness/model/state_dict.h"
#include "harness/train/network.h"
#include "models/modules.h"
#include "models/parity.h"
#include "models/registry.h"
#include "parity/python.h"
#include "parity/support.h"

namespace mexbench::models {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Networks, EveryCardHasANetworkWithItsShapeAndParameterCount) {
  for (const ModelCard* one : models_of(Kind::kNetwork)) {
    const ModelCard& card = *one;
    SCOPED_TRACE(card.name);
    const torch::NoGradGuard no_gradients;
    const auto network = create(card.name, nlohmann::json::object());
    ASSERT_TRUE(network) << network.error().render();
    std::int64_t parameters = 0;
    for (const torch::Tensor& parameter : (*network)->parameters()) parameters += parameter.numel();
    EXPECT_EQ(parameters, card.parameters);
    const auto channels = static_cast<std::int64_t>(card.input.channels.size());
    const torch::Tensor scores = (*network)->forward(torch::zeros({2, channels, card.input.height, card.input.width}));
    const auto params = resolve_params(card, nlohmann::json::object());
    EXPECT_EQ(scores.sizes().vec(), (std::vector<std::int64_t>{2, (*params)[card.classes_param].get<std::int64_t>()}));
  }
}

TEST(Networks, ParametersReachTheNetwork) {
  const auto network = create("ststnet", {{"in_channels", 2}, {"out_channels", 5}});
  ASSERT_TRUE(network);
  EXPECT_EQ((*network)->forward(torch::zeros({3, 2, 28, 28})).sizes().vec(), (std::vector<std::int64_t>{3, 5}));
  EXPECT_FALSE(create("ststnet", {{"dropout", 1.5}}));
  EXPECT_FALSE(create("stst", nlohmann::json::object()));
}

TEST(Networks, DropoutActsInTrainingOnly) {
  for (const ModelCard* one : models_of(Kind::kNetwork)) {
    const ModelCard& card = *one;
    const bool drops = std::any_of(card.params.begin(), card.params.end(), [](const ParamDef& param) { return param.name == "dropout"; });
    const auto network = create(card.name, parity::small_params(card.name));
    ASSERT_TRUE(network);
    const auto channels = static_cast<std::int64_t>(card.input.channels.size());
    const torch::Tensor input = torch::rand({2, channels, card.input.height, card.input.width});
    EXPECT_EQ(torch::equal((*network)->forward(input), (*network)->forward(input)), !drops) << card.name;
    (*network)->eval();
    EXPECT_TRUE(torch::equal((*network)->forward(input), (*network)->forward(input))) << card.name;
  }
}

TEST(ParityFixtures, EveryKnownModelMeetsItsFixtureAndOthersAreListed) {
  MEXBENCH_DATA_OR_SKIP(data);
  const auto results = run_parity(data / "parity");
  ASSERT_TRUE(results) << results.error().render();
  std::vector<std::string> order;
  std::set<std::string> compared;
  for (const ParityResult& result : *results) {
    order.push_back(result.fixture);
    EXPECT_EQ(result.broken, "") << result.fixture;
    EXPECT_EQ(result.skipped, result.fixture == "training" ? "no fixture.json" : "") << result.fixture;
    if (!result.skipped.empty()) continue;
    compared.insert(result.model);
    EXPECT_TRUE(result.pass) << result.fixture << ": " << result.max_abs_diff;
    EXPECT_LE(result.max_abs_diff, 1e-5);
    RecordProperty(result.fixture, std::to_string(result.max_abs_diff));
    std::cout << result.fixture << ": largest absolute difference " << result.max_abs_diff << "\n";
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  for (const ModelCard* card : models_of(Kind::kNetwork))
    EXPECT_EQ(compared.contains(card->name), card->verified == "fixture") << card->name;
  const nlohmann::json json = to_json(*results);
  ASSERT_EQ(json.size(), results->size());
}

TEST(ParityFixtures, AFixtureFolderItselfIsOneResult) {
  MEXBENCH_DATA_OR_SKIP(data);
  const auto results = run_parity(data / "parity" / "ststnet/");
  ASSERT_TRUE(results) << results.error().render();
  ASSERT_EQ(results->size(), 1U);
  EXPECT_EQ(results->front().fixture, "ststnet");
}

// Copies of the STSTNet fixture with one thing changed.
class ChangedFixture : public testing::Test {
 protected:
  void SetUp() override {
    const auto data = parity::data_root();
    if (!data) GTEST_SKIP() << "MEXBENCH_DATA is not set: it names the folder of the reference data";
    fs::create_directories(folder_);
    for (const char* name : {"fixture.json", "input.pt", "output_eval.pt", "state_dict.pth"}) {
      fs::copy_file(*data / "parity" / "ststnet" / name, folder_ / name);
      fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
    }
  }
  void TearDown() override { fs::remove_all(folder_.parent_path()); }
  void write(const char* name, std::string_view text) { std::ofstream(folder_ / name) << text; }
  fs::path folder_ = fs::temp_directory_path() / ("mexbench_parity_" + std::to_string(::getpid())) / "changed";
};

TEST_F(ChangedFixture, WeightThatIsOffByAThousandthFails) {
  auto state = model::read_state_dict(folder_ / "state_dict.pth");
  ASSERT_TRUE(state) << state.error().render();
  for (model::TensorData& tensor : state->tensors) {
    if (tensor.name != "fc.bias") continue;
    float bias = 0.0F;
    std::memcpy(&bias, tensor.bytes.data(), sizeof bias);
    bias += 1e-3F;
    std::memcpy(tensor.bytes.data(), &bias, sizeof bias);
  }
  ASSERT_TRUE(model::write_state_dict(folder_ / "state_dict.pth", *state));
  const auto results = run_parity(folder_.parent_path());
  ASSERT_TRUE(results) << results.error().render();
  EXPECT_FALSE(results->front().pass);
  EXPECT_NEAR(results->front().max_abs_diff, 1e-3, 1e-5);
}

TEST_F(ChangedFixture, WhatIsBrokenIsNamed) {
  write("fixture.json", R"({"model": "ststnet", "constructor": {"in_channels": 3, "widths": 4}})");
  const auto unknown = run_parity(folder_);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(unknown.error().render(), HasSubstr("ststnet has no parameter 'widths'"));
  write("fixture.json", R"({"model": "ststnet", "constructor": {"in_channels": 2}})");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("conv1.weight"));
  write("fixture.json", "[1]");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("fixture.json: error: holds a JSON array, not an object with 'model'"));
}

TEST_F(ChangedFixture, WhereItIsNoJsonIsToldAndWordsOfPythonAreTaken) {
  write("fixture.json", "{\"noise\": [NaN, -Infinity], \"note\": \"a \\\"NaN\", \"model\": \"ststnet\",\n \"constructor\": {}}");
  const auto taken = run_parity(folder_);
  ASSERT_TRUE(taken) << taken.error().render();
  EXPECT_TRUE(taken->front().pass);
  write("fixture.json", "{\"model\": \"ststnet\",\n \"noise\": [NaN, Infinity], \"x\": tru }");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("fixture.json:2:36: error: not JSON from here on"));
  write("fixture.json", "");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("fixture.json:1:1: error: not JSON from here on"));
  write("fixture.json", R"({"model": "ststnet", "constructor": {"dropout": NaN}})");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("parameter 'dropout' of ststnet is \"NaN\", need a number"));
  write("fixture.json", std::string(100000, '[') + std::string(100000, ']'));
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("nested deeper than 16 levels"));
}

TEST_F(ChangedFixture, AnUnknownModelIsBrokenWithTheKnownOnes) {
  write("fixture.json", R"({"model": "transformer", "constructor": {}})");
  EXPECT_EQ(run_parity(folder_).error().code(), core::ErrorCode::kData);
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("no model is called 'transformer'"));
  const auto listed = run_parity(folder_.parent_path());
  ASSERT_TRUE(listed) << listed.error().render();
  EXPECT_EQ(listed->front().skipped, "");
  EXPECT_THAT(listed->front().broken, AllOf(HasSubstr("no model is called 'transformer'"), HasSubstr("'rcn_w'"), HasSubstr("'ststnet'")));
  write("fixture.json", R"({"model": "lbp_top", "constructor": {}})");
  EXPECT_THAT(run_parity(folder_).error().render(), HasSubstr("lbp_top is a method: only networks are compared"));
}

// Each is refused in words, soon, and without the memory that it asks for.
TEST_F(ChangedFixture, ConstructorsThatNoNetworkCanBeMadeOf) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("ststnet", "constructor": {"in_channels": 0})", "in_channels is 0, need at least 1"},
      {R"("ststnet", "constructor": {"dropout": 1.5})", "dropout is 1.5, need a probability"},
      {R"("offapexnet", "constructor": {"num_classes": -3})", "num_classes is -3, need at least 1"},
      {R"("sssnet", "constructor": {"h_dims": [0, 1, 1]})", "an entry of h_dims is 0"},
      {R"("rcn_s", "constructor": {"num_layers": -1})", "num_layers is -1, need 0 to 256"},
      {R"("rcn_f", "constructor": {"featuremaps": 6})", "featuremaps is 6, need a multiple of 4"},
      {R"("rcn_a", "constructor": {"model_version": 1})", "model_version is 1, need 3"},
      {R"("htnet", "constructor": {"patch_size": 0})", "patch_size is 0, need at least 1"},
      {R"("htnet", "constructor": {"heads": 0})", "heads is 0, need 1 to 256"},
      {R"("htnet", "constructor": {"num_hierarchies": 0})", "num_hierarchies is 0, need at least 1"},
      {R"("htnet", "constructor": {"num_hierarchies": 1000000, "block_repeats": 1})", "the number of levels is 1000000, need 1 to 16"},
      {R"("htnet", "constructor": {"num_hierarchies": 4})", "block_repeats has 3 entries"},
      {R"("htnet", "constructor": {"image_size": 30})", "image_size is 30, need a multiple of patch_size"},
      {R"("capsulenet_head", "constructor": {"dim_caps": 0})", "dim_caps is 0, need at least 1"},
      {R"("capsulenet_head", "constructor": {"routings": 1000000})", "routings is 1000000, need 1 to 1000"},
      {R"("rcn_s", "constructor": {"featuremaps": 1000000})", "far more memory than the 1718 numbers of state_dict.pth"},
      {R"("rcn_w", "constructor": {"featuremaps": 4, "num_layers": 1000000})", "num_layers is 1000000, need 0 to 256"},
      {R"("rcn_a", "constructor": {"pool_size": 1000000})", "far more memory"},
      {R"("htnet", "constructor": {"block_repeats": 1000000, "dim": 3})", "block_repeats is 1000000, need 0 to 256"},
      {R"("vit", "constructor": {"heads": 0})", "parameter 'heads' of vit is 0, need an integer from 1"},
  };
  const auto limit = core::memory_limit();
  for (const auto& [fixture, message] : cases) {
    SCOPED_TRACE(fixture);
    write("fixture.json", "{\"model\": " + fixture + "}");
    const auto results = run_parity(folder_);
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().code(), core::ErrorCode::kData);
    EXPECT_THAT(results.error().render(),
                AllOf(HasSubstr("fixture.json: error: the 'constructor' does not fit the model"), HasSubstr(message)));
  }
  EXPECT_EQ(core::memory_limit(), limit);
}

// Fixtures of Python's at constructor parameters, sizes and forms of the files that the reference fixtures do not have.
TEST(UnseenFixtures, AreMet) {
  const fs::path folder = fs::temp_directory_path() / core::unique_name("mexbench-unseen");
  fs::create_directories(folder);
  const std::string output = parity::run_python("unseen_fixtures.py", folder);
  const auto results = run_parity(folder);
  ASSERT_TRUE(results) << output << results.error().render();
  std::set<std::string> compared;
  for (const ParityResult& result : *results) {
    EXPECT_EQ(result.broken + result.skipped, "") << result.fixture << output;
    EXPECT_LE(result.max_abs_diff, 1e-5) << result.fixture;
    EXPECT_TRUE(result.pass) << result.fixture;
    if (result.pass) compared.insert(result.model);
  }
  EXPECT_GE(results->size(), 51U) << output;
  for (const ModelCard* card : models_of(Kind::kNetwork))
    EXPECT_EQ(compared.contains(card->name), card->verified == "fixture") << card->name;
  fs::remove_all(folder);
}

TEST(ParityFixtures, NothingToCompareIsAnError) {
  EXPECT_EQ(run_parity(fs::path(MEXBENCH_SOURCE_DIR) / "models").error().code(), core::ErrorCode::kData);
  EXPECT_THAT(run_parity("no/such/folder").error().render(), HasSubstr("no such folder"));
}

}  // namespace
}  // namespace mexbench::models
