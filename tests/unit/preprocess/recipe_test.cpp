#include "harness/preprocess/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "harness/core/sha256.h"
#include "harness/preprocess/flow.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::preprocess {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string png(const cv::Mat& image) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".png", image, bytes);
  return {bytes.begin(), bytes.end()};
}

void add_clip(data::Manifest& manifest, const fs::path& root, const std::string& name,
              const std::vector<std::pair<std::string, std::string>>& files) {
  data::Clip clip;
  clip.dataset = core::DatasetId("d");
  clip.subject = core::SubjectId("d/s");
  clip.name = name;
  clip.id = core::make_clip_id(clip.subject, name);
  for (const auto& [role, bytes] : files) {
    const std::string path = name + "-" + role + ".png";
    std::ofstream(root / path, std::ios::binary) << bytes;
    clip.files.push_back({.role = role, .path = path, .sha256 = core::sha256_hex(bytes)});
  }
  manifest.clips.push_back(std::move(clip));
}

data::Manifest flow_images(std::int64_t height, std::int64_t width) {
  data::Manifest manifest;
  manifest.input = {.recipe = "flow-image",
                    .version = 1,
                    .channels = {"strain", "v", "u"},
                    .height = height,
                    .width = width,
                    .low = 0,
                    .high = 255,
                    .options = {}};
  return manifest;
}

data::Manifest flows(std::string flow, std::string stretch) {
  data::Manifest manifest = flow_images(28, 28);
  manifest.input.recipe = "onset-apex-flow";
  manifest.input.options = {{"flow", std::move(flow)}, {"stretch", std::move(stretch)}};
  return manifest;
}

// A smooth pattern moved by (dx, dy) pixels.
cv::Mat pattern(double dx, double dy) {
  cv::Mat image(128, 128, CV_8UC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const double a = x - dx;
      const double b = y - dy;
      image.at<std::uint8_t>(y, x) =
          static_cast<std::uint8_t>(128 + 50 * std::sin(a * 0.35) * std::cos(b * 0.3) + 40 * std::sin(a * 0.11 + b * 0.17));
    }
  }
  return image;
}

TEST(FlowImage, PlanesAreBlueGreenRedUnscaled) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = flow_images(1, 2);
  cv::Mat image(1, 2, CV_8UC3);
  image.at<cv::Vec3b>(0, 0) = {1, 2, 3};
  image.at<cv::Vec3b>(0, 1) = {255, 0, 77};
  add_clip(manifest, folder.path(), "a", {{"flow", png(image)}});
  std::vector<float> out(input_numbers(manifest));
  ASSERT_TRUE(compute_inputs(manifest, folder.path(), out).ok());
  EXPECT_EQ(out, (std::vector<float>{1, 255, 2, 0, 3, 77}));
}

std::string encoded(const char* ending, const cv::Mat& image) {
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(cv::imencode(ending, image, bytes, {cv::IMWRITE_JPEG_QUALITY, 100}));
  return {bytes.begin(), bytes.end()};
}

TEST(OnsetApexFlow, FramesMayBeJpegOrBmp) {
  const test::TemporaryFolder folder;
  const auto flow_of = [&](const char* ending) {
    data::Manifest manifest = flows("farneback", "fixed");
    add_clip(manifest, folder.path(), ending, {{"onset", encoded(ending, pattern(0, 0))}, {"apex", encoded(ending, pattern(1, 0))}});
    std::vector<float> out(input_numbers(manifest));
    const core::Status status = compute_inputs(manifest, folder.path(), out);
    EXPECT_TRUE(status.ok()) << status.error().render();
    return out;
  };
  const std::vector<float> png = flow_of(".png");
  EXPECT_EQ(flow_of(".bmp"), png) << "the same pixels";
  const std::vector<float> jpg = flow_of(".jpg");
  double difference = 0;
  for (std::size_t i = 0; i < png.size(); ++i) difference += std::abs(static_cast<double>(jpg[i]) - png[i]);
  EXPECT_LT(difference / static_cast<double>(png.size()), 5.0) << "a tenth of a pixel: 255 levels are 5.12";
}

TEST(OnsetApexFlow, AJpegThatWasCutShortIsNoPicture) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = flows("farneback", "fixed");
  const std::string whole = encoded(".jpg", pattern(0, 0));
  ASSERT_FALSE(cv::imdecode(std::vector<std::uint8_t>(whole.begin(), whole.begin() + whole.size() / 2), cv::IMREAD_GRAYSCALE).empty())
      << "the library fills it with grey";
  add_clip(manifest, folder.path(), "cut", {{"onset", whole.substr(0, whole.size() / 2)}, {"apex", whole}});
  std::vector<float> out(input_numbers(manifest));
  const core::Status status = compute_inputs(manifest, folder.path(), out);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(status.error().render(), HasSubstr("cut-onset.png: error: is cut short"));
}

TEST(ComputeInputs, EveryBadFileIsToldAtOnceAndNothingIsPrinted) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = flow_images(4, 4);
  const std::string good = png(cv::Mat(4, 4, CV_8UC3, cv::Scalar(9, 9, 9)));
  std::string flipped = good;
  flipped[good.find("IDAT") + 8] = static_cast<char>(flipped[good.find("IDAT") + 8] ^ 0x10);
  add_clip(manifest, folder.path(), "good", {{"flow", good}});
  add_clip(manifest, folder.path(), "cut", {{"flow", good.substr(0, good.size() - 20)}});
  add_clip(manifest, folder.path(), "flipped", {{"flow", flipped}});
  add_clip(manifest, folder.path(), "large", {{"flow", png(cv::Mat(4, 5, CV_8UC3, cv::Scalar(9, 9, 9)))}});
  add_clip(manifest, folder.path(), "absent", {{"flow", good}});
  fs::remove(folder.path() / "absent-flow.png");
  add_clip(manifest, folder.path(), "changed", {{"flow", good}});
  std::ofstream(folder.path() / "changed-flow.png", std::ios::app) << "x";
  add_clip(manifest, folder.path(), "text", {{"flow", "not an image"}});
  std::vector<float> out(input_numbers(manifest));
  ::testing::internal::CaptureStderr();
  const core::Status status = compute_inputs(manifest, folder.path(), out, {}, /*threads=*/2);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(status.error().diagnostics().size(), 6U) << status.error().render();
  const std::string text = status.error().render();
  EXPECT_THAT(text, HasSubstr("cut-flow.png: error: is cut short"));
  EXPECT_THAT(text, HasSubstr("flipped-flow.png: error: is damaged: the checksum of chunk IDAT does not hold"));
  EXPECT_THAT(text, HasSubstr("large-flow.png: error: is 5 x 4 pixels, 4 x 4 is wanted"));
  EXPECT_THAT(text, HasSubstr("absent-flow.png: error: can't open"));
  EXPECT_THAT(text, HasSubstr("changed-flow.png: error: has changed"));
  EXPECT_THAT(text, HasSubstr("text-flow.png: error: is no PNG, JPEG or BMP image"));
}

TEST(ComputeInputs, UnknownRecipeVersionChannelAndOptionAreUsageErrors) {
  const std::vector<std::pair<std::function<void(data::InputRecipe&)>, std::string>> cases = {
      {[](auto& r) { r.recipe = "flow-imag"; }, "unknown input recipe 'flow-imag'"},
      {[](auto& r) { r.version = 2; }, "is of version 2, this build computes version 1"},
      {[](auto& r) { r.channels = {"w"}; }, "has no channel 'w'"},
      {[](auto& r) { r.options["flow"] = "horn"; },
       "option 'flow' of recipe 'onset-apex-flow' is \"horn\", 'farneback' or 'dis' is wanted"},
      {[](auto& r) { r.options.erase("stretch"); }, "option 'stretch' of recipe 'onset-apex-flow' is missing"},
  };
  for (const auto& [break_it, message] : cases) {
    data::Manifest manifest = flows("farneback", "per-clip");
    break_it(manifest.input);
    std::vector<float> out(input_numbers(manifest));
    const core::Status status = compute_inputs(manifest, ".", out);
    ASSERT_FALSE(status.ok()) << message;
    EXPECT_EQ(status.error().code(), core::ErrorCode::kUsage);
    EXPECT_THAT(status.error().message(), HasSubstr(message));
  }
}

TEST(OpticalStrain, IsShrevesMagnitudeOnALinearField) {
  // u = 0.02 x + 0.03 y, v = -0.01 x + 0.05 y: e_xx 0.02, e_yy 0.05, e_xy (0.03 - 0.01) / 2 = 0.01;
  // sqrt(0.0004 + 0.0025 + 2 * 0.0001) = sqrt(0.0031).
  cv::Mat flow(9, 11, CV_32FC2);
  for (int y = 0; y < flow.rows; ++y) {
    for (int x = 0; x < flow.cols; ++x) {
      flow.at<cv::Vec2f>(y, x) = {0.02F * static_cast<float>(x) + 0.03F * static_cast<float>(y),
                                  -0.01F * static_cast<float>(x) + 0.05F * static_cast<float>(y)};
    }
  }
  const cv::Mat strain = optical_strain(flow);
  for (int y = 0; y < strain.rows; ++y) {
    for (int x = 0; x < strain.cols; ++x) ASSERT_NEAR(strain.at<float>(y, x), std::sqrt(0.0031), 1e-5);
  }
}

TEST(OnsetApexFlow, MovementHasItsSignAndSizeUnderFixedStretch) {
  for (const char* method : {"farneback", "dis"}) {
    const test::TemporaryFolder folder;
    data::Manifest manifest = flows(method, "fixed");
    add_clip(manifest, folder.path(), "right-up", {{"onset", png(pattern(0, 0))}, {"apex", png(pattern(1.2, -0.6))}});
    std::vector<float> out(input_numbers(manifest));
    const core::Status status = compute_inputs(manifest, folder.path(), out);
    ASSERT_TRUE(status.ok()) << status.error().render();
    // Middle of the image; fixed stretch: 255 (x + 2.56) / 5.12 for a frame of 128 pixels.
    const std::size_t middle = 14 * 28 + 14;
    const auto pixels = [](float value) { return static_cast<double>(value) / 255.0 * 5.12 - 2.56; };
    EXPECT_NEAR(pixels(out[std::size_t{2} * 784 + middle]), 1.2, 0.15) << method;
    EXPECT_NEAR(pixels(out[784 + middle]), -0.6, 0.15) << method;
    EXPECT_LT(out[middle], 60.0F) << method;  // a rigid shift has next to no strain
  }
}

TEST(OnsetApexFlow, PerClipStretchFillsTheRangeAndStillnessIsZero) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = flows("farneback", "per-clip");
  add_clip(manifest, folder.path(), "moving", {{"onset", png(pattern(0, 0))}, {"apex", png(pattern(1.2, -0.6))}});
  add_clip(manifest, folder.path(), "still", {{"onset", png(pattern(0, 0))}, {"apex", png(pattern(0, 0))}});
  std::vector<float> out(input_numbers(manifest));
  ASSERT_TRUE(compute_inputs(manifest, folder.path(), out).ok());
  for (std::size_t c = 0; c < 3; ++c) {
    const auto plane = std::span(out).subspan(c * 784, 784);
    EXPECT_FLOAT_EQ(*std::min_element(plane.begin(), plane.end()), 0.0F);
    EXPECT_FLOAT_EQ(*std::max_element(plane.begin(), plane.end()), 255.0F);
  }
  EXPECT_TRUE(std::all_of(out.begin() + std::ptrdiff_t{3} * 784, out.end(), [](float value) { return value == 0.0F; }));
}

TEST(OnsetApexFlow, FramesOfDifferentSizeAreRefused) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = flows("farneback", "per-clip");
  add_clip(manifest, folder.path(), "a", {{"onset", png(pattern(0, 0))}, {"apex", png(pattern(0, 0)(cv::Rect(0, 0, 100, 128)).clone())}});
  std::vector<float> out(input_numbers(manifest));
  const core::Status status = compute_inputs(manifest, folder.path(), out);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().render(), HasSubstr("a-apex.png: error: is 100 x 128 pixels, its onset frame 128 x 128"));
}

data::Manifest volumes(std::int64_t side, std::vector<std::string> channels) {
  data::Manifest manifest = flow_images(side, side);
  manifest.input.recipe = "frame-volume";
  manifest.input.channels = std::move(channels);
  return manifest;
}

TEST(FrameVolume, FramesAreChannelsInTheOrderOfTimeReducedWithoutRounding) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = volumes(2, {"t00", "t01"});
  cv::Mat early(4, 4, CV_8UC1, cv::Scalar(0));
  early.at<std::uint8_t>(0, 0) = 1;  // a quarter of the first pixel
  early.at<std::uint8_t>(2, 3) = 8;
  early.at<std::uint8_t>(3, 2) = 255;
  const cv::Mat late(4, 4, CV_8UC1, cv::Scalar(77));
  // The order of the files is not that of time: their roles say it.
  add_clip(manifest, folder.path(), "a", {{"t01", png(late)}, {"t00", png(early)}});
  std::vector<float> out(input_numbers(manifest));
  const core::Status status = compute_inputs(manifest, folder.path(), out);
  ASSERT_TRUE(status.ok()) << status.error().render();
  EXPECT_EQ(out, (std::vector<float>{0.25F, 0, 0, 65.75F, 77, 77, 77, 77}));
}

TEST(FrameVolume, MissingFramesOtherSizesAndWrongNamesAreTold) {
  const test::TemporaryFolder folder;
  data::Manifest manifest = volumes(2, {"t00", "t01"});
  const std::string frame = png(cv::Mat(4, 4, CV_8UC1, cv::Scalar(1)));
  add_clip(manifest, folder.path(), "short", {{"t00", frame}});
  add_clip(manifest, folder.path(), "uneven", {{"t00", frame}, {"t01", png(cv::Mat(4, 5, CV_8UC1, cv::Scalar(1)))}});
  std::vector<float> out(input_numbers(manifest));
  const core::Status status = compute_inputs(manifest, folder.path(), out);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(status.error().render(), HasSubstr("clip 'd/s/short' has no file of role 't01', recipe 'frame-volume' wants one"));
  EXPECT_THAT(status.error().render(), HasSubstr("uneven-t01.png: error: is 5 x 4 pixels, the first frame of its clip 4 x 4"));
  manifest.input.channels = {"t00", "t02"};
  const core::Status named = compute_inputs(manifest, folder.path(), out);
  ASSERT_FALSE(named.ok());
  EXPECT_EQ(named.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(named.error().message(), HasSubstr("channel 2 of recipe 'frame-volume' is called 't02', 't01' is wanted"));
}

TEST(Environment, NamesTheOpenCvThatIsLinked) {
  const Environment seen = environment();
  EXPECT_EQ(seen.opencv, CV_VERSION);
  EXPECT_FALSE(seen.instruction_set.empty());
}

}  // namespace
}  // namespace mexbench::preprocess
