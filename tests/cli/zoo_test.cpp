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
  [[nodiscard]] std::string written(const std::string& dataset, const std::string& models) const {
    write(folder / "zoo.yaml", experiment(dataset, models));
    return folder / "zoo.yaml";
  }
  Outcome run(const char* verb, const std::string& dataset, const std::string& models) {
    return mexbench({verb, written(dataset, models)});
  }
  TemporaryFolder folder;
};

TEST_F(Zoo, ParametersAreCheckedWithoutData) {
  const auto validate = [&](const std::string& models) { return run("validate", "{adapter: synth}", models); };
  EXPECT_EQ(validate("  - {name: sssnet, input: {channels: [u, v, strain], size: [64, 64]}, params: {h_dims: [8, 8, 8], softmax: true}}\n"
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
      {"  - {name: vit, params: {heads: 3}}\n", "error: dim is 128, need a multiple of heads, which is 3"},
      {"  - {name: microexpstcnn, params: {frames: 8}}\n", "6:44: error: frames is 8, need at least 17"},
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
  const Outcome refused =
      run("plan", kFlow,
          "  - {name: htnet, params: {image_size: 56}}\n"
          "  - {name: sssnet}\n"
          "  - {name: capsulenet_head, params: {in_num_caps: 32}}\n"
          "  - {name: rcn_w}\n"
          "  - {name: dual_inception}\n"
          "  - {name: elrcn, params: {frames: 2, channels_per_frame: 3, image_size: 28, filters: [2], convolutions: [1]}}\n"
          "  - {name: vit, params: {image_size: 32}}\n");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("model 'htnet' takes images of 56x56, the data are 28x28"),
                                 HasSubstr("declare the adaptation: params: {image_size: 28}, or input: {size: [56, 56]}"),
                                 HasSubstr("model 'sssnet' takes images of 64 to 69 pixels a side, the data are 28x28"),
                                 HasSubstr("declare the adaptation: input: {size: [64, 64]}"), HasSubstr("params: {in_num_caps: 1152}"),
                                 HasSubstr("model 'rcn_w' takes the channels u, v, strain, the data have strain, v, u"),
                                 HasSubstr("declare the adaptation: input: {channels: [u, v, strain]}"),
                                 HasSubstr("model 'dual_inception' takes 2 channels, it is given 3 (strain, v, u)"),
                                 HasSubstr("declare the adaptation: input: {channels: [u, v]}\n"),
                                 HasSubstr("model 'elrcn' takes 6 channels, it is given 3 (strain, v, u)"),
                                 HasSubstr("set params: {frames: 1}"), HasSubstr("declare the adaptation: params: {image_size: 28}")));
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

TEST_F(Zoo, SizesAreDeclared) {
  const std::string small = "{adapter: synth, subjects: 2, clips_per_subject: 1, frames: 3, size: 48}";
  const Outcome planned = mexbench({"plan",
                                    written(small,
                                            "  - {name: sssnet, input: {channels: [u, v, strain], size: 64}}\n"
                                            "  - {name: htnet, input: {size: [56, 56], interpolation: area}, params: {image_size: 56}}\n"),
                                    "--out", folder / "runs", "--format", "json"});
  ASSERT_EQ(planned.code, 0) << planned.err;
  const auto rows = nlohmann::json::parse(planned.out);
  EXPECT_EQ(rows.at(0).at("input"), "3 x 28x28 (u, v, strain), resized to 64x64, bilinear");
  EXPECT_EQ(rows.at(1).at("input"), "3 x 28x28 (strain, v, u), resized to 56x56, area");
  const Outcome refused = mexbench({"plan",
                                    written(small,
                                            "  - {name: sssnet, input: {channels: [u, v, strain], size: [64, 70]}}\n"
                                            "  - {name: htnet, input: {size: 56}}\n"),
                                    "--out", folder / "runs"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("zoo.yaml:6:54: error: model 'sssnet' takes images of 64 to 69 pixels a side, its 'size' makes them 64x70"),
                    HasSubstr("declare the adaptation: input: {size: [64, 64]}"),
                    HasSubstr("zoo.yaml:7:27: error: model 'htnet' takes images of 28x28, its 'size' makes them 56x56"),
                    HasSubstr("declare the adaptation: params: {image_size: 56}, or input: {size: [28, 28]}")));
}

TEST_F(Zoo, ARangeIsDeclaredAndKept) {
  const std::string small = "{adapter: synth, subjects: 4, clips_per_subject: 3, frames: 5, size: 48}";
  const std::string out = folder / "runs";
  write(folder / "zoo.yaml", experiment(small, "  - {name: offapexnet, input: {channels: [u, v], range: [0, 1]}}\n"));
  const Outcome ran = mexbench({"run", folder / "zoo.yaml", "--out", out, "--fold", "synth/s01"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto record = nlohmann::json::parse(read(std::filesystem::path(out) / "zoo/offapexnet/seed-0/run.json"));
  EXPECT_EQ(record.at("model").at("adaptation").at("rescale").at("to"), nlohmann::json::parse("[0.0, 1.0]"));
  EXPECT_EQ(record.at("science").at("adaptation_versions").at("rescale"), 1);

  const Outcome turned = run("validate", small, "  - {name: offapexnet, input: {channels: [u, v], range: [1, 0]}}\n");
  EXPECT_EQ(turned.code, 2);
  EXPECT_THAT(turned.err, HasSubstr("error: 'range' is [low, high], and its low is not below its high"));
}

TEST_F(Zoo, AMosaicLiesInTheImage) {
  const std::string small = "{adapter: synth, subjects: 2, clips_per_subject: 1, frames: 3, size: 48}";
  const auto refused = [&](const std::string& mosaic) {
    return mexbench({"plan", written(small, "  - {name: htnet, input: {mosaic: {" + mosaic + "}}}\n"), "--out", folder / "runs"});
  };
  const std::string points = "points: {left_eye: [9, 11], right_eye: [21, 29], left_mouth: [10, 22], right_mouth: [20, 22]}";
  const Outcome wrong = refused(points + ", crop: 30");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err,
              AllOf(HasSubstr("zoo.yaml:6:75: error: 'right_eye' of the mosaic of model 'htnet' is at x 21 and y 29, outside the "
                              "data's 28x28 pixels"),
                    HasSubstr("error: the crops of the mosaic of model 'htnet' are 30x30, the data are 28x28")));
  const Outcome small_one =
      refused("points: {left_eye: [9, 11], right_eye: [21, 11], left_mouth: [10, 22], right_mouth: [20, 22]}, crop: [12, 16]");
  EXPECT_EQ(small_one.code, 2);
  EXPECT_THAT(small_one.err, AllOf(HasSubstr("error: model 'htnet' takes images of 28x28, its mosaic is 24x32"),
                                   HasSubstr("declare the adaptation: input: {size: [28, 28]}")));
  const Outcome missing = refused("points: {left_eye: [9, 11], nose: [15, 17]}");
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("key 'left_mouth' is missing in 'points'"), HasSubstr("unknown key 'nose' in 'points'")));
}

class ZooRun : public TinyRun {};

TEST_F(ZooRun, ListsReachTheWorkers) {
  const Outcome done = run({"--out", folder / "runs", "--set", "models.0={name: htnet, params: {dim: 8, block_repeats: [1, 0, 2]}}"});
  EXPECT_EQ(done.code, 0) << done.err;
  const auto run_json = nlohmann::json::parse(read(folder / "runs/tiny/htnet/seed-0/run.json"));
  EXPECT_EQ(run_json.at("model").at("params").at("block_repeats"), nlohmann::json::array({1, 0, 2}));
}

TEST_F(ZooRun, ImagesAreResizedForTheModel) {
  const auto run_with = [&](const std::string& name, const std::string& input) {
    return run({"--out", folder / name, "--set", "models.0={name: sssnet, params: {h_dims: [4, 4, 8]}, input: " + input + "}"});
  };
  const std::string picked = "channels: [u, v, strain], size: [64, 66]";
  const Outcome done = run_with("first", "{" + picked + "}");
  ASSERT_EQ(done.code, 0) << done.err;
  const auto run_json = nlohmann::json::parse(read(folder / "first/tiny/sssnet/seed-0/run.json"));
  EXPECT_EQ(run_json.at("model").at("adaptation"),
            (nlohmann::json{{"resize", {{"height", 64}, {"width", 66}, {"interpolation", "bilinear"}}}}));
  EXPECT_EQ(run_json.at("science").at("adaptation_versions"), (nlohmann::json{{"resize", 1}}));
  // The same again gives the same bytes; another interpolation is another science with other scores.
  ASSERT_EQ(run_with("again", "{" + picked + "}").code, 0);
  EXPECT_EQ(results_of(folder / "first/tiny"), results_of(folder / "again/tiny"));
  ASSERT_EQ(run_with("nearest", "{" + picked + ", interpolation: nearest}").code, 0);
  const auto other = nlohmann::json::parse(read(folder / "nearest/tiny/sssnet/seed-0/run.json"));
  EXPECT_NE(other.at("science_hash"), run_json.at("science_hash"));
  EXPECT_NE(read(folder / "nearest/tiny/sssnet/seed-0/predictions.csv"), read(folder / "first/tiny/sssnet/seed-0/predictions.csv"));
  const Outcome report = mexbench({"report", folder / "first/tiny", "--out", folder / "report"});
  ASSERT_EQ(report.code, 0) << report.err;
  EXPECT_THAT(read(folder / "report/index.html"), HasSubstr("input.resize.interpolation"));
}

TEST_F(ZooRun, HTNetSeesTheMosaic) {
  const auto run_with = [&](const std::string& name, const std::string& more) {
    return run({"--out", folder / name, "--set",
                "models.0={name: htnet, params: {dim: 8, block_repeats: 1}, input: {mosaic: {points: {left_eye: [9.5, 11], right_eye: "
                "[21.4, 10.9], left_mouth: [10.3, 22.1], right_mouth: [20.6, 22.3]}" +
                    more + "}}}"});
  };
  const Outcome done = run_with("named", "");
  ASSERT_EQ(done.code, 0) << done.err;
  const auto run_json = nlohmann::json::parse(read(folder / "named/tiny/htnet/seed-0/run.json"));
  const auto& mosaic = run_json.at("model").at("adaptation").at("mosaic");
  EXPECT_EQ(mosaic.at("crop"), (nlohmann::json{14, 14}));
  EXPECT_EQ(mosaic.at("swap_axes"), false);
  EXPECT_EQ(run_json.at("science").at("adaptation_versions"), (nlohmann::json{{"mosaic", 1}}));
  EXPECT_THAT(read(folder / "named/tiny/resolved.yaml"),
              AllOf(HasSubstr("crop: [14, 14]  # default"), HasSubstr("swap_axes: false  # default")));
  ASSERT_EQ(run_with("released", ", swap_axes: true").code, 0);
  EXPECT_NE(read(folder / "released/tiny/htnet/seed-0/predictions.csv"), read(folder / "named/tiny/htnet/seed-0/predictions.csv"));
}

TEST_F(ZooRun, FramesAreAVolumeOfTheSameCorpus) {
  const auto run_with = [&](const std::string& name, const std::string& options, const std::string& model) {
    return run({"--out", folder / name, "--set",
                "dataset={adapter: synth, root: " + *corpus / "synth" + ", subjects: 4, clips_per_subject: 3, frames: 5, size: 48, " +
                    options + "}",
                "--set", "models.0=" + model});
  };
  const Outcome done = run_with("volume", "volume: 5, side: 64", "{name: rcn_a, params: {num_input: 5, featuremaps: 4}}");
  ASSERT_EQ(done.code, 0) << done.err;
  const auto lock = nlohmann::json::parse(read(folder / "volume/tiny/rcn_a/seed-0/manifest.lock.json"));
  EXPECT_EQ(lock.at("input").at("channels"), (nlohmann::json{"t00", "t01", "t02", "t03", "t04"}));
  EXPECT_EQ(lock.at("input").at("height"), 64);
  EXPECT_EQ(lock.at("clips").at(0).at("files").size(), 5U);
  const Outcome picked =
      run_with("picked", "volume: 5, side: 64", "{name: ststnet, input: {channels: [t00, t02, t04], size: 28, interpolation: area}}");
  EXPECT_EQ(picked.code, 0) << picked.err;
  const Outcome unpicked = run_with("unpicked", "volume: 5", "{name: ststnet}");
  EXPECT_EQ(unpicked.code, 2);
  EXPECT_THAT(unpicked.err, AllOf(HasSubstr("model 'ststnet' takes 3 channels, it is given 5 (t00, t01, t02, t03, t04)"),
                                  HasSubstr("set params: {in_channels: 5}")));
  const Outcome unnamed = run_with("unnamed", "volume: 3", "{name: ststnet}");
  EXPECT_EQ(unnamed.code, 2);
  EXPECT_THAT(unnamed.err, HasSubstr("declare that they are meant: input: {channels: [t00, t01, t02]}"));
  const Outcome long_one = run_with("long", "volume: 6", "{name: ststnet}");
  EXPECT_EQ(long_one.code, 2);
  EXPECT_THAT(long_one.err, HasSubstr("error: option 'volume' is 6, the clips have 5 frames"));
}

TEST_F(ZooRun, WithoutAnAdaptationTheScienceIsTheOldOne) {
  const auto run_json = nlohmann::json::parse(read(*corpus / "whole/tiny/ststnet/seed-0/run.json"));
  EXPECT_FALSE(run_json.at("science").contains("adaptation_versions"));
  EXPECT_FALSE(run_json.at("science").at("settings").at("model").contains("input"));
  EXPECT_FALSE(run_json.at("science").at("settings").at("dataset").contains("volume"));
}

}  // namespace
}  // namespace mexbench::test
