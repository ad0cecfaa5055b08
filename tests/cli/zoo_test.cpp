// The models behind an experiment file: parameters that are lists and truth values, those that do not go together, and image sizes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string experiment(const std::string& dataset, const std::string& models) {
  return "schema_version: 1\nname: zoo\ndataset: " + dataset + "\nprotocol: loso\nmodels:\n" + models +
         "train: {epochs: 1, batch_size: 16}\nseeds: [0]\n";
}

const char* const kFlow = "{adapter: megc2019-flow, root: \"${MEXBENCH_DATA}/megc2019-flow\", label_map: megc2019}";

class Zoo : public ::testing::Test {
 protected:
  Outcome run(const char* verb, const std::string& dataset, const std::string& models) {
    write(folder / "zoo.yaml", experiment(dataset, models));
    return mexbench({verb, folder / "zoo.yaml"});
  }
  TemporaryFolder folder;
};

TEST_F(Zoo, ParametersAreCheckedWithoutData) {
  const auto validate = [&](const std::string& models) { return run("validate", "{adapter: synth}", models); };
  EXPECT_EQ(validate("  - {name: sssnet, params: {h_dims: [8, 8, 8], softmax: true}}\n"
                     "  - {name: htnet, params: {block_repeats: 2}}\n"
                     "  - {name: htnet, label: two, params: {num_hierarchies: 2, block_repeats: [2, 1]}}\n")
                .code,
            0);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"  - {name: sssnet, params: {h_dims: [8, 8]}}\n", "6:37: error: 'h_dims' has 2 entries, exactly 3 are wanted"},
      {"  - {name: sssnet, params: {h_dims: [8, 8, 0]}}\n", "6:44: error: an entry of 'h_dims' is 0, a whole number of at least 1"},
      {"  - {name: sssnet, params: {h_dims: 64}}\n", "6:37: error: 'h_dims' is '64', a list is wanted"},
      {"  - {name: sssnet, params: {softmax: yes}}\n", "6:38: error: 'softmax' is 'yes', 'true' or 'false' is wanted"},
      {"  - {name: htnet, params: {patch_size: 8}}\n",
       "6:40: error: image_size is 28, need a multiple of 32 (patch_size 8 * 2^(num_hierarchies - 1) = 4)"},
      {"  - {name: htnet, params: {block_repeats: [2, 2]}}\n", "6:43: error: block_repeats has 2 entries, need one for each of the 3"},
      {"  - {name: rcn_w, sweep: {params.featuremaps: [32, 30]}}\n", "error: featuremaps is 30, need a multiple of 4"},
  };
  for (const auto& [models, wanted] : cases) {
    const Outcome refused = validate(models);
    EXPECT_EQ(refused.code, 2) << models;
    EXPECT_THAT(refused.err, HasSubstr(wanted));
  }
}

TEST_F(Zoo, PlanHoldsImagesAgainstTheSizesOfTheModel) {
  if (data_folder().empty()) GTEST_SKIP() << "MEXBENCH_DATA is not set: the flow images are not here";
  const Outcome planned = run("plan", kFlow,
                              "  - {name: htnet}\n"
                              "  - {name: rcn_a, input: {channels: [u, v, strain]}}\n"
                              "  - {name: capsulenet_head, params: {in_channels: 2}, input: {channels: [u, v]}}\n");
  EXPECT_EQ(planned.code, 0) << planned.err;
  EXPECT_THAT(planned.out, AllOf(HasSubstr("htnet"), HasSubstr("rcn_a"), HasSubstr("capsulenet_head")));
  const Outcome refused = run("plan", kFlow,
                              "  - {name: htnet, params: {image_size: 56}}\n"
                              "  - {name: sssnet}\n"
                              "  - {name: capsulenet_head, params: {in_num_caps: 32}}\n"
                              "  - {name: rcn_w}\n");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("model 'htnet' takes images of 56x56, the data are 28x28"),
                                 HasSubstr("declare the adaptation: params: {image_size: 28}"),
                                 HasSubstr("model 'sssnet' takes images of 64 to 69 pixels a side, the data are 28x28"),
                                 HasSubstr("this version does not resize"), HasSubstr("params: {in_num_caps: 1152}"),
                                 HasSubstr("model 'rcn_w' takes the channels u, v, strain, the data have strain, v, u"),
                                 HasSubstr("declare the adaptation: input: {channels: [u, v, strain]}")));
}

TEST_F(Zoo, ModelsAreListedWithTheirSizes) {
  const Outcome listed = mexbench({"list", "models", "--format", "json"});
  ASSERT_EQ(listed.code, 0) << listed.err;
  std::map<std::string, std::string> sizes;
  for (const nlohmann::json& row : nlohmann::json::parse(listed.out)) sizes[row.at("model")] = row.at("image_sizes");
  EXPECT_EQ(sizes.at("htnet"), "28x28");
  EXPECT_EQ(sizes.at("rcn_s"), "at least 8 pixels a side");
  EXPECT_EQ(sizes.at("sssnet"), "64 to 69 pixels a side");
}

class ZooRun : public TinyRun {};

TEST_F(ZooRun, ListsReachTheWorkers) {
  const Outcome done = run({"--out", folder / "runs", "--set", "models.0={name: htnet, params: {dim: 8, block_repeats: [1, 0, 2]}}"});
  EXPECT_EQ(done.code, 0) << done.err;
  const auto run_json = nlohmann::json::parse(read(folder / "runs/tiny/htnet/seed-0/run.json"));
  EXPECT_EQ(run_json.at("model").at("params").at("block_repeats"), nlohmann::json::array({1, 0, 2}));
}

}  // namespace
}  // namespace mexbench::test
