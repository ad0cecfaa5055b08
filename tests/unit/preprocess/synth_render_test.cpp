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

// `more`: options of the adapter that are not the renderer's.
core::Result<data::Manifest> read(const data::SynthOptions& options, const fs::path& root,
                                  const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json all = data::to_json(options);
  all.update(more);
  return (*datasets::find_adapter("synth"))->create()->manifest({.root = root, .label_map = "synth", .only = {}, .options = all});
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

TEST(SynthAdapter, AVolumeIsFramesAtEqualStepsFromOnsetToOffset) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  data::SynthOptions options = tiny();
  options.frames = 9;
  ASSERT_TRUE(render_synth(options, root, {}, 1).ok());
  const auto frames = [&](std::int64_t volume) {
    const auto manifest = read(options, root, {{"volume", volume}, {"side", 32}});
    EXPECT_TRUE(manifest.ok()) << manifest.error().render();
    EXPECT_EQ(manifest->input.recipe, "frame-volume");
    EXPECT_EQ(manifest->input.height, 32);
    std::vector<std::string> names;
    for (const data::MediaFile& file : manifest->clips.front().files) names.push_back(file.role + " " + file.path.substr(8));
    EXPECT_EQ(manifest->input.channels.size(), names.size());
    return names;
  };
  EXPECT_EQ(frames(2), (std::vector<std::string>{"t00 img1.png", "t01 img9.png"}));
  // 8 / 3 and 16 / 3 frames after the first one.
  EXPECT_EQ(frames(4), (std::vector<std::string>{"t00 img1.png", "t01 img4.png", "t02 img6.png", "t03 img9.png"}));
  EXPECT_EQ(frames(9).at(4), "t04 img5.png");
  EXPECT_EQ(frames(9).size(), 9U);
}

TEST(SynthAdapter, AVolumeHasTheFramesThereAreAndNoOptionsOfFlow) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  ASSERT_TRUE(render_synth(tiny(), root, {}, 1).ok());
  for (const int volume : {1, 6}) {
    const auto refused = read(tiny(), root, {{"volume", volume}});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
    EXPECT_THAT(refused.error().render(), ::testing::HasSubstr(fmt::format("option 'volume' is {}, the clips have 5 frames", volume)));
  }
  const auto mixed = read(tiny(), root, {{"volume", 5}, {"stretch", "fixed"}});
  ASSERT_FALSE(mixed.ok());
  EXPECT_THAT(mixed.error().render(), ::testing::HasSubstr("option 'stretch' has no meaning beside 'volume'"));
}

// The frames of a volume differ from the first one most at the apex, less before it and after it, and at the offset not at all.
TEST(SynthAdapter, TheMotionOfAVolumeRisesToTheApexAndFalls) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.path() / "corpus";
  data::SynthOptions options = tiny();
  options.frames = 11;
  options.size = 96;
  options.intensity = 4.0;
  options.noise = 0.0;
  ASSERT_TRUE(render_synth(options, root, {}, 1).ok());
  const auto manifest = read(options, root, {{"volume", 11}, {"side", 96}});
  ASSERT_TRUE(manifest.ok()) << manifest.error().render();
  std::vector<float> out(input_numbers(*manifest));
  ASSERT_TRUE(compute_inputs(*manifest, root, out).ok());
  const std::size_t plane = 96UL * 96UL;
  std::size_t risen = 0;
  for (std::size_t clip = 0; clip < manifest->clips.size(); ++clip) {
    std::vector<double> moved;
    for (std::size_t frame = 0; frame < 11; ++frame) {
      double sum = 0.0;
      for (std::size_t i = 0; i < plane; ++i) {
        const std::size_t first = clip * 11 * plane + i;
        sum += std::abs(static_cast<double>(out[first + frame * plane]) - static_cast<double>(out[first]));
      }
      moved.push_back(sum);
    }
    const auto apex = static_cast<std::size_t>(*manifest->clips[clip].frames.apex) - 1;
    EXPECT_EQ(moved[0], 0.0);
    if (moved[apex] > moved[apex / 2] && moved[apex] > moved[10] && moved[apex / 2] > 0.0) ++risen;
  }
  EXPECT_GT(manifest->clips.size(), 5U);
  EXPECT_EQ(risen, manifest->clips.size());
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
