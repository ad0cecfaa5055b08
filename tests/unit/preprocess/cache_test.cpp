// The same bytes with a cache, without one, and after damage; and that nothing which changes the numbers is left out of the key.
#include "harness/preprocess/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "unit/preprocess/stage_support.h"

namespace mexbench::preprocess {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30U;

nlohmann::json flow_list(const char* method = "farneback") { return {{{"stage", "flow"}, {"method", method}}, {{"stage", "flow-image"}}}; }

struct Computed {
  std::vector<float> tensor;
  CacheReport report;
};

Computed compute(const test::OneClip& clip, const fs::path& folder, std::uint64_t limit = kPlenty) {
  TensorCache cache(folder, limit);
  Computed out{.tensor = std::vector<float>(input_numbers(clip.manifest), -1.0F), .report = {}};
  const core::Status status = compute_inputs(clip.manifest, clip.folder.path(), out.tensor, {}, 1, &cache);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().render());
  out.report = cache.report();
  return out;
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".blob") out.push_back(entry.path());
  }
  return out;
}

TEST(TensorCache, TheBytesAreThoseOfComputing) {
  const test::TemporaryFolder folder;
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1, 0.5)}, 2);
  const std::vector<float> wanted = clip.tensor(flow_list());
  const Computed first = compute(clip, folder.path());
  EXPECT_EQ(first.tensor, wanted);
  EXPECT_EQ(first.report.found, 0U);
  EXPECT_EQ(first.report.computed, 1U);
  const Computed second = compute(clip, folder.path());
  EXPECT_EQ(second.tensor, wanted);
  EXPECT_EQ(second.report.found, 1U);
  EXPECT_EQ(second.report.computed, 0U);
  EXPECT_EQ(second.report.problem, "");
  const Computed off = compute(clip, folder.path(), 0);
  EXPECT_EQ(off.tensor, wanted);
  EXPECT_EQ(off.report.found, 0U);
}

TEST(TensorCache, ADamagedEntryIsComputedAgain) {
  const test::TemporaryFolder folder;
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1, 0.5)}, 2);
  const std::vector<float> wanted = clip.tensor(flow_list());
  compute(clip, folder.path());
  ASSERT_EQ(entries(folder.path()).size(), 1U);
  std::fstream file(entries(folder.path()).front(), std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(500);
  file.put('\x7F');
  file.close();
  const Computed again = compute(clip, folder.path());
  EXPECT_EQ(again.tensor, wanted);
  EXPECT_EQ(again.report.damaged, 1U);
  EXPECT_EQ(compute(clip, folder.path()).report.found, 1U) << "and kept again";
}

TEST(TensorCache, ACorpusThatHasChangedIsToldAllTheSame) {
  const test::TemporaryFolder folder;
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1, 0.5)}, 2);
  clip.tensor(flow_list());
  compute(clip, folder.path());
  std::ofstream(clip.folder.path() / "f2.png", std::ios::app) << "x";
  TensorCache cache(folder.path(), kPlenty);
  std::vector<float> out(input_numbers(clip.manifest));
  const core::Status status = compute_inputs(clip.manifest, clip.folder.path(), out, {}, 1, &cache);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().render(), HasSubstr("f2.png: error: has changed"));
}

TEST(TensorCache, AFolderThatCantBeWrittenIsReportedAndTheRunGoesOn) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1, 0.5)}, 2);
  const std::vector<float> wanted = clip.tensor(flow_list());
  const Computed out = compute(clip, folder.path() / "file");
  EXPECT_EQ(out.tensor, wanted);
  EXPECT_THAT(out.report.problem, HasSubstr("file"));
}

TEST(TensorCache, FastRecipesAreNotKept) {
  const test::TemporaryFolder folder;
  test::OneClip clip;
  clip.add("t00", test::png_of(test::smooth_pattern(0, 0)));
  clip.manifest.input = {
      .recipe = "frame-volume", .version = 1, .channels = {"t00"}, .height = 8, .width = 8, .low = 0, .high = 255, .options = {}};
  compute(clip, folder.path());
  EXPECT_TRUE(entries(folder.path()).empty());
}

TEST(TensorCache, EverythingTheNumbersDependOnIsInTheKey) {
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(0.5, 0), test::smooth_pattern(1, 0.5)}, 3);
  clip.tensor(flow_list());
  const std::vector<std::string> roles = {"1", "3"};
  const auto key_of = [](const data::InputRecipe& recipe, const data::Clip& one, const std::vector<std::string>& files) {
    const auto recipe_part = recipe_key(recipe);
    EXPECT_TRUE(recipe_part.ok());
    return tensor_key(*recipe_part, one, files);
  };
  const std::string key = key_of(clip.manifest.input, clip.clip(), roles);
  EXPECT_EQ(key, key_of(clip.manifest.input, clip.clip(), roles));
  EXPECT_EQ(key.size(), 64U);

  std::vector<std::string> keys = {key};
  const auto recipe_changed = [&](const std::function<void(data::InputRecipe&)>& change) {
    data::InputRecipe recipe = clip.manifest.input;
    change(recipe);
    keys.push_back(key_of(recipe, clip.clip(), roles));
  };
  recipe_changed([](auto& r) { r = data::plan_stages(flow_list("tvl1"))->input; });
  recipe_changed([](auto& r) {
    r = data::plan_stages({{{"stage", "flow"}, {"method", "farneback"}}, {{"stage", "flow-image"}, {"stretch", "fixed"}}})->input;
  });
  recipe_changed([](auto& r) { r = data::plan_stages({{{"stage", "landmarks"}}, flow_list()[0], flow_list()[1]})->input; });
  recipe_changed([](auto& r) { r = data::plan_stages({{{"stage", "align"}}, flow_list()[0], flow_list()[1]})->input; });
  recipe_changed([](auto& r) { r.recipe = "onset-apex-flow"; });
  recipe_changed([](auto& r) {
    r.recipe = "onset-apex-flow";
    r.version = 2;
  });
  recipe_changed([](auto& r) {
    r.recipe = "onset-apex-flow";
    r.height = 29;
  });
  recipe_changed([](auto& r) {
    r.recipe = "onset-apex-flow";
    r.channels = {"v", "strain", "u"};
  });
  const auto clip_changed = [&](const std::function<void(data::Clip&)>& change) {
    data::Clip other = clip.clip();
    change(other);
    keys.push_back(key_of(clip.manifest.input, other, roles));
  };
  clip_changed([](auto& c) { c.frames.onset = 2; });
  clip_changed([](auto& c) { c.frames.apex = 2; });
  clip_changed([](auto& c) { c.frames.apex.reset(); });
  clip_changed([](auto& c) { c.frames.offset = 2; });
  clip_changed([](auto& c) { c.files[0].sha256[0] = c.files[0].sha256[0] == '0' ? '1' : '0'; });
  clip_changed([](auto& c) { std::swap(c.files[0].sha256, c.files[2].sha256); });
  keys.push_back(key_of(clip.manifest.input, clip.clip(), {"1", "2", "3"}));
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << "two of them are equal";

  // What a tensor does not depend on.
  data::Clip renamed = clip.clip();
  renamed.name = "other";
  renamed.truth = data::Truth::one_class(2);
  renamed.files[0].path = "elsewhere.png";
  EXPECT_EQ(key_of(clip.manifest.input, renamed, roles), key);
}

TEST(TensorCache, ThreadsOfOneRunShareIt) {
  const test::TemporaryFolder folder;
  test::OneClip clip(1, {test::smooth_pattern(0, 0), test::smooth_pattern(1, 0.5)}, 2);
  clip.tensor(flow_list());
  for (int i = 0; i < 5; ++i) clip.manifest.clips.push_back(clip.manifest.clips.front());
  std::vector<float> alone(input_numbers(clip.manifest));
  ASSERT_TRUE(compute_inputs(clip.manifest, clip.folder.path(), alone).ok());
  TensorCache cache(folder.path(), kPlenty);
  std::vector<float> shared(alone.size());
  ASSERT_TRUE(compute_inputs(clip.manifest, clip.folder.path(), shared, {}, /*threads=*/2, &cache).ok());
  EXPECT_EQ(shared, alone);
  EXPECT_EQ(cache.report().found + cache.report().computed, 6U);
  EXPECT_EQ(entries(folder.path()).size(), 1U);
}

}  // namespace
}  // namespace mexbench::preprocess
