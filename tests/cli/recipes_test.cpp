// Recipes from the file to the sealed fold: what is refused, what is drawn, and what a leak of augmented clips leads to.
#include <gmock/gmock.h>

#include <algorithm>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRun = "tiny/ststnet/seed-0";
constexpr const char* kAugment =
    "train.augment=[flip, {name: shift, pixels: 2, border: edge}, {name: rotate, degrees: 5, border: zero}, {name: noise, sigma: 0.02}, "
    "{name: mixup, alpha: 0.2}, {name: magnify, factor: [0.8, 1.25]}]";

class Recipes : public TinyRun {
 protected:
  static json seal_of(const std::string& out, const std::string& subject) {
    return json::parse(read(fs::path(out) / kRun / "folds" / ("synth__" + subject) / "sealed.json"));
  }
  // `plan` of the tiny experiment with another model and steps of augmentation, which begin in line 6, column 19 of steps.yaml.
  [[nodiscard]] Outcome plan_with(const std::string& model, const std::string& steps) const {
    std::string text = read(corpus->path() / "tiny.yaml");
    text.replace(text.find("models: [{name: ststnet}]"), 25, "models: [" + model + "]");
    text.replace(text.find("train: {"), 8, "train: {augment: [" + steps + "], ");
    write(corpus->path() / "steps.yaml", text);
    return mexbench({"plan", *corpus / "steps.yaml", "--out", folder / "runs"});
  }
};

TEST_F(Recipes, EveryLossOptimizerScheduleAndSamplerTrains) {
  const std::string out = folder / "all";
  const Outcome outcome = run({"--out", out, "--set", R"(models=[
    {name: ststnet, label: focal, train: {loss: focal, optimizer: adamw, schedule: {warmup_epochs: 2}, sampler: class_balanced}},
    {name: ststnet, label: smooth, train: {loss: {label_smoothing: 0.1}, optimizer: {name: rmsprop, lr: 1.0e-4}, clip_grad_norm: 1}},
    {name: capsulenet_head, label: capsules, params: {in_channels: 3, conv1_channels: 8, primary_channels: 16, in_num_caps: 72}, input: {channels: [u, v, strain]},
     train: {loss: {name: capsule_margin, m_plus: 0.99, m_minus: 0.01}, sampler: dataset_balanced}}])"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json science = json::parse(read(fs::path(out) / "tiny/focal/seed-0/run.json")).at("science").at("settings").at("train");
  EXPECT_EQ(science.at("loss"), (json{{"name", "focal"}, {"gamma", 2.0}}));
  EXPECT_EQ(science.at("sampler"), "class_balanced");
  EXPECT_EQ(json::parse(read(fs::path(out) / "tiny/focal/seed-0/run.json")).at("train"), science);
}

TEST_F(Recipes, AugmentedFoldsAreTheSameAloneInAnyOrderAndOnTwoWorkers) {
  const std::string whole = folder / "augmented";
  const Outcome outcome = run({"--out", whole, "--jobs", "1", "--set", kAugment});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string again = folder / "again";
  ASSERT_EQ(run({"--out", again, "--jobs", "2", "--set", kAugment}).code, 0);
  EXPECT_EQ(results_of(fs::path(again) / "tiny"), results_of(fs::path(whole) / "tiny"));
  const std::string alone = folder / "alone";
  ASSERT_EQ(run({"--out", alone, "--fold", "synth/s03", "--set", kAugment}).code, 0);
  EXPECT_EQ(seal_of(alone, "s03"), seal_of(whole, "s03"));
  EXPECT_NE(seal_of(whole, "s03").at("weights_digest"), seal_of((corpus->path() / "whole").string(), "s03").at("weights_digest"));
}

TEST_F(Recipes, SealSaysWhatChildrenWereMadeOf) {
  const std::string out = folder / "lineage";
  ASSERT_EQ(run({"--out", out, "--fold", "synth/s02", "--set", kAugment}).code, 0);
  const json seal = seal_of(out, "s02");
  ASSERT_EQ(seal.at("lineage").size(), 1U);
  const json& lineage = seal.at("lineage")[0];
  EXPECT_EQ(lineage.at("phase"), "train");
  EXPECT_EQ(lineage.at("children"), 3 * seal.at("train").size()) << "mixup makes a child of every clip in each of three epochs";
  EXPECT_EQ(lineage.at("parents"), seal.at("train"));
  EXPECT_FALSE(seal_of((corpus->path() / "whole").string(), "s02").contains("lineage"));
}

// A child of a test clip, as a worker would have reported it: the run is INVALID and says why.
TEST_F(Recipes, PlantedChildOfATestClipMakesTheRunInvalid) {
  const std::string out = folder / "leak";
  ASSERT_EQ(run({"--out", out, "--set", kAugment}).code, 0);
  const auto verdict = [&] { return json::parse(read(fs::path(out) / kRun / "audit.json")); };
  EXPECT_EQ(verdict().at("verdict"), "VALID");
  std::string leaked;
  reseal(fs::path(out) / kRun / "folds/synth__s02", [&](json& seal) {
    leaked = seal.at("test")[0].at("clip");
    seal["lineage"][0]["parents"].push_back(leaked);
  });
  ASSERT_EQ(mexbench({"resume", out + "/tiny"}).code, 4);
  EXPECT_EQ(verdict().at("verdict"), "INVALID");
  EXPECT_EQ(verdict().at("reasons")[0],
            "augmented-clips: 1 parent of augmented clips was not to be trained on: '" + leaked + "' (a test clip) in fold 'synth/s02'");
}

TEST_F(Recipes, StepsThatMeanNothingForTheDataAreRefusedAtThePlan) {
  const auto plan = [&](const std::string& steps, const std::string& channels) {
    return plan_with("{name: offapexnet, input: {channels: [" + channels + "]}}", steps);
  };
  const Outcome jitter = plan("flip, {name: temporal_jitter, frames: 2}", "u, v");
  EXPECT_EQ(jitter.code, 2);
  EXPECT_THAT(jitter.err, AllOf(HasSubstr("steps.yaml:6:25: error: model 'offapexnet': 'temporal_jitter' shifts frames in time"),
                                HasSubstr("the channels are u, v")));
  const Outcome rotate = plan("{name: rotate, degrees: 5, border: edge}", "strain, v");
  EXPECT_EQ(rotate.code, 2);
  EXPECT_THAT(rotate.err, HasSubstr("'rotate' turns the flow, and needs 'u' beside 'v'"));
  EXPECT_EQ(plan("{name: rotate, degrees: 5, border: edge}", "u, v").code, 0);
}

// A mosaic is four images side by side: a flip keeps its meaning as long as left and right crops show left and right.
TEST_F(Recipes, StepsThatMeanNothingOnAMosaicAreRefusedAtThePlan) {
  const auto plan = [&](const std::string& steps, const std::string& swap_axes) {
    return plan_with(
        "{name: ststnet, input: {mosaic: {points: {left_eye: [9, 11], right_eye: [21, 11], left_mouth: [10, 22], right_mouth: [20, 22]}, "
        "crop: [14, 14], swap_axes: " +
            swap_axes + "}}}",
        steps);
  };
  const Outcome shift = plan("flip, {name: shift, pixels: 2, border: edge}", "false");
  EXPECT_EQ(shift.code, 2);
  EXPECT_THAT(shift.err, AllOf(HasSubstr("steps.yaml:6:25: error: model 'ststnet': 'shift' would carry pixels over the seams"),
                               Not(HasSubstr("'flip'"))));
  const Outcome flip = plan("flip, {name: noise, sigma: 0.02}", "true");
  EXPECT_EQ(flip.code, 2);
  EXPECT_THAT(flip.err,
              HasSubstr("error: model 'ststnet': 'flip' exchanges the left and right crops of the mosaic, which with 'swap_axes: true'"));
  EXPECT_EQ(plan("flip, {name: noise, sigma: 0.02}", "false").code, 0);
}

// Every section of docs/recipes.md is one that an experiment can have.
TEST_F(Recipes, SectionsOfTheDocumentationAreAccepted) {
  const std::string page = read(fs::path(MEXBENCH_SOURCE_DIR) / "docs/recipes.md");
  std::string head = read(corpus->path() / "tiny.yaml");
  head.erase(head.find("train: {"), head.find("seeds:") - head.find("train: {"));
  const std::string fence = "```yaml\n";
  int sections = 0;
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
    const std::size_t begin = at + fence.size();
    const std::string section = page.substr(begin, page.find("```", begin) - begin);
    write(corpus->path() / "section.yaml", head + section);
    const Outcome outcome = mexbench({"plan", *corpus / "section.yaml", "--out", folder / "runs"});
    EXPECT_EQ(outcome.code, 0) << section << outcome.err;
    ++sections;
  }
  EXPECT_GE(sections, 10);
}

// Of pixels that are no squares of the face any more, a turn would be a shear.
TEST_F(Recipes, RotationAfterAResizeThatChangesTheRatioOfTheSidesIsRefusedAtThePlan) {
  const auto plan = [&](const std::string& steps, const std::string& size) {
    return plan_with("{name: rcn_a, input: {channels: [u, v, strain], range: [0, 1], size: " + size + "}}", steps);
  };
  const std::string turn = "flip, {name: rotate, degrees: 20, border: edge}";
  const Outcome refused = plan(turn, "[28, 40]");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("steps.yaml:6:25: error: model 'rcn_a': 'rotate' would shear the face: 'size' brings 28x28 to 28x40"),
                    HasSubstr("another ratio of the sides; keep it, or leave the step out"), Not(HasSubstr("'flip'"))));
  EXPECT_EQ(plan(turn, "[40, 40]").code, 0);
  EXPECT_EQ(plan("flip, {name: shift, pixels: 2, border: edge}", "[28, 40]").code, 0);
}

}  // namespace
}  // namespace mexbench::test
