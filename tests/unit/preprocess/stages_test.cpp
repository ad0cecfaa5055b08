// Lists of stages: they give the numbers of the recipes that are older, find their frames by number or in a video, and say what is missing.
#include "harness/preprocess/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "harness/core/files.h"
#include "harness/preprocess/clip_state.h"
#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {
using nlohmann::json;
using test::OneClip;
using test::png_of;
using test::smooth_pattern;
using ::testing::HasSubstr;

// The list of this one stage.
json volume(int frames, int size) { return json::array({{{"stage", "frame-volume"}, {"frames", frames}, {"size", size}}}); }

TEST(Stages, FlowAndFlowImageAreTheRecipeOnsetApexFlowBitForBit) {
  for (const std::string method : {"farneback", "dis"}) {
    for (const std::string stretch : {"per-clip", "fixed"}) {
      OneClip stages(7, {smooth_pattern(0, 0), smooth_pattern(0.4, 0), smooth_pattern(1.2, -0.6)}, 9);
      const std::vector<float> seen = stages.tensor(
          {{{"stage", "flow"}, {"method", method}}, {{"stage", "flow-image"}, {"channels", "u, strain, v"}, {"stretch", stretch}}});
      OneClip recipe;
      recipe.add("onset", png_of(smooth_pattern(0, 0)));
      recipe.add("apex", png_of(smooth_pattern(1.2, -0.6)));
      recipe.manifest.input = {.recipe = "onset-apex-flow",
                               .version = 1,
                               .channels = {"u", "strain", "v"},
                               .height = 28,
                               .width = 28,
                               .low = 0,
                               .high = 255,
                               .options = {{"flow", method}, {"stretch", stretch}}};
      const auto wanted = recipe.compute();
      ASSERT_TRUE(wanted.ok());
      EXPECT_EQ(seen, *wanted) << method << ' ' << stretch;
    }
  }
}

TEST(Stages, FrameVolumeIsTheRecipeOfThatNameBitForBit) {
  std::vector<cv::Mat> frames;
  for (int i = 0; i < 3; ++i) frames.push_back(smooth_pattern(i, 0));
  OneClip stages(1, frames);
  const std::vector<float> seen = stages.tensor(volume(3, 20));
  OneClip recipe;
  for (std::size_t i = 0; i < 3; ++i) recipe.add(data::volume_channel(i), png_of(frames[i]));
  recipe.manifest.input = stages.manifest.input;
  recipe.manifest.input.recipe = "frame-volume";
  recipe.manifest.input.options = json::object();
  const auto wanted = recipe.compute();
  ASSERT_TRUE(wanted.ok());
  EXPECT_EQ(seen, *wanted);
}

// Tvl1 on a pattern that moves by (1.2, -0.6); fixed stretch: 255 (x + 2.56) / 5.12 for a frame of 128 pixels.
TEST(Stages, EveryFlowMethodSeesTheMovementAndMagnitudeIsItsLength) {
  for (const char* method : {"tvl1", "farneback", "dis"}) {
    OneClip clip(1, {smooth_pattern(0, 0), smooth_pattern(1.2, -0.6)}, 2);
    const std::vector<float> out = clip.tensor(
        {{{"stage", "flow"}, {"method", method}}, {{"stage", "flow-image"}, {"channels", "u, v, magnitude"}, {"stretch", "fixed"}}});
    const std::size_t middle = 14 * 28 + 14;
    EXPECT_NEAR(static_cast<double>(out[middle]) / 255.0 * 5.12 - 2.56, 1.2, 0.15) << method;
    EXPECT_NEAR(static_cast<double>(out[784 + middle]) / 255.0 * 5.12 - 2.56, -0.6, 0.15) << method;
    EXPECT_NEAR(static_cast<double>(out[std::size_t{2} * 784 + middle]) / 255.0 * 2.56, std::hypot(1.2, 0.6), 0.15) << method;
  }
}

TEST(Stages, FramesAreTakenByNumberWithinTheSpanWhateverTheOrderOfFiles) {
  OneClip clip;
  for (const int number : {10, 9, 100, 8, 11}) clip.add(data::frame_role(number), png_of(cv::Mat(4, 4, CV_8UC1, cv::Scalar(number))));
  clip.clip().frames = {.onset = 9, .apex = {}, .offset = 100, .apex_source = data::ApexSource::kNone};
  EXPECT_EQ(clip.tensor(volume(4, 4))[0], 9.0F);
  const std::vector<float> out = clip.tensor(volume(4, 4));
  EXPECT_EQ((std::vector<float>{out[0], out[16], out[32], out[48]}), (std::vector<float>{9, 10, 11, 100}));
}

TEST(Stages, OnsetAndApexAloneAreReadWhenNoStageWantsMore) {
  OneClip clip(1, {smooth_pattern(0, 0), smooth_pattern(1, 0), smooth_pattern(2, 0)}, 3);
  std::ofstream(clip.folder.path() / "f2.png", std::ios::app) << "x";  // not the file of the manifest any more
  EXPECT_TRUE(clip.run({{{"stage", "flow"}}, {{"stage", "flow-image"}}}).ok());
  EXPECT_THAT(clip.refusal(volume(2, 4)), HasSubstr("f2.png: error: has changed"));
}

TEST(Stages, WhatAClipLacksIsTold) {
  const json flow = {{{"stage", "flow"}}, {{"stage", "flow-image"}}};
  OneClip none(1, {smooth_pattern(0, 0), smooth_pattern(1, 0)});
  EXPECT_THAT(none.refusal(flow), HasSubstr("clip 'd/s/c' has no apex, and a stage wants one"));
  OneClip outside(5, {smooth_pattern(0, 0), smooth_pattern(1, 0)}, 9);
  EXPECT_THAT(outside.refusal(flow), HasSubstr("clip 'd/s/c' has no file of role '9'"));
  EXPECT_THAT(outside.refusal({{{"stage", "magnify"}}, flow[0], flow[1]}),
              HasSubstr("has its apex at frame 9, which is none of its frames 5 to 6"));
  OneClip early(5, {smooth_pattern(0, 0), smooth_pattern(1, 0)}, 4);
  EXPECT_THAT(early.refusal(flow), HasSubstr("before its onset at 5"));
  OneClip bare;
  EXPECT_THAT(bare.refusal(volume(2, 4)), HasSubstr("has no frame in its span"));
  OneClip uneven(1, {smooth_pattern(0, 0), smooth_pattern(0, 0, 64)}, 2);
  EXPECT_THAT(uneven.refusal(flow), HasSubstr("f2.png: error: is 64 x 64 pixels, the first frame of its clip 128 x 128"));
  OneClip tiny(1, {smooth_pattern(0, 0, 8), smooth_pattern(1, 0, 8)}, 2);
  EXPECT_THAT(tiny.refusal(flow), HasSubstr("gives frames of 8 x 8 pixels, at least 16 on a side are wanted for stage 'flow'"));
}

TEST(Stages, ARecipeOfAnotherVersionIsAUsageError) {
  OneClip clip(1, {smooth_pattern(0, 0), smooth_pattern(1, 0)}, 2);
  clip.tensor(volume(2, 4));
  clip.manifest.input.options["stages"][0]["version"] = 7;
  const auto out = clip.compute();
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(out.error().message(), HasSubstr("stage 'frame-volume' is of version 7"));
}

// Eight frames of one grey each, in a lossless format.
std::string video_of(const std::filesystem::path& file) {
  cv::VideoWriter writer(file.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('F', 'F', 'V', '1'), 25.0, {64, 64});
  EXPECT_TRUE(writer.isOpened());
  for (int i = 0; i < 8; ++i) writer.write(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(30 * i + 10)));
  writer.release();
  const auto bytes = core::read_file(file);
  EXPECT_TRUE(bytes.ok());
  return *bytes;
}

TEST(Stages, AVideosFramesCountFromItsFirstNumber) {
  OneClip clip;
  clip.add(data::video_role(101), video_of(clip.folder.path() / "made.avi"), ".avi");
  clip.clip().frames = {.onset = 103, .apex = {}, .offset = 106, .apex_source = data::ApexSource::kNone};
  const std::vector<float> out = clip.tensor(volume(4, 4));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(out[i * 16], 30.0F * static_cast<float>(i + 2) + 10.0F, 1.5F) << i;

  clip.clip().frames.offset = 109;
  EXPECT_THAT(clip.refusal(volume(4, 4)), HasSubstr("f101.avi: error: ends after 8 frames, frame 109 is wanted"));
  clip.clip().frames.onset = 100;
  EXPECT_THAT(clip.refusal(volume(4, 4)), HasSubstr("begins with frame 101, frame 100 is wanted"));
  clip.clip().frames.onset.reset();
  EXPECT_THAT(clip.refusal(volume(4, 4)), HasSubstr("is a video and has no onset or no offset"));
}

TEST(Stages, AVideoThatIsNoneOrHasChangedIsTold) {
  OneClip clip;
  clip.add(data::video_role(1), "no video at all", ".avi");
  clip.clip().frames = {.onset = 1, .apex = {}, .offset = 2, .apex_source = data::ApexSource::kNone};
  EXPECT_THAT(clip.refusal(volume(2, 4)), HasSubstr("f1.avi: error: can't be opened as a video"));
  std::ofstream(clip.folder.path() / "f1.avi", std::ios::app) << "x";
  EXPECT_THAT(clip.refusal(volume(2, 4)), HasSubstr("f1.avi: error: has changed"));
}

// Pixel (y, x) is 10 y + x.
cv::Mat coordinates(int rows, int columns) {
  cv::Mat out(rows, columns, CV_32FC1);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) out.at<float>(y, x) = static_cast<float>(10 * y + x);
  }
  return out;
}

TEST(Crop, TakesSharesToWholePixelsAndMovesLandmarks) {
  ClipState state;
  state.frames = {coordinates(8, 10), coordinates(8, 10)};
  state.frame_size = {10, 8};
  state.landmarks = {{5.0, 4.0}};
  ASSERT_TRUE(crop_stage({{"left", 0.2}, {"top", 0.25}, {"width", 0.3}, {"height", 0.5}}, state).ok());
  EXPECT_EQ(state.frame_size, cv::Size(3, 4));
  EXPECT_EQ(state.frames[1].at<float>(0, 0), 22.0F);
  EXPECT_EQ(state.frames[1].at<float>(3, 2), 54.0F);
  EXPECT_EQ(state.landmarks[0], cv::Point2d(3.0, 2.0));
  EXPECT_FALSE(crop_stage({{"left", 0.2}, {"top", 0.25}, {"width", 0.01}, {"height", 0.5}}, state).ok());
}

TEST(ResizeStage, IsTheResizingOfDocsInputsAndMovesLandmarks) {
  ClipState state;
  cv::Mat frame(4, 4, CV_32FC1, cv::Scalar(0));
  frame.at<float>(0, 0) = 1.0F;
  state.frames = {frame};
  state.frame_size = {4, 4};
  state.landmarks = {{-0.5, 3.5}, {1.5, 1.5}};  // the border, and the middle
  ASSERT_TRUE(resize_stage({{"size", 2}, {"interpolation", "area"}}, state).ok());
  EXPECT_EQ(state.frames[0].at<float>(0, 0), 0.25F);
  EXPECT_EQ(state.landmarks[0], cv::Point2d(-0.5, 1.5));
  EXPECT_EQ(state.landmarks[1], cv::Point2d(0.5, 0.5));
}

}  // namespace
}  // namespace mexbench::preprocess
