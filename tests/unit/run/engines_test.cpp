// Which engine a plan gives each model, why, and what of it is in the run's science.
#include "harness/run/engines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/fold_tasks.h"
#include "harness/run/run_plan.h"

namespace mexbench::run {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

data::Manifest two_people() {
  data::Manifest manifest;
  manifest.label_map = data::megc2019_label_map();
  manifest.input.channels = {"u", "v"};
  manifest.input.height = 8;
  manifest.input.width = 9;
  for (const char* person : {"006", "007"}) {
    data::Clip clip;
    clip.dataset = core::DatasetId("samm");
    clip.subject = core::make_subject_id(clip.dataset, person);
    clip.name = "clip";
    clip.id = core::make_clip_id(clip.subject, clip.name);
    manifest.clips.push_back(clip);
  }
  return manifest;
}

config::ModelSpec trained(const std::string& label, const std::string& engine, const std::string& loss = "cross_entropy") {
  config::ModelSpec model{.label = label, .name = "shallow"};
  model.engine = engine;
  model.train = config::TrainSpec{.settings = {{"loss", {{"name", loss}}}, {"numerics", "contiguous"}}, .epochs = 1};
  return model;
}

config::ModelSpec method(const std::string& engine, bool own) {
  config::ModelSpec model{.label = "counts", .name = "method"};
  model.engine = engine;
  if (own) model.engine_from = config::EngineFrom::kModel;
  return model;
}

class Engines : public ::testing::Test {
 protected:
  Engines() {
    experiment.name = "engines";
    experiment.protocol.name = "loso";
    experiment.seeds = {core::Seed{0}, core::Seed{1}};
    catalogue.model = [](const config::ModelSpec& model) -> core::Result<ModelFacts> {
      ModelFacts facts;
      facts.takes_size = [](std::int64_t, std::int64_t) { return true; };
      facts.params_for_size = [](std::int64_t, std::int64_t) { return json::object(); };
      if (model.name == "shallow") {
        facts.fused_obstacle = [](const json& params, std::int64_t height, std::int64_t width) {
          EXPECT_EQ(height, 8);
          EXPECT_EQ(width, 9);
          return params.value("softmax", false) ? "softmax at the end" : "";
        };
      }
      return facts;
    };
  }

  core::Result<ExperimentPlan> plan(std::vector<config::ModelSpec> models) {
    experiment.models = std::move(models);
    return make_plan(experiment, [](const config::RunSpec&) { return json{{"epochs", 1}}; }, two_people(), catalogue, {});
  }

  std::string refused(config::ModelSpec model) {
    const auto planned = plan({std::move(model)});
    if (planned) return "planned";
    EXPECT_EQ(planned.error().code(), core::ErrorCode::kUsage);
    return planned.error().render();
  }

  config::ExperimentSpec experiment;
  Catalogue catalogue;
};

TEST_F(Engines, EachModelIsToldOnceWithItsReason) {
  config::ModelSpec softmax = trained("certain", "auto");
  softmax.params = {{"softmax", true}};
  const auto planned = plan({trained("plain", "auto"), softmax, trained("focal", "auto", "focal"), trained("kept", "libtorch"),
                             trained("wished", "fused"), method("auto", /*own=*/false)});
  ASSERT_TRUE(planned) << planned.error().render();
  EXPECT_THAT(engine_lines(*planned),
              ElementsAre("plain: engine fused", "certain: engine libtorch: softmax at the end", "focal: engine libtorch: loss 'focal'",
                          "kept: engine libtorch: as set", "wished: engine fused: as set"));
}

TEST_F(Engines, TheFusedEngineIsInTheScienceAndLibTorchIsNot) {
  const auto planned = plan({trained("on", "auto"), trained("off", "libtorch"), trained("asked", "fused")});
  ASSERT_TRUE(planned) << planned.error().render();
  const RunPlan &on = planned->runs[0], &off = planned->runs[2], &asked = planned->runs[4];
  EXPECT_EQ(on.science.at("engine"), (json{{"name", "fused"}, {"numeric_version", engine::kNumericVersion}}));
  EXPECT_FALSE(off.science.contains("engine"));
  EXPECT_NE(on.science_hash, off.science_hash);
  EXPECT_EQ(on.science_hash, asked.science_hash) << "how an engine was come to changes no number";
}

TEST_F(Engines, TheEngineGoesToTheWorkerWithEveryTask) {
  const auto planned = plan({trained("on", "auto"), trained("off", "libtorch"), method("auto", /*own=*/false)});
  ASSERT_TRUE(planned) << planned.error().render();
  const FoldTasks tasks(planned->manifest);
  EXPECT_EQ(tasks.make(planned->runs[0], 0).engine, "fused");
  EXPECT_EQ(tasks.make(planned->runs[2], 0).engine, "libtorch");
  EXPECT_EQ(tasks.make(planned->runs[4], 0).engine, "");
  const RunPlan& on = planned->runs[0];
  EXPECT_EQ(tasks.make_prediction(on, 0, "weights.pth", on.folds[0]).engine, "fused") << "predict's";
}

TEST_F(Engines, WhatCanNotBeHadIsRefusedWithTheReasonAndTheWayOut) {
  config::ModelSpec softmax = trained("certain", "fused");
  softmax.params = {{"softmax", true}};
  EXPECT_THAT(refused(softmax), HasSubstr("model 'certain': 'engine: fused' does not go with it: softmax at the end"));
  EXPECT_THAT(refused(softmax), HasSubstr("use 'engine: auto'"));
  EXPECT_THAT(refused(trained("focal", "fused", "focal")), HasSubstr("model 'focal': 'engine: fused' does not go with it: loss 'focal'"));
}

TEST_F(Engines, AMethodHasNoneOfItsOwnAndDoesNotMindTheExperiments) {
  for (const char* engine : {"fused", "libtorch"}) {
    EXPECT_THAT(refused(method(engine, /*own=*/true)), HasSubstr("model 'counts' is no network that an engine computes"));
    EXPECT_EQ(refused(method(engine, /*own=*/false)), "planned");
  }
  EXPECT_EQ(refused(method("auto", /*own=*/true)), "planned");
}

TEST_F(Engines, ARunStaysOnItsEngine) {
  config::ModelSpec model = trained("m", "auto");
  keep_engine(model, json{{"settings", json::object()}});
  EXPECT_EQ(model.engine, "libtorch");
  model.engine = "auto";
  keep_engine(model, json{{"engine", {{"name", "fused"}, {"numeric_version", 1}}}});
  EXPECT_EQ(model.engine, "fused");
  keep_engine(model, json::object());
  EXPECT_EQ(model.engine, "fused") << "only 'auto' leaves it open";
  const auto planned = plan({model});
  ASSERT_TRUE(planned) << planned.error().render();
  EXPECT_THAT(engine_lines(*planned), ElementsAre("m: engine fused: as the run was begun"));
  config::ModelSpec none = method("auto", /*own=*/true);
  keep_engine(none, json::object());
  EXPECT_EQ(refused(none), "planned") << "methods have no engine, and don't mind";
}

}  // namespace
}  // namespace mexbench::run
