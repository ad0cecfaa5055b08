// What is drawn: a function of the options, files as the release has them, motion fields that are true.
#include "harness/preprocess/lookalike_render.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "harness/data/image_file.h"
#include "harness/preprocess/flow_file.h"
#include "unit/preprocess/lookalike_support.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::preprocess {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

// Every file of a folder by its relative path.
std::map<std::string, std::string> contents(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), root).string()] = *core::read_file(entry.path());
  }
  return files;
}

TEST(RenderLookalike, EqualOptionsGiveEqualBytesOnAnyNumberOfThreads) {
  for (const auto& layout : datasets::layouts()) {
    const test::TemporaryFolder folder;
    const json given = test::small({{"subjects", 2}, {"clips_per_subject", 2}, {"quirks", true}});
    test::render(layout.id, given, folder.path() / "a", 1);
    test::render(layout.id, given, folder.path() / "b", 3);
    const auto a = contents(folder.path() / "a");
    EXPECT_EQ(a, contents(folder.path() / "b")) << layout.id;
    EXPECT_GT(a.size(), 4U * 7) << layout.id;
  }
}

TEST(RenderLookalike, RenderedCorpusIsLeftAloneAndAnotherOneIsNotOverwritten) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  test::render("smic", test::small(), root);
  const auto written = fs::last_write_time(root / "lookalike.json");
  test::render("smic", test::small(), root);
  EXPECT_EQ(fs::last_write_time(root / "lookalike.json"), written);
  const auto told = [&](std::string_view layout, const json& given) {
    const core::Status status = render_lookalike(test::planned(layout, given), root);
    return status ? std::string("was rendered") : status.error().render();
  };
  EXPECT_THAT(told("smic", test::small({{"noise", 3.0}})), HasSubstr("is another corpus: its noise is 1.0, 3.0 is asked for"));
  EXPECT_THAT(told("samm", test::small()), HasSubstr("its layout is \"smic\", \"samm\" is asked for"));
  std::ofstream(root / "truth/truth.csv", std::ios::app) << "more\n";
  EXPECT_THAT(told("smic", test::small()), HasSubstr("truth.csv: error: was changed after rendering"));
  fs::remove(root / "lookalike.json");
  EXPECT_THAT(told("smic", test::small()), HasSubstr("has files but no lookalike.json: it is no look-alike corpus"));
  EXPECT_EQ(core::list_folder(folder.path())->size(), 1U) << "no temporary folder is left";
}

TEST(RenderLookalike, AKnobChangesWhatItIsFor) {
  const test::TemporaryFolder folder;
  test::render("smic", test::small(), folder.path() / "plain");
  test::render("smic", test::small({{"intensity", 0}}), folder.path() / "still");
  test::render("smic", test::small({{"head_motion", 0}, {"intensity", 0}}), folder.path() / "fixed");
  const auto plain = test::truth_of(folder.path() / "plain");
  ASSERT_EQ(plain.size(), 9U);
  std::size_t moving = 0;
  for (const auto& row : plain) {
    const auto frame = [&](const char* corpus, const char* which) {
      return *core::read_file(folder.path() / corpus / row.at("frames") / fmt::format("image{:06}.bmp", std::stoll(row.at(which))));
    };
    EXPECT_EQ(frame("plain", "onset"), frame("still", "onset")) << "noise, light and head are the same";
    moving += frame("plain", "apex") != frame("still", "apex") ? 1U : 0U;
    const auto field = parse_flo(*core::read_file(folder.path() / "fixed" / row.at("flow")), "flow");
    ASSERT_TRUE(field);
    EXPECT_EQ(cv::norm(cv::Mat(field->u), cv::NORM_INF), 0.0) << "neither face nor head moves";
  }
  EXPECT_EQ(moving, plain.size());
}

TEST(RenderLookalike, FramesAreOfTheReleasesKindAndShape) {
  const test::TemporaryFolder folder;
  const auto first_frame = [&](const std::string& layout, const json& more) {
    const fs::path root = folder.path() / layout;
    test::render(layout, test::small(more), root);
    const data::Lookalike corpus = test::planned(layout, test::small(more));
    const data::Footage& footage = corpus.footage.front();
    return root / footage.folder / footage.frame_name(footage.first);
  };
  const auto header = [](const fs::path& file) { return *data::inspect_image(*core::read_file(file), file.string()); };
  const auto channels = [](const fs::path& file) { return cv::imread(file.string(), cv::IMREAD_UNCHANGED).channels(); };
  const fs::path samm = first_frame("samm", json::object());
  EXPECT_EQ(header(samm).format, data::ImageFormat::kJpeg);
  EXPECT_EQ(header(samm).width, 71U) << "960 x 650, 48 high";
  EXPECT_EQ(channels(samm), 1) << "the camera is grey";
  const fs::path smic = first_frame("smic", json::object());
  EXPECT_EQ(header(smic).format, data::ImageFormat::kBmp);
  EXPECT_EQ(header(smic).width, 64U);
  EXPECT_EQ(channels(smic), 3);
  const fs::path casme2 = first_frame("casme2", {{"release", "cropped"}});
  EXPECT_EQ(header(casme2).width, 40U);
  const auto fine = fs::file_size(first_frame("casme", {{"jpeg_quality", 98}}));
  fs::remove_all(folder.path() / "casme");
  EXPECT_LT(fs::file_size(first_frame("casme", {{"jpeg_quality", 30}})), fine / 2);
}

// Mean absolute difference, leaving out the rim.
double difference(const cv::Mat& a, const cv::Mat& b) {
  constexpr int kRim = 8;
  const cv::Rect inner(kRim, kRim, a.cols - 2 * kRim, a.rows - 2 * kRim);
  return cv::norm(a(inner), b(inner), cv::NORM_L1) / inner.area();
}

// The stored field leads from the onset frame on disk to the apex frame on disk: warped back by it, one is the other; and an estimator
// that knows nothing of it finds much the same.
TEST(RenderLookalike, TheStoredFieldIsTheMotionOfTheFrames) {
  const test::TemporaryFolder folder;
  const json given = {{"subjects", 3}, {"clips_per_subject", 2}, {"max_frames", 9}, {"noise", 0}, {"illumination", 0}, {"intensity", 2}};
  test::render("smic", given, folder.path() / "corpus");
  double errors = 0.0;
  double lengths = 0.0;
  for (const auto& row : test::truth_of(folder.path() / "corpus")) {
    const auto frame = [&](const char* which) {
      const std::string name = fmt::format("image{:06}.bmp", std::stoll(row.at(which)));
      return cv::imread((folder.path() / "corpus" / row.at("frames") / name).string(), cv::IMREAD_GRAYSCALE);
    };
    const cv::Mat onset = frame("onset");
    const cv::Mat apex = frame("apex");
    auto field = parse_flo(*core::read_file(folder.path() / "corpus" / row.at("flow")), "flow");
    ASSERT_TRUE(field);
    ASSERT_EQ(cv::Size(field->width, field->height), onset.size()) << "a field of the drawn size";
    const cv::Mat u(field->height, field->width, CV_32F, field->u.data());
    const cv::Mat v(field->height, field->width, CV_32F, field->v.data());
    cv::Mat x = u.clone();
    cv::Mat y = v.clone();
    for (int i = 0; i < x.rows; ++i) {
      for (int j = 0; j < x.cols; ++j) {
        x.at<float>(i, j) += static_cast<float>(j);
        y.at<float>(i, j) += static_cast<float>(i);
      }
    }
    cv::Mat back;
    cv::remap(apex, back, x, y, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
    const double moved = difference(apex, onset);
    EXPECT_GT(moved, 1.0) << row.at("flow");
    EXPECT_LT(difference(back, onset), 1.2) << row.at("flow") << ": rounding of the frames and of OpenCV's lookup";
    EXPECT_LT(difference(back, onset), 0.6 * moved) << row.at("flow");

    cv::Mat estimate;
    cv::calcOpticalFlowFarneback(onset, apex, estimate, 0.5, 3, 13, 10, 5, 1.1, 0);
    std::array<cv::Mat, 2> parts;
    cv::split(estimate, parts.data());
    cv::Mat error;
    cv::Mat length;
    cv::magnitude(parts[0] - u, parts[1] - v, error);
    cv::magnitude(u, v, length);
    errors += cv::mean(error)[0];
    lengths += cv::mean(length)[0];
  }
  EXPECT_LT(errors, 0.5 * lengths) << "end-point errors against the lengths of the motion, pixels";
}

TEST(RenderLookalike, AtTheGreatestIntensityFacesDoNotFold) {
  const test::TemporaryFolder folder;
  test::render("samm_lv", test::small({{"intensity", 2}, {"subjects", 4}, {"clips_per_subject", 7}, {"max_frames", 7}, {"head_motion", 5}}),
               folder.path() / "a");
  EXPECT_EQ(test::truth_of(folder.path() / "a").size(), 28U);
}

TEST(RenderLookalike, AUnitThatCannotBeDrawnIsTold) {
  const test::TemporaryFolder folder;
  data::Lookalike corpus = test::planned("smic");
  corpus.footage.front().movements.front().action_units = "6+43";
  const core::Status refused = render_lookalike(corpus, folder.path() / "corpus");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(refused.error().render(), HasSubstr("action unit 43 can't be drawn"));
  EXPECT_FALSE(fs::exists(folder.path() / "corpus"));
}

}  // namespace
}  // namespace mexbench::preprocess
