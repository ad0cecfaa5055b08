// Models that learn by a rule of their own, and are saved and loaded as networks are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Methods : public TinyRun {
 protected:
  [[nodiscard]] std::string experiment(const std::string& name, const std::string& models) const {
    std::string file = folder / (name + ".yaml");
    write(file, "schema_version: 1\nname: " + name +
                    "\ndataset: {adapter: synth, root: \"${TINY_CORPUS}/synth\", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}\n"
                    "protocol: loso\nmodels:\n" +
                    models + "seeds: [0]\nsave_weights: true\n");
    return file;
  }
  // Of a run whose weights are a file's: every fold says so, and the audit's rule on what they have seen has `status`.
  static void expect_loaded(const std::string& run, const std::string& status) {
    for (const char* fold : {"synth__s01", "synth__s02", "synth__s03", "synth__s04"}) {
      EXPECT_EQ(json::parse(read(run + "/folds/" + fold + "/sealed.json")).at("start"), "loaded") << run;
    }
    const json audit = json::parse(read(run + "/audit.json"));
    for (const json& rule : audit.at("rules")) {
      if (rule.at("rule") == "pretraining-overlap") {
        EXPECT_EQ(rule.at("status"), status) << run << rule;
      }
    }
    EXPECT_EQ(audit.at("verdict"), status == "broken" ? "INVALID" : "UNAUDITED") << run;
  }
};

TEST_F(Methods, ChanceNeedsNoRecipeAndIsLoadedAgain) {
  const std::string fitted = experiment("fitted",
                                        "  - {label: majority, name: chance, params: {strategy: majority}}\n"
                                        "  - {label: drawn, name: chance}\n");
  const Outcome ran = mexbench({"run", fitted, "--out", folder.path()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Outcome planned = mexbench({"plan", fitted, "--table", "runs"});
  EXPECT_THAT(planned.out, HasSubstr("fitted"));

  const std::string weights = "\"" + (folder / "fitted/drawn/seed-0/folds") + "/{fold}/weights.pth\"";
  const Outcome again =
      mexbench({"run", experiment("loaded", "  - {label: drawn, name: chance, weights: " + weights + "}\n"), "--out", folder.path()});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read(folder / "loaded/drawn/seed-0/predictions.csv"), read(folder / "fitted/drawn/seed-0/predictions.csv"));

  // Weights of another kind of model are refused by name.
  const std::string foreign = "\"" + (*corpus / "whole/tiny/ststnet/seed-0/folds") + "/{fold}/weights.pth\"";
  const Outcome wrong =
      mexbench({"run", experiment("foreign", "  - {label: drawn, name: chance, weights: " + foreign + "}\n"), "--out", folder.path()});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("tensor 'shares' (1) is missing"));
}

TEST_F(Methods, ARecipeIsRefusedWhereItDoesNothing) {
  const Outcome refused = mexbench({"validate", experiment("recipe", "  - {name: chance, train: {epochs: 3}}\n")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("6:20: error: 'train' is given for 'chance', which learns by a rule of its own"));
  // The experiment's recipe is for those that take one.
  const std::string both = experiment("both", "  - {name: chance}\n  - {name: ststnet}\ntrain: {epochs: 1, batch_size: 8}\n");
  const Outcome fine = mexbench({"validate", both});
  EXPECT_EQ(fine.code, 0) << fine.err;
}

TEST_F(Methods, ClassicalOnesAreFittedWithFixedAndChosenHyperParametersAndLoadedAgain) {
  const std::string fitted = experiment(
      "classical",
      "  - {label: biwoof, name: bi_woof, input: {channels: [u, v, strain]}}\n"
      "  - {label: chosen, name: bi_woof, input: {channels: [u, v, strain]}, params: {C: [0.01, 1], kernel: rbf, gamma: [0, 0.1]}}\n"
      "  - {label: mdmo, name: mdmo, input: {channels: [u, v]}}\n");
  const Outcome ran = mexbench({"run", fitted, "--out", folder.path()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto weights = [&](const std::string& label) {
    return "weights: \"" + (folder / ("classical/" + label + "/seed-0/folds")) + "/{fold}/weights.pth\"";
  };
  const std::string loaded =
      experiment("again", "  - {label: chosen, name: bi_woof, input: {channels: [u, v, strain]}, params: {kernel: rbf}, " +
                              weights("chosen") + "}\n  - {label: mdmo, name: mdmo, input: {channels: [u, v]}, " + weights("mdmo") + "}\n");
  const Outcome again = mexbench({"run", loaded, "--out", folder.path()});
  ASSERT_EQ(again.code, 0) << again.err;
  for (const char* label : {"chosen", "mdmo"}) {
    const std::string file = std::string(label) + "/seed-0/predictions.csv";
    EXPECT_EQ(read(folder / ("again/" + file)), read(folder / ("classical/" + file))) << label;
    expect_loaded(folder / ("again/" + std::string(label) + "/seed-0"), "not-checked");
  }
  const std::string mdmo = "name: mdmo, input: {channels: [u, v]}, " + weights("mdmo");
  const Outcome declared =
      mexbench({"run",
                experiment("declared", "  - {label: seen, " + mdmo + ", card: {pretraining: [synth]}}\n  - {label: other, " + mdmo +
                                           ", card: {pretraining: [samm]}}\n"),
                "--out", folder.path()});
  EXPECT_EQ(declared.code, 4) << declared.err;
  EXPECT_THAT(declared.err,
              HasSubstr("seen seed 0 is INVALID: pretraining-overlap: 1 tested corpus was seen by the loaded weights: 'synth'"));
  expect_loaded(folder / "declared/seen/seed-0", "broken");
  expect_loaded(folder / "declared/other/seed-0", "passed");

  const Outcome wrong =
      mexbench({"run",
                experiment("wrong", "  - {name: mdmo, input: {channels: [u, v]}, params: {regions: [3, 3]}, " + weights("mdmo") +
                                        "}\n  - {name: bi_woof, input: {channels: [u, v, strain]}, " + weights("mdmo") + "}\n"),
                "--out", folder.path()});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("model 'mdmo' was fitted on 72 features, these images and parameters give 18"));
  EXPECT_THAT(wrong.err, HasSubstr("tensor 'bi_woof.scaler.offset' (1) is missing"));
}

// Frames in place of flow: the same clips as a volume of `volume` frames.
std::string of_volumes(std::string experiment, int volume) {
  const std::string flow = "size: 48}";
  experiment.replace(experiment.find(flow), flow.size(), "size: 48, volume: " + std::to_string(volume) + "}");
  return experiment;
}

TEST_F(Methods, TextureAndGradientsOfVolumesAreFittedAndLoadedAgain) {
  const std::string fitted = experiment("volumes",
                                        "  - {name: lbp_top, params: {blocks: [3, 2, 1], radii: [1, 1, 2], C: [0.01, 1]}}\n"
                                        "  - {label: solid, name: hog3d}\n"
                                        "  - {label: planes, name: hog3d, params: {orientations: planes, cells: [2, 2, 1], block: 2}}\n");
  write(fitted, of_volumes(read(fitted), 5));
  const Outcome ran = mexbench({"run", fitted, "--out", folder.path()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto weights = [&](const std::string& label) {
    return "weights: \"" + (folder / ("volumes/" + label + "/seed-0/folds")) + "/{fold}/weights.pth\"";
  };
  const std::string loaded = experiment("again", "  - {name: lbp_top, params: {blocks: [3, 2, 1], radii: [1, 1, 2]}, " +
                                                     weights("lbp_top") + "}\n  - {label: solid, name: hog3d, " + weights("solid") + "}\n");
  write(loaded, of_volumes(read(loaded), 5));
  const Outcome again = mexbench({"run", loaded, "--out", folder.path()});
  ASSERT_EQ(again.code, 0) << again.err;
  for (const char* label : {"lbp_top", "solid"}) {
    const std::string file = std::string(label) + "/seed-0/predictions.csv";
    EXPECT_EQ(read(folder / ("again/" + file)), read(folder / ("volumes/" + file))) << label;
    expect_loaded(folder / ("again/" + std::string(label) + "/seed-0"), "not-checked");
  }

  // Frames that are left out by name, and a volume too short for the radius of four frames.
  const std::string few = experiment("few",
                                     "  - {name: lbp_top}\n"
                                     "  - {name: hog3d, input: {channels: [t03, t00]}}\n");
  write(few, of_volumes(read(few), 5));
  const Outcome refused = mexbench({"plan", few});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("few.yaml:6:5: error: model 'lbp_top' takes at least 9 frames, it is given 5"));
  EXPECT_THAT(refused.err, HasSubstr("few.yaml:7:"));
  EXPECT_THAT(refused.err, HasSubstr("model 'hog3d' takes frames in order of time, t00, t01, ..; it is given t03, t00"));
}

// Where nothing moves is the middle of the range that the values were brought to.
TEST_F(Methods, ZeroOfTheFlowFollowsTheRange) {
  const Outcome ran =
      mexbench({"run",
                experiment("zero",
                           "  - {label: bytes, name: mdmo, input: {channels: [u, v]}, params: {kernel: linear}}\n"
                           "  - {label: units, name: mdmo, input: {channels: [u, v], range: [0, 1]}, params: {kernel: linear}}\n"
                           "  - {label: given, name: mdmo, input: {channels: [u, v], range: [-1, 1]}, params: {zero: 0.25}}\n"),
                "--out", folder.path()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto zero_of = [&](const std::string& label) {
    return json::parse(read(folder / ("zero/" + label + "/seed-0/run.json"))).at("model").at("params").at("zero").get<double>();
  };
  EXPECT_EQ(zero_of("bytes"), 127.5);
  EXPECT_EQ(zero_of("units"), 0.5);
  EXPECT_EQ(zero_of("given"), 0.25);
  // Features are lengths in proportion and angles: of the same images on another scale they are the same to rounding.
  const auto right = [&](const std::string& label) {
    const json scopes = json::parse(read(folder / ("zero/" + label + "/seed-0/metrics.json"))).at("scopes");
    return scopes.at("all").at("confusion");
  };
  EXPECT_EQ(right("units"), right("bytes"));

  const Outcome refused = mexbench(
      {"validate", experiment("outside",
                              "  - {name: mdmo, input: {channels: [u, v], range: [0, 1]}, params: {zero: 127.5}}\n"
                              "  - {label: mine, name: bi_woof, input: {channels: [u, v, strain]}, params: {bins: 4, zero: -1}}\n")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("outside.yaml:6:69: error: parameter 'zero' of model 'mdmo' is 127.5, its values are in 0..1"));
  EXPECT_THAT(refused.err, HasSubstr("remove it: then it is the middle of the range, 0.5"));
  EXPECT_THAT(refused.err, HasSubstr("error: parameter 'zero' of model 'mine' is -1, its values are in 0..255"));
}

// u and v are the two parts of a vector, strain a magnitude: in another order the features would be those of something else.
TEST_F(Methods, FlowMethodsTakeTheirChannelsByNameHoweverManyFit) {
  const Outcome refused = mexbench({"validate", experiment("order",
                                                           "  - {name: bi_woof, input: {channels: [v, u, strain]}}\n"
                                                           "  - {name: mdmo, input: {channels: [strain, v]}}\n"
                                                           "  - {label: right, name: mdmo, input: {channels: [u, v]}}\n")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(
      refused.err,
      AllOf(HasSubstr("order.yaml:6:29: error: model 'bi_woof' takes the channels u, v, strain, it is given v, u, strain"),
            HasSubstr("declare the adaptation: input: {channels: [u, v, strain]}"),
            HasSubstr("order.yaml:7:26: error: model 'mdmo' takes the channels u, v, it is given strain, v"), Not(HasSubstr("right"))));
  const std::string frames = experiment("frames", "  - {name: bi_woof}\n");
  write(frames, of_volumes(read(frames), 3));
  const Outcome volume = mexbench({"validate", frames});
  EXPECT_EQ(volume.code, 2);
  EXPECT_THAT(volume.err,
              AllOf(HasSubstr("frames.yaml:6:5: error: model 'bi_woof' takes the channels u, v, strain, it is given t00, t01, t02"),
                    HasSubstr("it needs a dataset that gives them")));
}

TEST_F(Methods, InputsThatAClassicalOneCannotTakeAreRefusedByThePlan) {
  const Outcome undeclared = mexbench({"plan", experiment("undeclared", "  - {name: bi_woof}\n  - {name: mdmo}\n")});
  EXPECT_EQ(undeclared.code, 2);
  EXPECT_THAT(undeclared.err,
              HasSubstr("undeclared.yaml:6:5: error: model 'bi_woof' takes the channels u, v, strain, it is given strain, v, u"));
  EXPECT_THAT(undeclared.err, HasSubstr("undeclared.yaml:7:5: error: model 'mdmo' takes 2 channels, it is given 3 (strain, v, u)"));
  EXPECT_THAT(undeclared.err, HasSubstr("declare the adaptation: input: {channels: [u, v]}"));

  const Outcome fine_grid =
      mexbench({"plan", experiment("grid", "  - {name: bi_woof, input: {channels: [u, v, strain]}, params: {blocks: [4, 29]}}\n")});
  EXPECT_EQ(fine_grid.code, 2);
  EXPECT_THAT(fine_grid.err, HasSubstr("grid.yaml:6:5: error: model 'bi_woof' takes images of at least 4x29, the data are 28x28"));

  // Frames of time and channels of flow would have the same shapes.
  const Outcome flow = mexbench({"plan", experiment("flow", "  - {name: lbp_top}\n  - {name: hog3d}\n")});
  EXPECT_EQ(flow.code, 2);
  EXPECT_THAT(flow.err,
              HasSubstr("flow.yaml:6:5: error: model 'lbp_top' takes frames in order of time, t00, t01, ..; it is given strain, v, u"));
  EXPECT_THAT(flow.err, HasSubstr("flow.yaml:7:5: error: model 'hog3d' takes frames in order of time"));

  const Outcome unused = mexbench({"validate", experiment("unused", "  - {name: mdmo, params: {kernel: linear, gamma: [0.1, 1]}}\n")});
  EXPECT_EQ(unused.code, 2);
  EXPECT_THAT(unused.err, HasSubstr("gamma has 2 values to choose from, kernel 'linear' uses none"));
  EXPECT_THAT(unused.err, HasSubstr("unused.yaml:6:"));
}

}  // namespace
}  // namespace mexbench::test
