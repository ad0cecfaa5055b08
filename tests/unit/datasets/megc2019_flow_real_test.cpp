// Adapter megc2019-flow on the corpus itself: counts, labels, spellings, speed of `only`.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "datasets/card.h"
#include "datasets/registry.h"

namespace mexbench::datasets {
namespace {
namespace fs = std::filesystem;

core::Result<data::Manifest> read(const fs::path& root, std::vector<std::string> only = {}, nlohmann::json options = {}) {
  return (*find_adapter("megc2019-flow"))
      ->create()
      ->manifest({.root = root, .label_map = "megc2019", .only = std::move(only), .options = std::move(options)});
}

class Megc2019FlowCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MEXBENCH_DATA");
    if (root == nullptr) GTEST_SKIP() << "MEXBENCH_DATA is not set: the folder with megc2019-flow is needed";
    corpora = root;
  }
  fs::path corpora;
};

using Counts = std::map<std::string, std::int64_t>;

std::map<std::string, Counts> count(const data::Manifest& manifest) {
  std::map<std::string, Counts> counts;
  std::map<std::string, std::set<std::string>> subjects;
  for (const data::Clip& clip : manifest.clips) {
    for (const std::string& scope : {std::string("all"), clip.dataset.text()}) {
      Counts& of = counts[scope];
      ++of["clips"];
      ++of[clip.truth.text(manifest.label_map.classes)];
      subjects[scope].insert(clip.subject.text());
      of["subjects"] = static_cast<std::int64_t>(subjects[scope].size());
    }
  }
  return counts;
}

TEST_F(Megc2019FlowCorpus, HasTheClipsSubjectsAndLabelsOfTheOfficialGroundTruth) {
  const auto manifest = read(corpora / "megc2019-flow");
  ASSERT_TRUE(manifest.ok()) << manifest.error().render();
  const auto counts = count(*manifest);
  EXPECT_EQ(counts, expected_counts("megc2019-flow", "megc2019"));
  EXPECT_EQ(counts.at("all").at("clips"), 442);
  EXPECT_EQ(counts.at("all").at("subjects"), 68);
  EXPECT_TRUE(manifest->warnings.empty());
  for (const char* id : {"casme2/sub01/EP02_01f", "smic/s01/s01_ne_01", "samm/006/006_1_2"}) {
    EXPECT_NE(manifest->find(core::ClipId(id)), nullptr) << id;
  }
  EXPECT_EQ(manifest->find(core::ClipId("smic/s01/s01_ne_01"))->frames.apex_source, data::ApexSource::kSpotted);
  EXPECT_EQ(manifest->find(core::ClipId("samm/006/006_1_2"))->frames.apex_source, data::ApexSource::kAnnotated);
  EXPECT_EQ(manifest->find(core::ClipId("casme2/sub01/EP02_01f"))->files.front().path, "sub01/u_test/1/sub01_EP02_01f .png");
}

TEST_F(Megc2019FlowCorpus, OnlyKeepsOneCorpusAndItsClipOrder) {
  const auto all = read(corpora / "megc2019-flow");
  const auto samm = read(corpora / "megc2019-flow", {"samm"});
  ASSERT_TRUE(all.ok() && samm.ok());
  EXPECT_EQ(count(*samm).at("all"), expected_counts("megc2019-flow", "megc2019").at("samm"));
  EXPECT_TRUE(samm->warnings.empty());
  std::vector<std::string> wanted;
  std::vector<std::string> seen;
  for (const data::Clip& clip : all->clips) {
    if (clip.dataset.text() == "samm") wanted.push_back(clip.id.text());
  }
  for (const data::Clip& clip : samm->clips) seen.push_back(clip.id.text());
  EXPECT_EQ(seen, wanted);
}

TEST_F(Megc2019FlowCorpus, BothCopiesOfTheGroundTruthGiveTheSameManifest) {
  const fs::path folder = corpora / "datasets/annotations";
  const auto a = read(corpora / "megc2019-flow", {}, {{"ground_truth", (folder / "combined_3class_gt.csv").string()}});
  const auto b = read(corpora / "megc2019-flow", {}, {{"ground_truth", (folder / "combined_3_class_gt.csv").string()}});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(data::manifest_hash(*a), data::manifest_hash(*b));
}

}  // namespace
}  // namespace mexbench::datasets
