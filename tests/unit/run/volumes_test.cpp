// A model of volumes is given frames in order of time, and enough of them, or the plan refuses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/run_plan.h"

namespace mexbench::run {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

data::Manifest dataset_of(std::vector<std::string> channels) {
  data::Manifest manifest;
  manifest.label_map = data::megc2019_label_map();
  manifest.input.channels = std::move(channels);
  manifest.input.height = manifest.input.width = 8;
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

// The refusal of a model that takes at least three frames, or its channels' places.
std::string planned(std::vector<std::string> dataset, std::vector<std::string> chosen = {}) {
  config::ExperimentSpec experiment;
  experiment.name = "volumes";
  experiment.protocol.name = "loso";
  config::ModelSpec model{.label = "texture", .name = "lbp_top"};
  model.input.channels = std::move(chosen);
  experiment.models.push_back(model);
  experiment.seeds = {core::Seed{0}};
  Catalogue catalogue;
  catalogue.model = [](const config::ModelSpec&) -> core::Result<ModelFacts> {
    ModelFacts facts;
    facts.takes_size = [](std::int64_t, std::int64_t) { return true; };
    facts.params_for_size = [](std::int64_t, std::int64_t) { return json::object(); };
    facts.least_frames = 3;
    return facts;
  };
  const auto plan =
      make_plan(experiment, [](const config::RunSpec&) { return json::object(); }, dataset_of(std::move(dataset)), catalogue, {});
  if (!plan) {
    EXPECT_EQ(plan.error().code(), core::ErrorCode::kUsage);
    return plan.error().render();
  }
  return json(plan->runs.at(0).channels).dump();
}

TEST(Volumes, FramesInOrderOfTimeAreTakenHoweverManyThereAre) {
  EXPECT_EQ(planned({"t00", "t01", "t02"}), "[0,1,2]");
  EXPECT_EQ(planned({"t00", "t01", "t02", "t03", "t04"}), "[0,1,2,3,4]");
  EXPECT_EQ(planned({"t00", "t01", "t02", "t03", "t04"}, {"t00", "t02", "t04"}), "[0,2,4]");
  EXPECT_EQ(planned({"t98", "t99", "t100"}), "[0,1,2]");
}

TEST(Volumes, TooFewFramesAreRefused) {
  EXPECT_THAT(planned({"t00", "t01"}), HasSubstr("model 'texture' takes at least 3 frames, it is given 2"));
  EXPECT_THAT(planned({"t00", "t01", "t02"}, {"t00", "t02"}), HasSubstr("takes at least 3 frames, it is given 2"));
}

TEST(Volumes, OtherChannelsAndOtherOrdersAreRefused) {
  EXPECT_THAT(planned({"strain", "v", "u"}),
              HasSubstr("model 'texture' takes frames in order of time, t00, t01, ..; it is given strain, v, u"));
  for (const std::vector<std::string>& chosen :
       {std::vector<std::string>{"t02", "t01", "t00"}, std::vector<std::string>{"t00", "t00", "t01"}}) {
    EXPECT_THAT(planned({"t00", "t01", "t02"}, chosen), HasSubstr("takes frames in order of time"));
  }
  EXPECT_THAT(planned({"t", "t1", "tx2"}), HasSubstr("takes frames in order of time"));
}

}  // namespace
}  // namespace mexbench::run
