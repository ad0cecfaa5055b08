#include "harness/preprocess/synth_render.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "datasets/registry.h"
#include "harness/core/files.h"
#include "harness/preprocess/synth_face.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::preprocess {
namespace {
namespace fs = std::filesystem;

data::SynthOptions tiny() {
  data::SynthOptions options;
  options.subjects = 3;
  options.clips_per_subject = 4;
  options.frames = 5;
  options.size = 48;
  return options;
}

// Every file of a folder by its relative path.
std::map<std::string, std::string> contents(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), root).string()] = *core::read_file(entry.path());
  }
  return files;
}

core::Result<data::Manifest> read(const data::SynthOptions& options, const fs::path& root) {
  return (*datasets::find_adapter("synth"))
      ->create()
      ->manifest({.root = root, .label_map = "synth", .only = {}, .options = data::to_json(options)});
}

TEST(RenderSynth, EqualOptionsGiveEqualBytesOnAnyNumberOfThreads) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(render_synth(tiny(), folder.path() / "a", {}, 1).ok());
  ASSERT_TRUE(render_synth(tiny(), folder.path() / "b", {}, 3).ok());
  const auto a = contents(folder.path() / "a");
  EXPECT_EQ(a, contents(folder.path() / "b"));
  EXPECT_GT(a.size(), 2U + 3 * 2 * 5);
  data::SynthOptions other = tiny();
  other.seed = 2;
  ASSERT_TRUE(render_synth(other, folder.path() / "c", {}, 1).ok());
  EXPECT_NE(a.at("s01/c01/img1.png"), contents(folder.path() / "c").at("s01/c01/img1.png"));
}

TEST(RenderSynth, OnsetFrameAndAnnotationsDoNotKnowTheMotionThatFollows) {
  const test::TemporaryFolder folder;
  data::SynthOptions still = tiny();
  still.intensity = 0.0;
  ASSERT_TRUE(render_synth(tiny(), folder.path() / "moving", {}, 1).ok());
  ASSERT_TRUE(render_synth(still, folder.path() / "still", {}, 1).ok());
  const auto moving = contents(folder.path() / "moving");
  const auto resting = contents(folder.path() / "still");
  EXPECT_EQ(moving.at("annotations.csv"), resting.at("annotations.csv"));
  std::size_t changed = 0;
  for (const auto& [path, bytes] : moving) {
    if (path.ends_with("/img1.png") || path.ends_with("/img5.png")) {
      EXPECT_EQ(bytes, resting.at(path)) << path;  // the course is 0 at onset and offset
    } else if (path.ends_with("/img3.png")) {
      changed += bytes != resting.at(path) ? 1U : 0U;
    }
  }
  EXPECT_GT(changed, 5U);
}

TEST(RenderSynth, RenderedCorpusIsLeftAloneAndAnotherOneIsNotOverwritten) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  fs::create_directories(root);  // an empty folder may be rendered into
  ASSERT_TRUE(render_synth(tiny(), root, {}, 1).ok());
  const auto written = fs::last_write_time(root / "synth.json");
  ASSERT_TRUE(render_synth(tiny(), root, {}, 1).ok());
  EXPECT_EQ(fs::last_write_time(root / "synth.json"), written);

  data::SynthOptions other = tiny();
  other.intensity = 2.5;
  const core::Status refused = render_synth(other, root, {}, 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(refused.error().render(), ::testing::HasSubstr("its intensity is 1.0, 2.5 is asked for"));
  EXPECT_THAT(refused.error().render(), ::testing::HasSubstr("mexbench synth --out"));
  EXPECT_EQ(core::list_folder(folder.path())->size(), 1U);  // no temporary folder is left
}

TEST(RenderSynth, FolderWithOtherFilesIsRefused) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "thesis.tex") << "precious";
  const core::Status refused = render_synth(tiny(), folder.path(), {}, 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().render(), ::testing::HasSubstr("no synth.json"));
  EXPECT_TRUE(fs::exists(folder.path() / "thesis.tex"));
}

TEST(SynthAdapter, ManifestNamesOnsetAndApexFramesOfEveryClip) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(render_synth(tiny(), folder.path() / "corpus", {}, 1).ok());
  const auto manifest = read(tiny(), folder.path() / "corpus");
  ASSERT_TRUE(manifest.ok()) << manifest.error().render();
  EXPECT_EQ(manifest->subjects().size(), 3U);
  for (const data::Clip& clip : manifest->clips) {
    ASSERT_EQ(clip.files.size(), 2U);
    EXPECT_EQ(clip.files[0].role, "onset");
    EXPECT_EQ(clip.files[1].path, fmt::format("{}/{}/img{}.png", core::raw_subject(clip.subject), clip.name, *clip.frames.apex));
    EXPECT_LT(*clip.frames.onset, *clip.frames.apex);
    EXPECT_LT(*clip.frames.apex, *clip.frames.offset);
  }
}

TEST(SynthAdapter, ChangedAnnotationsMissingFramesAndMissingCorpusAreToldWithTheirFile) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  const auto absent = read(tiny(), root);
  ASSERT_FALSE(absent.ok());
  EXPECT_THAT(absent.error().render(), ::testing::HasSubstr("mexbench synth --out"));

  ASSERT_TRUE(render_synth(tiny(), root, {}, 1).ok());
  fs::remove(root / "s01/c01/img1.png");
  fs::resize_file(root / "s02/c01/img1.png", 100);
  const auto damaged = read(tiny(), root);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().diagnostics().size(), 2U) << damaged.error().render();
  EXPECT_THAT(damaged.error().render(), ::testing::HasSubstr("s02/c01/img1.png: error: is cut short"));

  std::ofstream(root / "annotations.csv", std::ios::app) << "s09,c01,negative,1,2,3\n";
  const auto edited = read(tiny(), root);
  ASSERT_FALSE(edited.ok());
  EXPECT_THAT(edited.error().render(), ::testing::HasSubstr("was changed after rendering"));
}

TEST(MotionField, IsTheSumOfGaussianBumps) {
  const MotionField field = rasterise({{{0.5, 0.5}, {0.02, -0.01}, 0.1}, {{0.25, 0.5}, {0.01, 0.0}, 0.1}}, 64);
  const std::size_t i = 32 * 64 + 40;  // pixel middle at (40.5, 32.5) / 64
  const double x = 40.5 / 64;
  const double y = 32.5 / 64;
  const auto bump = [&](double cx) { return std::exp(-((x - cx) * (x - cx) + (y - 0.5) * (y - 0.5)) / 0.02); };
  EXPECT_NEAR(field.x[i], 0.02 * bump(0.5) + 0.01 * bump(0.25), 1e-7);
  EXPECT_NEAR(field.y[i], -0.01 * bump(0.5), 1e-7);
}

}  // namespace
}  // namespace mexbench::preprocess
