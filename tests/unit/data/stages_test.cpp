// The stages that can be listed, and what becomes of a list.
#include "harness/data/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/files.h"
#include "harness/data/channels.h"

namespace mexbench::data {
namespace {
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

StagePlan planned(const json& list) {
  auto plan = plan_stages(list);
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.error().render());
  return plan.ok() ? *plan : StagePlan{};
}

std::string refusal(const json& list) {
  const auto plan = plan_stages(list);
  EXPECT_FALSE(plan.ok()) << list.dump();
  if (plan.ok()) return "";
  EXPECT_EQ(plan.error().code(), core::ErrorCode::kUsage);
  return plan.error().render();
}

TEST(StageDefs, AreSortedHaveDocsAndDefaultsThatPass) {
  std::string last;
  for (const StageDef& def : stage_defs()) {
    EXPECT_LT(last, def.name);
    last = def.name;
    EXPECT_FALSE(def.doc.empty()) << def.name;
    EXPECT_GE(def.version, 1);
    for (const OptionDef& option : def.options) {
      EXPECT_FALSE(option.doc.empty()) << def.name << ' ' << option.name;
      EXPECT_NE(option.name, "stage");
      EXPECT_NE(option.name, "version");
      EXPECT_TRUE(complete_options(def.name, def.options, {{option.name, option.default_value}}).ok()) << def.name << ' ' << option.name;
    }
  }
}

TEST(StageDefs, StandInThePageOfStagesWithTheirOptions) {
  const auto page = core::read_file(std::filesystem::path(MEXBENCH_SOURCE_DIR) / "docs" / "stages.md");
  ASSERT_TRUE(page.ok());
  for (const StageDef& def : stage_defs()) {
    const std::size_t row = page->find("\n| `" + def.name + "` | ");
    ASSERT_NE(row, std::string::npos) << def.name;
    const std::string text = page->substr(row + 1, page->find('\n', row + 1) - row - 1);
    EXPECT_THAT(text, HasSubstr(std::string(to_string(def.from) == "an image" ? "image" : to_string(def.from)) + " → " +
                                std::string(to_string(def.to) == "an image" ? "image" : to_string(def.to))));
    for (const OptionDef& option : def.options) {
      EXPECT_THAT(text, HasSubstr("`" + option.name + "`")) << def.name;
      const std::string value = option.default_value.is_string() ? option.default_value.get<std::string>() : option.default_value.dump();
      if (option.type == OptionType::kBool || option.type == OptionType::kNumber) continue;
      EXPECT_THAT(text, HasSubstr(value)) << option.name;
    }
  }
}

TEST(PlanStages, DefaultsAreFilledInAndTheTensorIsKnown) {
  const StagePlan plan =
      planned({{{"stage", "align"}, {"size", 96}}, {{"stage", "flow"}}, {{"stage", "flow-image"}, {"channels", "u,v , magnitude"}}});
  EXPECT_EQ(plan.input.recipe, "stages");
  EXPECT_THAT(plan.input.channels, ElementsAre("u", "v", "magnitude"));
  EXPECT_EQ(plan.input.height, 28);
  EXPECT_EQ(plan.input.width, 28);
  EXPECT_EQ(plan.input.low, 0.0);
  EXPECT_EQ(plan.input.high, 255.0);
  EXPECT_EQ(plan.input.options.at("stages").at(0),
            (json{{"stage", "align"}, {"version", 1}, {"detector", "dlib"}, {"otherwise", "fail"}, {"size", 96}, {"margin", 0.1}}));
  EXPECT_EQ(plan.input.options.at("stages").at(1), (json{{"stage", "flow"}, {"version", 1}, {"method", "tvl1"}}));
  EXPECT_EQ(plan.frames, FramesWanted::kOnsetAndApex);
  EXPECT_TRUE(plan.needs_apex);
  EXPECT_FALSE(plan.finds_apex);
}

TEST(PlanStages, AnApexThatIsSpottedIsNotAskedForAndWantsTheWholeClip) {
  const StagePlan plan = planned({{{"stage", "spot-apex"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}}});
  EXPECT_EQ(plan.frames, FramesWanted::kOnsetToOffset);
  EXPECT_FALSE(plan.needs_apex);
  EXPECT_TRUE(plan.finds_apex);
  EXPECT_FALSE(planned({{{"stage", "frame-volume"}, {"frames", 8}}}).needs_apex);
  EXPECT_TRUE(planned({{{"stage", "magnify"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}}}).needs_apex);
}

TEST(PlanStages, EachImageHasItsChannelsAndSize) {
  const StagePlan volume = planned({{{"stage", "frame-volume"}, {"frames", 3}, {"size", 20}}});
  EXPECT_THAT(volume.input.channels, ElementsAre("t00", "t01", "t02"));
  EXPECT_EQ(volume.input.width, 20);
  EXPECT_THAT(planned({{{"stage", "dynamic-image"}, {"size", 56}}}).input.channels, ElementsAre("dynamic"));
  const StagePlan mosaic = planned(
      {{{"stage", "align"}}, {{"stage", "flow"}}, {{"stage", "flow-image"}, {"size", 30}}, {{"stage", "landmark-mosaic"}, {"crop", 12}}});
  EXPECT_EQ(mosaic.input.height, 24);
  EXPECT_THAT(mosaic.input.channels, ElementsAre("strain", "v", "u"));
}

TEST(PlanStages, AllProblemsAreToldAtOnceEachWithItsPlace) {
  const std::string text = refusal({{{"stage", "algin"}},
                                    {{"stage", "flow"}, {"method", "horn"}, {"sise", 3}},
                                    {{"stage", "flow-image"}, {"channels", "strain, w"}},
                                    {{"stage", "flow"}},
                                    7});
  EXPECT_THAT(text, HasSubstr("stage 1: there is no stage 'algin'"));
  EXPECT_THAT(text, HasSubstr("did you mean 'align'?"));
  EXPECT_THAT(text, HasSubstr("stage 2 (flow): option 'method' is \"horn\", 'tvl1', 'farneback' or 'dis' is wanted"));
  EXPECT_THAT(text, HasSubstr("stage 2 (flow): unknown option 'sise' of stage 'flow'"));
  EXPECT_THAT(text, HasSubstr("stage 3 (flow-image): option 'channels' names 'w'"));
  EXPECT_THAT(text, HasSubstr("stage 4 (flow): takes frames, and the stage before it gives an image"));
  EXPECT_THAT(text, HasSubstr("stage 5: is 7, a mapping with the name of a stage is wanted"));
}

TEST(PlanStages, ListsThatEndInNoImageAreRefused) {
  EXPECT_THAT(refusal(json::array()), HasSubstr("the stages are [], a list of at least one is wanted"));
  EXPECT_THAT(refusal({{{"stage", "resize"}}}), HasSubstr("stage 1 (resize): is the last stage and gives frames, an image is wanted"));
  EXPECT_THAT(refusal({{{"stage", "flow"}}}), HasSubstr("end with 'flow-image'"));
  EXPECT_THAT(refusal({{{"stage", "flow-image"}}}), HasSubstr("stage 1 (flow-image): takes flow, and a clip begins as frames"));
}

TEST(PlanStages, OptionsThatContradictEachOtherAreRefused) {
  const json flow = {{"stage", "flow"}};
  const json image = {{"stage", "flow-image"}};
  EXPECT_THAT(refusal({{{"stage", "crop"}, {"left", 0.5}, {"width", 0.6}}, flow, image}), HasSubstr("does not lie in the frame"));
  planned({{{"stage", "crop"}, {"left", 0.7}, {"width", 0.3}}, flow, image});
  EXPECT_THAT(refusal({{{"stage", "magnify"}, {"low", 4}, {"high", 2}}, flow, image}), HasSubstr("option 'low' is 4 Hz, more than 'high'"));
  EXPECT_THAT(refusal({{{"stage", "magnify"}, {"fps", 10}, {"high", 6}}, flow, image}),
              HasSubstr("at most half of 'fps', 5 Hz, is wanted"));
  EXPECT_THAT(refusal({{{"stage", "align"}, {"detector", "haar"}, {"otherwise", "haar"}}, flow, image}), HasSubstr("'otherwise'"));
  EXPECT_THAT(refusal({flow, {{"stage", "flow-image"}, {"channels", "u, u"}}}), HasSubstr("names 'u' twice"));
  EXPECT_THAT(refusal({{{"stage", "landmarks"}}, flow, image, {{"stage", "landmark-mosaic"}, {"crop", 29}}}),
              HasSubstr("option 'crop' is 29, more than the image's 28 pixels"));
}

TEST(PlanStages, AMosaicWantsLandmarksThatASquareBoxDoesNotGive) {
  const json flow = {{"stage", "flow"}};
  const json image = {{"stage", "flow-image"}};
  const json mosaic = {{"stage", "landmark-mosaic"}};
  const char* wanted = "stage 4 (landmark-mosaic): wants landmarks";
  EXPECT_THAT(refusal({{{"stage", "resize"}}, flow, image, mosaic}), HasSubstr(wanted));
  EXPECT_THAT(refusal({{{"stage", "align"}, {"detector", "haar"}}, flow, image, mosaic}), HasSubstr(wanted));
  EXPECT_THAT(refusal({{{"stage", "align"}, {"otherwise", "haar"}}, flow, image, mosaic}), HasSubstr(wanted));
  planned({{{"stage", "landmarks"}}, flow, image, mosaic});
}

TEST(PlannedStages, AreReadBackAndAnotherVersionOrTensorIsRefused) {
  InputRecipe input = planned({{{"stage", "flow"}}, {{"stage", "flow-image"}}}).input;
  const auto stages = planned_stages(input);
  ASSERT_TRUE(stages.ok());
  ASSERT_EQ(stages->stages.size(), 2U);
  EXPECT_EQ(stages->stages[1].def->name, "flow-image");
  EXPECT_EQ(stages->stages[1].options.at("size"), 28);
  EXPECT_EQ(stages->frames, FramesWanted::kOnsetAndApex);
  EXPECT_TRUE(stages->needs_apex);

  InputRecipe newer = input;
  newer.options["stages"][0]["version"] = 2;
  const auto other = planned_stages(newer);
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().message(), HasSubstr("stage 'flow' is of version 2, this build computes version 1"));

  InputRecipe wider = input;
  wider.width = 29;
  EXPECT_FALSE(planned_stages(wider).ok());
  InputRecipe bare = input;
  bare.options = json::object();
  EXPECT_FALSE(planned_stages(bare).ok());
}

TEST(FrameRoles, AreNumbersOrAVideo) {
  EXPECT_EQ(frame_role(17), "17");
  EXPECT_EQ(video_role(1), "video:1");
  EXPECT_EQ(frame_role_from("17")->number, 17);
  EXPECT_FALSE(frame_role_from("17")->video);
  EXPECT_TRUE(frame_role_from("video:0")->video);
  for (const char* role : {"onset", "", "video:", "1.5", "t00"}) EXPECT_FALSE(frame_role_from(role)) << role;
}

TEST(ChannelKinds, MagnitudeHasNoDirection) { EXPECT_EQ(channel_kind("magnitude"), ChannelKind::kMagnitude); }

}  // namespace
}  // namespace mexbench::data
